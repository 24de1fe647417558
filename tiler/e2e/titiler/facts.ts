import type { Answer } from './both.js';

/** What TiTiler says of a file; questions are made of it. */
export interface Facts {
  readonly bands: number;
  readonly dtype: string;
  readonly masked: boolean;
  readonly palette: boolean;
  readonly scaled: boolean;
  /** It has several bands, with names of their own. */
  readonly described: boolean;
  /** West, south, east, north in degrees. */
  readonly bounds: readonly [number, number, number, number];
  readonly minZoom: number;
  readonly maxZoom: number;
}

interface Info {
  readonly count: number;
  readonly dtype: string;
  readonly nodata_type: string;
  readonly colormap?: object;
  readonly colorinterp: readonly string[];
  readonly scales: readonly number[];
  readonly band_descriptions: readonly (readonly [name: string, description: string])[];
}
interface TileJson {
  readonly bounds: [number, number, number, number];
  readonly minzoom: number;
  readonly maxzoom: number;
}

const parsed = <T>({ status, body }: Answer): T | null =>
  status === 200 ? (JSON.parse(Buffer.from(body).toString('utf8')) as T) : null;

/** null where TiTiler cannot place the file on a map. */
export function factsOf(info: Answer, tileJson: Answer): Facts | null {
  const about = parsed<Info>(info);
  const tiles = parsed<TileJson>(tileJson);
  if (about === null || tiles === null) return null;
  return {
    bands: about.colorinterp.filter((name) => name !== 'alpha').length,
    dtype: about.dtype,
    masked: about.nodata_type !== 'None',
    palette: about.colormap !== undefined,
    scaled: about.scales.some((scale) => scale !== 1),
    described: about.count > 1 && about.band_descriptions.some(([name, description]) => name !== description),
    bounds: tiles.bounds,
    minZoom: tiles.minzoom,
    maxZoom: tiles.maxzoom,
  };
}
