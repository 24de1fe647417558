/** For tests: TIFFs put together tag by tag, so that each of them can lie. */

/** TIFF types by name, and their bytes. */
const TYPES = {
  byte: [1, 1],
  ascii: [2, 1],
  short: [3, 2],
  long: [4, 4],
  undefined: [7, 1],
  double: [12, 8],
} as const;
export type TypeName = keyof typeof TYPES;

export interface Entry {
  readonly tag: number;
  readonly type: TypeName;
  /** Numbers, or the characters of a text. */
  readonly values: readonly number[] | string;
  /** What the entry says instead of the truth. */
  readonly count?: number;
  readonly offset?: number;
}

export const entry = (tag: number, type: TypeName, ...values: number[]): Entry => ({ tag, type, values });
export const text = (tag: number, value: string): Entry => ({ tag, type: 'ascii', values: `${value}\0` });

/** A tiled image of one block, uint8 unless told otherwise. `replace` stands in for, or adds to, the usual entries. */
export function image(width: number, height: number, block: number, replace: readonly Entry[] = []): Entry[] {
  const usual = [
    entry(256, 'long', width),
    entry(257, 'long', height),
    entry(258, 'short', 8),
    entry(259, 'short', 1),
    entry(262, 'short', 1),
    entry(277, 'short', 1),
    entry(322, 'long', block),
    entry(323, 'long', block),
    entry(324, 'long', 8),
    entry(325, 'long', block * block),
  ];
  const replaced = new Set(replace.map(({ tag }) => tag));
  return [...usual.filter(({ tag }) => !replaced.has(tag)), ...replace].sort((a, b) => a.tag - b.tag);
}

export interface BuildOptions {
  /** Bytes from place 8 on: where {@link image} puts its block. */
  readonly blocks?: Uint8Array;
  /** Where the last directory's chain goes; default 0, the end. */
  readonly next?: (directories: readonly number[]) => number;
}

/** A classic, little-endian TIFF of these directories, one after another. */
export function tiffOf(directories: readonly (readonly Entry[])[], options: BuildOptions = {}): Uint8Array {
  const { blocks = new Uint8Array(0) } = options;
  const sizes = directories.map((entries) => 2 + entries.length * 12 + 4);
  const places: number[] = [];
  let at = 8 + blocks.length + (blocks.length % 2);
  for (const size of sizes) {
    places.push(at);
    at += size;
  }
  const outside = directories.flat().reduce((sum, each) => sum + outsideBytes(each), 0);
  const file = new Uint8Array(at + outside);
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, places[0] ?? 0, true);
  file.set(blocks, 8);
  for (const [i, entries] of directories.entries()) {
    const place = places[i]!;
    view.setUint16(place, entries.length, true);
    for (const [j, each] of entries.entries()) at = writeEntry(view, place + 2 + j * 12, each, at);
    const last = i === directories.length - 1;
    view.setUint32(
      place + 2 + entries.length * 12,
      last ? (options.next?.(places) ?? 0) : places[i + 1]!,
      true,
    );
  }
  return file;
}

const valueBytes = ({ type, values }: Entry): number => values.length * TYPES[type][1];
const outsideBytes = (each: Entry): number =>
  valueBytes(each) > 4 ? valueBytes(each) + (valueBytes(each) % 2) : 0;

function writeEntry(view: DataView, place: number, each: Entry, free: number): number {
  const [type, size] = TYPES[each.type];
  view.setUint16(place, each.tag, true);
  view.setUint16(place + 2, type, true);
  view.setUint32(place + 4, each.count ?? each.values.length, true);
  if (each.offset !== undefined) {
    view.setUint32(place + 8, each.offset, true);
    return free + outsideBytes(each);
  }
  const outside = outsideBytes(each) > 0;
  if (outside) view.setUint32(place + 8, free, true);
  const at = outside ? free : place + 8;
  const numbers =
    typeof each.values === 'string' ? [...each.values].map((c) => c.charCodeAt(0)) : each.values;
  for (const [i, value] of numbers.entries()) {
    if (size === 8) view.setFloat64(at + i * 8, value, true);
    else if (size === 4) view.setUint32(at + i * 4, value, true);
    else if (size === 2) view.setUint16(at + i * 2, value, true);
    else view.setUint8(at + i, value);
  }
  return free + outsideBytes(each);
}
