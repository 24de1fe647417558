import type { DescribedHeader } from '../windows/cog-header.js';
import { alphaMask } from './alpha-mask.js';
import type { BandInfo, Dataset, NumberArray, PixelWindow, RawPixels } from './dataset.js';
import { maskKind } from './mask-kind.js';
import { maskWindow } from './mask-window.js';
import { nodataInRange, nodataMask } from './nodata-mask.js';
import { readPlanes, type PlaneSource } from './read-planes.js';

export interface RawSource extends PlaneSource {
  readonly described: DescribedHeader;
  readonly bands: readonly BandInfo[];
}

/** {@link Dataset.read}. */
export async function readRaw(
  source: RawSource,
  levelIndex: number,
  window: PixelWindow,
  wanted: readonly number[],
  options: { readonly nodata?: number | null; readonly signal?: AbortSignal } = {},
): Promise<RawPixels> {
  const { described, bands, file } = source;
  const level = file.levels[levelIndex];
  if (level === undefined) throw new RangeError(`${described.href} has no level ${levelIndex}`);
  checkWindow(window, level);
  for (const band of wanted) {
    if (bands[band - 1] === undefined) throw new RangeError(`${described.href} has no band ${band}`);
  }
  const nodata = options.nodata === undefined ? described.nodata : options.nodata;
  const kinds = wanted.map((band) => kindOf(source, band - 1, options.nodata));
  const alpha = bands.length - 1;
  const samples = [
    ...new Set([...wanted.map((band) => band - 1), ...(kinds.includes('alpha') ? [alpha] : [])]),
  ];
  const mask = kinds.includes('mask') ? maskWindow(file.masks, level, window) : null;
  const [planes = [], [maskPlane] = []] = await readPlanes(
    source,
    [{ level, window, samples }, ...(mask === null ? [] : [{ ...mask, samples: [0] }])],
    options.signal,
  );
  const planeOf = (sample: number): NumberArray => planes[samples.indexOf(sample)]!;

  const shared =
    mask !== null
      ? mask.fit(maskOf(maskPlane!, described))
      : kinds.includes('alpha')
        ? alphaMask(planeOf(alpha))
        : null;
  const byNodata = new Map<number, Uint8Array>();
  const masks = kinds.map((kind, i) => {
    if (kind === 'none') return null;
    if (kind !== 'nodata') return shared;
    const sample = wanted[i]! - 1;
    const known = byNodata.get(sample) ?? nodataMask(planeOf(sample), nodata ?? NaN);
    byNodata.set(sample, known);
    return known;
  });
  return { data: wanted.map((band) => planeOf(band - 1)), masks };
}

function kindOf(
  { described, bands }: RawSource,
  band: number,
  override: number | null | undefined,
): Dataset['mask'] {
  if (typeof override === 'number') return nodataInRange(override, described.dataType) ? 'nodata' : 'none';
  return maskKind(described, bands, band, override === null ? null : described.nodata);
}

/** One bit a pixel says yes or no; eight say how much. */
function maskOf(plane: NumberArray, { description }: DescribedHeader): Uint8Array {
  const mask = plane as Uint8Array;
  if (description.masks?.bits === 1) for (let i = 0; i < mask.length; i += 1) mask[i] = mask[i]! * 255;
  return mask;
}

function checkWindow(
  { column, row, width, height }: PixelWindow,
  level: { readonly width: number; readonly height: number },
): void {
  const whole = [column, row, width, height].every((value) => Number.isInteger(value) && value >= 0);
  if (!whole || width === 0 || height === 0 || column + width > level.width || row + height > level.height) {
    throw new RangeError(
      `window ${column},${row} ${width} × ${height} is not inside ${level.width} × ${level.height}`,
    );
  }
}
