import sharp from 'sharp';
import type { Answer } from './both.js';
import { parseNpy } from './parse-npy.js';
import type { Comparison } from './questions.js';

/** What is different; null where nothing is. */
export type Difference = string | null;

/** Numbers of JSON: as much as two libraries differ in the last digits of what they project or sum. */
const RELATIVE = 1e-6;

export async function compare(
  how: Comparison,
  theirs: Answer,
  ours: Answer,
  tolerance: { readonly values: number },
): Promise<Difference> {
  if (theirs.status !== ours.status)
    return `status: TiTiler ${theirs.status}, we ${ours.status} ${said(ours)}`;
  if (theirs.status !== 200) return null;
  switch (how.kind) {
    case 'status':
      return null;
    case 'json':
      return compareJson(theirs, ours, tolerance.values);
    case 'values':
      return sameHeaders(theirs, ours) ?? compareValues(theirs, ours, Math.max(how.within, tolerance.values));
    case 'picture':
      return sameHeaders(theirs, ours) ?? (await comparePictures(theirs, ours, tolerance.values));
    case 'type':
      return sameHeaders(theirs, ours) ?? (await compareSizes(theirs, ours));
  }
}

const text = ({ body }: Answer): string => Buffer.from(body).toString('utf8');

function said(answer: Answer): string {
  try {
    const { code, detail } = JSON.parse(text(answer)) as { code?: string; detail?: string };
    return `(${code}: ${detail})`;
  } catch {
    return '';
  }
}

/** Where the picture lies, and what it is. */
function sameHeaders(theirs: Answer, ours: Answer): Difference {
  for (const name of ['content-type', 'content-crs']) {
    const [a, b] = [theirs.headers.get(name), ours.headers.get(name)];
    if (a !== b) return `${name}: TiTiler ${a}, we ${b}`;
  }
  const [a, b] = [theirs, ours].map(
    ({ headers }) => headers.get('content-bbox')?.split(',').map(Number) ?? [],
  );
  const near = a?.length === b?.length && a?.every((value, at) => close(value, b?.[at] ?? NaN));
  return near === true ? null : `content-bbox: TiTiler ${a?.join()}, we ${b?.join()}`;
}

/** What a decoder's rounding changes beyond itself. */
const COUNTED = /\.(majority|minority|unique|histogram\.\d+\.\d+)$/;

function compareJson(theirs: Answer, ours: Answer, within: number): Difference {
  const found: string[] = [];
  const same: Same = (a, b, at) =>
    close(a, b) ||
    (within > 0 && (COUNTED.test(at) || Math.abs(a - b) <= within * Math.max(1, Math.abs(a) / 100)));
  differences(JSON.parse(text(theirs)), JSON.parse(text(ours)), '', found, same);
  return found.length === 0 ? null : found.join('; ');
}

type Same = (a: number, b: number, at: string) => boolean;

function differences(a: unknown, b: unknown, at: string, found: string[], same: Same): void {
  if (typeof a === 'number' && typeof b === 'number' && same(a, b, at)) return;
  // Each names its own server, and the file as it was asked.
  if (typeof a === 'string' && typeof b === 'string' && plainAddress(a) === plainAddress(b)) return;
  if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object') {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    for (const name of names) {
      differences(
        (a as Record<string, unknown>)[name],
        (b as Record<string, unknown>)[name],
        `${at}.${name}`,
        found,
        same,
      );
    }
    return;
  }
  if (a !== b) found.push(`${at}: TiTiler ${shown(a)}, we ${shown(b)}`);
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 120);

function plainAddress(address: string): string {
  return address.replace(/^http:\/\/[^/]+/, '').replace(/([?&]url=)[^&]*/, '$1');
}

function close(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= RELATIVE * Math.max(1, Math.abs(a), Math.abs(b));
}

function compareValues(theirs: Answer, ours: Answer, within: number): Difference {
  const [a, b] = [parseNpy(theirs.body), parseNpy(ours.body)];
  if (a.dtype !== b.dtype) return `type: TiTiler ${a.dtype}, we ${b.dtype}`;
  if (a.shape.join() !== b.shape.join()) return `shape: TiTiler ${a.shape.join()}, we ${b.shape.join()}`;
  // Of numbers that are no whole ones "within 1" says little.
  const float = a.dtype.startsWith('<f');
  let wrong = 0;
  let largest = 0;
  for (let at = 0; at < a.values.length; at += 1) {
    const [x, y] = [a.values[at] ?? NaN, b.values[at] ?? NaN];
    if (Object.is(x, y)) continue;
    const off = Math.abs(x - y);
    const allowed = float ? Math.max(within * 1e-3, 1e-5) * Math.max(1, Math.abs(x)) : within;
    if (off <= allowed) continue;
    wrong += 1;
    largest = Math.max(largest, off);
  }
  return wrong === 0 ? null : `${wrong} of ${a.values.length} values, by up to ${largest}`;
}

async function comparePictures(theirs: Answer, ours: Answer, within: number): Promise<Difference> {
  const [a, b] = await Promise.all([theirs, ours].map(({ body }) => decoded(body)));
  if (a === undefined || b === undefined) return 'no picture';
  if (a.size !== b.size) return `size: TiTiler ${a.size}, we ${b.size}`;
  let wrong = 0;
  let largest = 0;
  for (let at = 0; at < a.data.length; at += 1) {
    const off = Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0));
    // Nobody sees the colour of what is transparent.
    if (off <= within || (a.alpha(at) === 0 && b.alpha(at) === 0)) continue;
    wrong += 1;
    largest = Math.max(largest, off);
  }
  return wrong === 0 ? null : `${wrong} of ${a.data.length} samples, by up to ${largest}`;
}

interface Decoded {
  readonly data: Uint16Array | Uint8Array;
  readonly size: string;
  /** Of the pixel that a sample belongs to; where there is none, undefined. */
  readonly alpha: (sample: number) => number | undefined;
}

async function decoded(body: Uint8Array): Promise<Decoded> {
  const picture = sharp(body);
  const { depth, channels, hasAlpha } = await picture.metadata();
  const wide = depth === 'ushort';
  const { data, info } = await (
    wide ? picture.toColourspace('rgb16').raw({ depth: 'ushort' }) : picture.raw()
  ).toBuffer({
    resolveWithObject: true,
  });
  const samples = wide ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
  return {
    data: samples,
    size: `${info.width} × ${info.height} × ${channels} ${depth}`,
    alpha: (sample) =>
      hasAlpha ? samples[sample - (sample % info.channels) + info.channels - 1] : undefined,
  };
}

async function compareSizes(theirs: Answer, ours: Answer): Promise<Difference> {
  const [a, b] = await Promise.all([theirs, ours].map(({ body }) => sizeOf(body)));
  // libvips does not know every kind of TIFF: then theirs says nothing.
  return a === null || a === b ? null : `size: TiTiler ${a}, we ${b}`;
}

async function sizeOf(body: Uint8Array): Promise<string | null> {
  try {
    const { width, height, channels, depth } = await sharp(body).metadata();
    return `${width} × ${height} × ${channels} ${depth}`;
  } catch {
    return null;
  }
}
