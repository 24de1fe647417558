import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonWith } from '../../encode/gdal-oracle.js';
import { pythonPeer } from '../../testing/python-peer.js';
import { newArray } from '../../windows/block-spec.js';
import type { Affine, DataType } from '../../windows/cog-header.js';
import type { Dataset, Level, NumberArray, RawPixels, RGBA } from '../dataset.js';
import type { Image } from '../image.js';

/** For tests only: files whose pixels are arrays, and rio-tiler's answers about them. */

/** One case for fixtures/oracle.py. */
export interface Case {
  readonly file: string;
  readonly op: 'tile' | 'part' | 'preview' | 'point' | 'info';
  readonly [option: string]: unknown;
}

/** What rio-tiler made of a case. */
export interface Answer {
  readonly error?: string;
  readonly message?: string;
  readonly image?: Image;
  readonly minzoom?: number;
  readonly maxzoom?: number;
  readonly bounds?: readonly (readonly number[])[];
}

interface FileInfo {
  readonly width: number;
  readonly height: number;
  readonly dtype: DataType;
  readonly nodata: number | string | null;
  readonly transform: Affine | null;
  readonly crs: { readonly epsg: number | null; readonly proj: string; readonly geographic: boolean } | null;
  readonly colors: readonly string[];
  /** Of band 1. */
  readonly palette: Readonly<Record<string, RGBA>> | null;
  readonly plainOverviews: boolean;
  readonly scales: readonly number[];
  readonly offsets: readonly number[];
  readonly tags: readonly Readonly<Record<string, string>>[];
  readonly block: readonly [number, number];
  readonly flags: readonly (readonly string[])[];
  readonly levels: readonly { readonly width: number; readonly height: number; readonly file: string }[];
}

interface Result {
  readonly error?: string;
  readonly file?: string;
  readonly shape?: readonly [number, number, number];
  readonly dtype?: DataType;
  readonly alpha?: boolean;
  readonly bounds?: readonly number[] | null;
  readonly names?: readonly string[];
}

export const NEEDS_RIO_TILER =
  'needs rio-tiler: python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements-oracles.txt';

export const withoutRioTiler: string | false = pythonWith('rio_tiler') === null ? NEEDS_RIO_TILER : false;

/** Lets rio-tiler answer, in `folder`, and opens the files that it was asked about. */
export async function askRioTiler(
  folder: string,
  cases: readonly Case[],
): Promise<{ readonly datasets: ReadonlyMap<string, Dataset>; readonly answers: readonly Answer[] }> {
  const python = pythonWith('rio_tiler');
  if (python === null) throw new Error(NEEDS_RIO_TILER);
  const oracle = pythonPeer(python, 'engine/raster-files/warp/fixtures/oracle.py');
  const manifest = JSON.parse(await oracle.ask(JSON.stringify({ cases, out: folder }))) as {
    files: Record<string, FileInfo>;
    results: Result[];
  };
  const datasets = new Map(
    Object.entries(manifest.files).map(([name, info]) => [name, datasetOf(name, info, folder)]),
  );
  return { datasets, answers: manifest.results.map((result) => answerOf(result, folder)) };
}

function answerOf(result: Result, folder: string): Answer {
  const { file, shape, dtype } = result;
  if (file === undefined || shape === undefined || dtype === undefined) return result as unknown as Answer;
  const [count, height, width] = shape;
  const size = width * height;
  const bytes = readFileSync(join(folder, file));
  const data = values(bytes, dtype, 0, count * size);
  const maskStart = count * size * data.BYTES_PER_ELEMENT;
  const mask = values(bytes, 'uint8', maskStart, count * size) as Uint8Array;
  const alpha = result.alpha === true ? values(bytes, dtype, maskStart + count * size, size) : null;
  const planes = Array.from({ length: count }, (_, i) => i);
  return {
    image: {
      width,
      height,
      bands: planes.map((i) => data.subarray(i * size, (i + 1) * size)),
      valid: planes.map((i) => mask.subarray(i * size, (i + 1) * size)),
      names: result.names ?? [],
      alpha: alpha instanceof Uint8Array ? alpha : null,
      bounds: (result.bounds ?? null) as Image['bounds'],
      crs: null,
    },
  };
}

