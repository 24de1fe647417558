import { fromArrayBuffer } from 'geotiff';
import sharp from 'sharp';
import type { Answer } from './both.js';
import type { Difference } from './difference.js';
import { parseNpy } from './parse-npy.js';
import type { Comparison } from './questions.js';

/** Numbers of JSON: as much as two libraries differ in the last digits of what they project or sum. */
const RELATIVE = 1e-6;

/** What is different; nothing where nothing is. */
export async function compare(
  how: Comparison,
  theirs: Answer,
  ours: Answer,
  tolerance: { readonly values: number },
): Promise<readonly Difference[]> {
  if (theirs.status !== ours.status)
    return [{ kind: 'status', theirs: theirs.status, ours: ours.status, ...said(ours) }];
  if (theirs.status !== 200) return [];
  switch (how.kind) {
    case 'status':
      return [];
    case 'json':
      return compareJson(theirs, ours, tolerance.values);
    case 'values': {
      const within = Math.max(how.within, tolerance.values);
      return [...compareHeaders(theirs, ours), ...compareValues(theirs, ours, within)];
    }
    case 'picture':
      return [...compareHeaders(theirs, ours), ...(await comparePictures(theirs, ours, tolerance.values))];
    case 'geotiff':
      return [
        ...compareHeaders(theirs, ours),
        ...(await compareGeoTiffs(theirs, ours, Math.max(how.within, tolerance.values))),
      ];
    case 'type':
      return [...compareHeaders(theirs, ours), ...(await compareSizes(theirs, ours))];
  }
}

const text = ({ body }: Answer): string => Buffer.from(body).toString('utf8');

function said(answer: Answer): { readonly code: string; readonly detail: string } {
  if (!(answer.headers.get('content-type') ?? '').includes('problem+json')) return { code: '', detail: '' };
  return JSON.parse(text(answer)) as { code: string; detail: string };
}

/** Where the picture lies, and what it is. */
function compareHeaders(theirs: Answer, ours: Answer): readonly Difference[] {
  const value = ({ headers }: Answer, name: string): string => headers.get(name) ?? '';
  const found: Difference[] = [];
  for (const name of ['content-type', 'content-crs', 'content-bbox'] as const) {
    const [a, b] = [value(theirs, name), value(ours, name)];
    const same = name === 'content-bbox' ? sameBox(a, b) : a === b;
    if (!same) found.push({ kind: 'header', name, theirs: a, ours: b });
  }
  return found;
}

function sameBox(theirs: string, ours: string): boolean {
  const [a, b] = [theirs, ours].map((box) => (box === '' ? [] : box.split(',').map(Number)));
  return a?.length === b?.length && a?.every((edge, at) => close(edge, b?.[at] ?? NaN)) === true;
}

/** What a decoder's rounding changes beyond itself. */
const COUNTED = /\.(majority|minority|unique|histogram\.\d+\.\d+)$/;

function compareJson(theirs: Answer, ours: Answer, within: number): readonly Difference[] {
  const found: Difference[] = [];
  const same: Same = (a, b, at) =>
    close(a, b) ||
    (within > 0 && (COUNTED.test(at) || Math.abs(a - b) <= within * Math.max(1, Math.abs(a) / 100)));
  differences(JSON.parse(text(theirs)), JSON.parse(text(ours)), '', found, same);
  return found;
}

type Same = (a: number, b: number, at: string) => boolean;

