/** What one request about an area may take. */
export interface AreaLimits {
  /** Of a GeoJSON area, on the ground. */
  readonly hectares: number;
  /** Positions of its outlines. */
  readonly vertices: number;
  /** Of a file that is cut out. */
  readonly pixels: number;
  /** Milliseconds of counting or writing, once everything is there. */
  readonly workMs: number;
}

/** Proxies give up at 60 s. */
export const AREA_WORK_MS = 50_000;
