import { inflateSync } from 'node:zlib';
import { GeoCropError } from '../../../engine/errors.js';
import type { RGBA } from '../../../engine/raster-files/dataset.js';
import { closest } from '../../config/closest.js';
import type { Colormap } from '../post.js';
import { PACKED, REVERSED, STORED } from './table.js';

const STEPS = 256;
const CHANNELS = 4;

/** All names of rio-tiler's colour maps, in the order of the alphabet. */
export const COLORMAP_NAMES: readonly string[] = [...STORED, ...REVERSED].sort();

/** 256 colours of a map of rio-tiler. @throws unknown-colormap with the nearest of the names there are */
export function namedColormap(name: string): Colormap {
  const known = made.get(name);
  if (known !== undefined) return known;
  const colormap = make(name);
  made.set(name, colormap);
  return colormap;
}

/** Two hundred at most: as many as there are names. */
const made = new Map<string, Colormap>();
let unpacked: Uint8Array | null = null;

function make(name: string): Colormap {
  const backwards = REVERSED.includes(name);
  const at = STORED.indexOf(backwards ? name.slice(0, -'_r'.length) : name);
  if (at < 0) throw unknown(name);
  unpacked ??= unpack();
  const table = unpacked.subarray(at * CHANNELS * STEPS, (at + 1) * CHANNELS * STEPS);
  const channel = (index: number, step: number): number => table[index * STEPS + step] as number;
  return {
    kind: 'values',
    colors: new Map(
      Array.from({ length: STEPS }, (_, value): [number, RGBA] => {
        const step = backwards ? STEPS - 1 - value : value;
        return [value, [channel(0, step), channel(1, step), channel(2, step), channel(3, step)]];
      }),
    ),
  };
}

function unpack(): Uint8Array {
  const table = inflateSync(Buffer.from(PACKED, 'base64'));
  for (let i = 0; i < table.length; i++) {
    if (i % STEPS !== 0) table[i] = (table[i] as number) + (table[i - 1] as number);
  }
  return table;
}

function unknown(name: string): GeoCropError {
  const near = closest(name.toLowerCase(), COLORMAP_NAMES);
  return new GeoCropError('unknown-colormap', `There is no colormap "${name.slice(0, 60)}".`, {
    hint: near === null ? `There are: ${COLORMAP_NAMES.join(', ')}.` : `Did you mean ${near}?`,
    context: { parameter: 'colormap_name' },
  });
}