function values(bytes: Buffer, type: DataType, start: number, count: number): NumberArray {
  const array = newArray(type, count);
  const view = new Uint8Array(array.buffer);
  view.set(bytes.subarray(start, start + view.length));
  return array;
}

function datasetOf(name: string, info: FileInfo, folder: string): Dataset {
  const count = info.colors.length;
  const pixels = info.levels.map(({ width, height, file }) => {
    const bytes = readFileSync(join(folder, file));
    const size = width * height;
    const data = values(bytes, info.dtype, 0, count * size);
    const masks = values(bytes, 'uint8', count * size * data.BYTES_PER_ELEMENT, count * size) as Uint8Array;
    return Array.from({ length: count }, (_, i) => ({
      data: data.subarray(i * size, (i + 1) * size),
      mask: info.flags[i]?.includes('all_valid') === true ? null : masks.subarray(i * size, (i + 1) * size),
    }));
  });
  const flags = info.flags[0] ?? [];
  return {
    ...arrayDataset({
      levels: info.levels.map(({ width, height }) => ({
        width,
        height,
        blockWidth: info.block[0],
        blockHeight: info.block[1],
      })),
      dataType: info.dtype,
      pixels,
    }),
    href: name,
    bands: info.colors.map((color, i) => ({
      description: null,
      colorInterpretation: color,
      scale: info.scales[i] ?? 1,
      offset: info.offsets[i] ?? 0,
      units: null,
      metadata: info.tags[i] ?? {},
    })),
    transform: info.transform,
    crs:
      info.crs === null
        ? null
        : { ...info.crs, name: info.crs.epsg === null ? info.crs.proj : `EPSG:${info.crs.epsg}` },
    nodata: info.nodata === null ? null : Number(info.nodata),
    mask: flags.includes('nodata')
      ? 'nodata'
      : flags.includes('alpha')
        ? 'alpha'
        : flags.includes('per_dataset')
          ? 'mask'
          : 'none',
    ...(info.plainOverviews ? { plainOverviews: true as const } : {}),
    palette:
      info.palette === null
        ? null
        : new Map(Object.entries(info.palette).map(([value, colour]) => [Number(value), colour])),
  };
}

/** A file of arrays: levels, each with its bands; null for a mask: all is valid. Without georeference unless it is given one. */
export function arrayDataset(options: {
  readonly levels: readonly Level[];
  readonly dataType: DataType;
  readonly pixels: readonly (readonly { readonly data: NumberArray; readonly mask: Uint8Array | null }[])[];
}): Dataset {
  const { levels, dataType, pixels } = options;
  const [full] = levels;
  if (full === undefined) throw new RangeError('a file without a level');
  return {
    href: 'memory',
    width: full.width,
    height: full.height,
    dataType,
    bands: (pixels[0] ?? []).map(() => ({
      description: null,
      colorInterpretation: 'gray',
      scale: 1,
      offset: 0,
      units: null,
      metadata: {},
    })),
    transform: null,
    crs: null,
    levels,
    nodata: null,
    mask: 'none',
    palette: null,
    metadata: {},
    compression: null,
    interleave: 'BAND',
    read: async (level, { column, row, width, height }, bands): Promise<RawPixels> => {
      const stride = levels[level]?.width ?? 0;
      if (column < 0 || row < 0 || column + width > stride || row + height > (levels[level]?.height ?? 0)) {
        throw new RangeError(`window ${column},${row} ${width} × ${height} outside level ${level}`);
      }
      const cut = <T extends NumberArray>(whole: T): T => {
        const part = whole.slice(0, 0).constructor as new (length: number) => T;
        const out = new part(width * height);
        for (let y = 0; y < height; y++) {
          const start = (row + y) * stride + column;
          out.set(whole.subarray(start, start + width), y * width);
        }
        return out;
      };
      const planes = bands.map((band) => pixels[level]?.[band - 1]);
      return {
        data: planes.map((plane) => {
          if (plane === undefined) throw new RangeError('no such band');
          return cut(plane.data);
        }),
        masks: planes.map((plane) => (plane?.mask ? cut(plane.mask) : null)),
      };
    },
  };
}

/** The XYZ tile that holds a place. */
export function tileAt(
  lon: number,
  lat: number,
  z: number,
): { readonly z: number; readonly x: number; readonly y: number } {
  const count = 2 ** z;
  const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  return { z, x: Math.floor(((lon + 180) / 360) * count), y: Math.floor(y * count) };
}
