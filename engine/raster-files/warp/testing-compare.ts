import type { Dataset, FileCrs } from '../dataset.js';
import type { Image } from '../image.js';
import type { ReadOptions, Reader, Resampling, WarpResampling } from '../read.js';
import { WEB_MERCATOR, WGS84 } from './grid/crs.js';
import type { Case } from './testing.js';

/** For tests only: the same case by our reader, and how far two images lie apart. */

const SYSTEMS: Readonly<Record<string, FileCrs>> = {
  'EPSG:4326': WGS84,
  'EPSG:3857': WEB_MERCATOR,
  'EPSG:32736': {
    epsg: 32736,
    proj: '+proj=utm +zone=36 +south +datum=WGS84 +units=m +no_defs',
    name: 'EPSG:32736',
    geographic: false,
  },
};

export function crsNamed(name: unknown): FileCrs {
  const crs = SYSTEMS[String(name)];
  if (crs === undefined) throw new RangeError(`the tests know no ${String(name)}`);
  return crs;
}

/** `dst_crs` missing means the file's own, as in the script. */
export function runCase(reader: Reader, dataset: Dataset, given: Case): Promise<Image> {
  const options: ReadOptions = {
    ...(given['indexes'] === undefined ? {} : { bands: given['indexes'] as number[] }),
    ...(given['nodata'] === undefined ? {} : { nodata: Number(given['nodata']) }),
    ...(given['unscale'] === undefined ? {} : { unscale: true }),
    ...(given['resampling_method'] === undefined
      ? {}
      : { resampling: given['resampling_method'] as Resampling }),
    ...(given['reproject_method'] === undefined
      ? {}
      : { reproject: given['reproject_method'] as WarpResampling }),
  };
  const size = {
    ...(given['width'] === undefined ? {} : { width: given['width'] as number }),
    ...(given['height'] === undefined ? {} : { height: given['height'] as number }),
    ...(given['max_size'] === undefined ? {} : { maxSize: given['max_size'] as number }),
  };
  const output = given['dst_crs'] === undefined ? {} : { outputCrs: crsNamed(given['dst_crs']) };
  const { x, y, z } = given as unknown as { x: number; y: number; z: number };
  switch (given.op) {
    case 'tile': {
      const side = given['size'] === undefined ? {} : { size: given['size'] as number };
      const matrixSet = (given['tms'] as string | undefined) ?? 'WebMercatorQuad';
      return reader.tile(dataset, { matrixSet, z, x, y, ...side }, options);
    }
    case 'part': {
      const bounds = given['bounds'] as [number, number, number, number];
      return reader.part(
        dataset,
        { bounds, crs: crsNamed(given['bounds_crs']), ...output, ...size },
        options,
      );
    }
    case 'preview':
      return reader.preview(
        dataset,
        { ...('width' in size || 'height' in size ? size : { maxSize: 1024, ...size }), ...output },
        options,
      );
    case 'point':
      return reader.point(dataset, { x, y, crs: crsNamed(given['crs']) }, options);
    case 'info':
      throw new RangeError('no image');
  }
}

export interface Difference {
  readonly pixels: number;
  /** Values that differ where both are valid. */
  readonly values: number;
  readonly valid: number;
  /** Largest difference of values where both are valid. */
  readonly most: number;
  readonly masks: number;
  /** How far the bounds lie apart at most, in pixels; 0 where one of them says none. */
  readonly bounds: number;
  /** Largest absolute value expected. */
  readonly largest: number;
  readonly note: string;
}

export function difference(ours: Image, theirs: Image): Difference {
  const none = { pixels: 0, values: 0, valid: 0, most: Infinity, masks: 0, bounds: Infinity, largest: 0 };
  if (
    ours.width !== theirs.width ||
    ours.height !== theirs.height ||
    ours.bands.length !== theirs.bands.length
  ) {
    const of = (image: Image): string => `${image.bands.length} × ${image.width} × ${image.height}`;
    return { ...none, note: `got ${of(ours)}, expected ${of(theirs)}` };
  }
  let pixels = 0;
  let values = 0;
  let most = 0;
  let masks = 0;
  let valid = 0;
  let largest = 0;
  const examples: string[] = [];
  for (const [b, band] of theirs.bands.entries()) {
    const mine = ours.bands[b] ?? [];
    for (let i = 0; i < band.length; i++) {
      pixels += 1;
      const a = ours.valid[b]?.[i];
      const e = theirs.valid[b]?.[i];
      if (a !== e) {
        masks += 1;
        if (examples.length < 4) {
          examples.push(`mask b${b + 1} ${i % ours.width},${Math.floor(i / ours.width)}: ${a} for ${e}`);
        }
        continue;
      }
      if (e === 0) continue;
      valid += 1;
      const got = mine[i] as number;
      const expected = band[i] as number;
      largest = Math.max(largest, Math.abs(expected));
      if (Object.is(got, expected) || got === expected) continue;
      values += 1;
      most = Math.max(most, Math.abs(got - expected));
      if (examples.length < 4) {
        examples.push(`b${b + 1} ${i % ours.width},${Math.floor(i / ours.width)}: ${got} for ${expected}`);
      }
    }
  }
  return {
    pixels,
    values,
    valid,
    most,
    masks,
    bounds: apart(ours, theirs),
    largest,
    note: examples.join('; '),
  };
}

function apart({ bounds: ours }: Image, { bounds: theirs, width }: Image): number {
  if (ours === null || theirs === null) return 0;
  const pixel = Math.abs(theirs[2] - theirs[0]) / width;
  return Math.max(...theirs.map((value, i) => Math.abs(value - (ours[i] ?? NaN)) / pixel));
}