function differences(a: unknown, b: unknown, at: string, found: Difference[], same: Same): void {
  if (typeof a === 'number' && typeof b === 'number' && same(a, b, at)) return;
  // Each names its own server, and the file as it was asked.
  if (typeof a === 'string' && typeof b === 'string' && plainAddress(a) === plainAddress(b)) return;
  const bothInside = a !== null && b !== null && typeof a === 'object' && typeof b === 'object';
  if (bothInside && Array.isArray(a) === Array.isArray(b)) {
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
  if (a !== b) found.push({ kind: 'json', at, theirs: a, ours: b });
}

function plainAddress(address: string): string {
  return address.replace(/^http:\/\/[^/]+/, '').replace(/([?&]url=)[^&]*/, '$1');
}

function close(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= RELATIVE * Math.max(1, Math.abs(a), Math.abs(b));
}

function compareValues(theirs: Answer, ours: Answer, within: number): readonly Difference[] {
  const [a, b] = [parseNpy(theirs.body), parseNpy(ours.body)];
  const shapes = [a, b].map(({ dtype, shape }) => `${shape.join(' × ')} ${dtype}`);
  if (shapes[0] !== shapes[1]) return shapeDifference(shapes);
  if (Buffer.compare(theirs.body, ours.body) === 0) return [];
  // Of numbers that are no whole ones "within 1" says little.
  const float = a.dtype.startsWith('<f');
  return beyond(a.values, b.values, (_at, x) =>
    float ? Math.max(within * 1e-3, 1e-5) * Math.max(1, Math.abs(x)) : within,
  );
}

/** As geotiff.js reads them: size, bands, type, place, and every value, the mask's among them. */
async function compareGeoTiffs(theirs: Answer, ours: Answer, within: number): Promise<readonly Difference[]> {
  const [a, b] = await Promise.all([geoTiff(theirs.body), geoTiff(ours.body)]);
  if (a.shape !== b.shape) return shapeDifference([a.shape, b.shape]);
  const [boxes, values] = [sameBox(a.box, b.box), beyond(a.values, b.values, () => within)];
  return boxes ? values : [...shapeDifference([a.box, b.box]), ...values];
}

async function geoTiff(body: Uint8Array) {
  const image = await (await fromArrayBuffer(body.slice().buffer)).getImage();
  const bands = (await image.readRasters()) as unknown as readonly ArrayLike<number>[];
  const keys = image.getGeoKeys() as Readonly<Record<string, number>> | null;
  const epsg = keys?.['ProjectedCSTypeGeoKey'] ?? keys?.['GeographicTypeGeoKey'] ?? 'none';
  const type = `${image.getSampleFormat()}/${image.getBitsPerSample()}`;
  return {
    shape: `${image.getWidth()} × ${image.getHeight()} × ${image.getSamplesPerPixel()} ${type} EPSG ${epsg}`,
    box: image.getBoundingBox().join(),
    values: bands.flatMap((band) => Array.from(band)),
  };
}

async function comparePictures(theirs: Answer, ours: Answer, within: number): Promise<readonly Difference[]> {
  const [a, b] = await Promise.all([decoded(theirs.body), decoded(ours.body)]);
  if (a.size !== b.size) return shapeDifference([a.size, b.size]);
  // Nobody sees the colour of what is transparent.
  return beyond(a.data, b.data, (at) => (a.alpha(at) === 0 && b.alpha(at) === 0 ? Infinity : within));
}

const shapeDifference = ([theirs = '', ours = '']: readonly string[]): readonly Difference[] => [
  { kind: 'shape', theirs, ours },
];

/** @param allowed how far apart two values may be, by their place and by theirs */
function beyond(
  theirs: ArrayLike<number>,
  ours: ArrayLike<number>,
  allowed: (at: number, value: number) => number,
): readonly Difference[] {
  let wrong = 0;
  let largest = 0;
  for (let at = 0; at < theirs.length; at += 1) {
    const [x, y] = [theirs[at] ?? NaN, ours[at] ?? NaN];
    if (Object.is(x, y)) continue;
    const off = Math.abs(x - y);
    if (off <= allowed(at, x)) continue;
    wrong += 1;
    largest = Math.max(largest, Number.isNaN(off) ? Infinity : off);
  }
  return wrong === 0 ? [] : [{ kind: 'values', wrong, of: theirs.length, largest }];
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

async function compareSizes(theirs: Answer, ours: Answer): Promise<readonly Difference[]> {
  const [a, b] = await Promise.all([sizeOf(theirs.body), sizeOf(ours.body)]);
  // libvips does not know every kind of TIFF: then theirs says nothing.
  return a === null || a === b ? [] : shapeDifference([a, b ?? 'no picture']);
}

async function sizeOf(body: Uint8Array): Promise<string | null> {
  try {
    const { width, height, channels, depth } = await sharp(body).metadata();
    return `${width} × ${height} × ${channels} ${depth}`;
  } catch {
    return null;
  }
}
