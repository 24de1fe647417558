import { Worker } from 'node:worker_threads';
import type { Polygon } from 'geojson';
import { fromErrorData, GeoCropError, type ErrorData } from '../../../engine/errors.js';
import { ringsOf } from '../../../engine/geo/polygon.js';
import { measureArea, type MeasuredArea } from './measure-area.js';

export type Measured = { readonly area: MeasuredArea } | { readonly error: ErrorData };

/** Outlines of so few edges take a few milliseconds, less than to start a thread. */
const FEW_EDGES = 500;
/** Degrees: few rows, so that also a comb of an outline is done at once. */
const FEW_DEGREES = 0.5;
/** Milliseconds; then it is no outline that anybody drew. */
const MOST_MS = 10_000;
const MEGABYTES = 512;

/**
 * {@link measureArea}, in a thread of its own where it may take long: an outline can be made so that it takes minutes, and then the thread is ended.
 * @throws what measureArea throws; area-too-large where it takes too long; the signal's reason
 */
export async function measureAside(
  polygons: readonly Polygon[],
  { signal, limitMs = MOST_MS }: { readonly signal: AbortSignal; readonly limitMs?: number },
): Promise<MeasuredArea> {
  signal.throwIfAborted();
  if (isSmall(polygons)) return measureArea(polygons);
  const worker = new Worker(new URL('./measure-entry.js', import.meta.url), {
    workerData: polygons,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  });
  let stop = (): void => undefined;
  try {
    const measured = await new Promise<Measured>((resolve, reject) => {
      const timer = setTimeout(() => reject(tooIntricate()), limitMs);
      const leave = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
      stop = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
      };
      worker.once('message', resolve);
      // Out of memory is the outline's fault too.
      worker.once('error', () => reject(tooIntricate()));
      worker.once('exit', () => reject(tooIntricate()));
    });
    if ('error' in measured) throw fromErrorData(measured.error);
    return measured.area;
  } finally {
    stop();
    await worker.terminate();
  }
}

function isSmall(polygons: readonly Polygon[]): boolean {
  let edges = 0;
  let [south, north] = [Infinity, -Infinity];
  for (const polygon of polygons) {
    for (const ring of ringsOf(polygon)) {
      edges += ring.length;
      if (edges > FEW_EDGES) return false;
      for (const [, lat = NaN] of ring) {
        south = Math.min(south, lat);
        north = Math.max(north, lat);
      }
    }
  }
  return north - south <= FEW_DEGREES;
}

function tooIntricate(): GeoCropError {
  return new GeoCropError('area-too-large', 'The outline is too intricate to be measured in time.', {
    hint: 'Simplify it, for example with ogr2ogr -simplify 0.0001, or ask for parts of it.',
  });
}
