import { createHash } from 'node:crypto';
import { mapTransform } from '../../engine/encode/map-window.js';
import type { StacAsset, StacItem } from '../../engine/encode/stac-item.js';
import { METATILE_SIZE, NATIVE_ZOOM } from '../../engine/geo/tile-matrix.js';
import { isItem, parseDocument } from '../archive-documents.js';
import { ARCHIVE_BUCKET, isVersionFile, metatilePrefix, type Metatile } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';
import { metatileProduct, productProblem } from './verify-product.js';

export interface VersionName {
  readonly recipe: string;
  readonly season: string;
  readonly metatile: Metatile;
  readonly scenes: string;
}

export interface Problem {
  readonly key: string;
  /** What is wrong, in words. */
  readonly what: string;
}

export interface VersionCheck {
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly Problem[];
}

/** Multihash: SHA-256, 32 bytes (STAC file extension). */
const SHA256_PREFIX = '1220';
const METRE = 1;

/**
 * Reads back a finished metatile, one file at a time: its item, what the item says of its files, and each product's every
 * block. undefined where it has no item (any more).
 */
export async function checkVersion(
  store: ObjectStore,
  name: VersionName,
  signal?: AbortSignal,
): Promise<VersionCheck | undefined> {
  const folder = `${metatilePrefix(name.recipe, name.season, name.metatile)}/${name.scenes}/`;
  const itemBytes = await store.get(ARCHIVE_BUCKET, `${folder}item.json`, signal);
  if (itemBytes === undefined) return undefined;
  const check = { files: 1, bytes: itemBytes.length, problems: [] as Problem[] };
  const problem = (file: string, what: string): void => {
    check.problems.push({ key: folder + file, what });
  };
  const item = parseDocument(itemBytes, isItem);
  if (item === undefined) problem('item.json', 'it is not the JSON of an item');
  else for (const what of itemProblems(item, name)) problem('item.json', what);
  const assets = new Map(Object.values(item?.assets ?? {}).map((asset) => [fileOf(asset), asset]));
  const classes = classCount(assets.get('classes.tif'));

  const files: string[] = [];
  for await (const key of store.list(ARCHIVE_BUCKET, folder)) files.push(key.slice(folder.length));
  for (const file of assets.keys()) {
    if (file === undefined) problem('item.json', 'it names a file that is not beside it');
    else if (!files.includes(file)) problem(file, 'it is missing, and item.json names it');
  }
  for (const file of files) {
    signal?.throwIfAborted();
    if (file === 'item.json' || !isVersionFile(file)) continue;
    const bytes = await store.get(ARCHIVE_BUCKET, folder + file, signal);
    if (bytes === undefined) {
      problem(file, 'it cannot be found, and is listed');
      continue;
    }
    check.files += 1;
    check.bytes += bytes.length;
    const asset = assets.get(file);
    const what =
      (asset === undefined ? null : stampProblem(bytes, asset)) ??
      (file.endsWith('.tif')
        ? await productProblem(bytes, metatileProduct(file.slice(0, -'.tif'.length), name.metatile, classes))
        : null);
    if (what !== null) problem(file, what);
    if (file === 'classes.tif' && !files.includes('classes.tif.aux.xml')) {
      problem('classes.tif.aux.xml', 'it is missing');
    }
  }
  return check;
}

/** What the item says of itself against where it lies. */
function itemProblems({ properties }: StacItem, { recipe, season, metatile, scenes }: VersionName): string[] {
  const text = (value: unknown, ...path: readonly string[]): unknown =>
    path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);
  const problems: string[] = [];
  const expect = (what: string, got: unknown, expected: string): void => {
    if (got !== expected) problems.push(`its ${what} is ${String(got)}, expected ${expected}`);
  };
  expect('recipe', text(properties, 'geocrop:recipe', 'digest'), recipe);
  const named = `${String(text(properties, 'geocrop:season', 'name'))}-${String(text(properties, 'geocrop:season', 'year'))}`;
  expect('season', named, season);
  expect('list of scenes', text(properties, 'geocrop:scenes', 'digests', '0'), scenes);
  const { x, y } = metatile;
  const right = mapTransform({ zoom: NATIVE_ZOOM, px0: x * METATILE_SIZE, py0: y * METATILE_SIZE });
  const transform = properties['proj:transform'];
  const lies =
    Array.isArray(transform) && right.every((value, i) => Math.abs(value - Number(transform[i])) < METRE);
  if (!lies) problems.push('it lies elsewhere than its name says');
  return problems;
}

/** `./classes.tif` is `classes.tif`; undefined for what lies elsewhere. */
function fileOf({ href }: StacAsset): string | undefined {
  return /^\.\/([^/]+)$/.exec(href)?.[1];
}

/** Against `file:size` and `file:checksum`, where the item has them. */
function stampProblem(bytes: Uint8Array, asset: StacAsset): string | null {
  const size = asset['file:size'];
  if (typeof size === 'number' && size !== bytes.length) {
    return `it has ${bytes.length} bytes, expected ${size}`;
  }
  const checksum = asset['file:checksum'];
  if (typeof checksum !== 'string' || !checksum.startsWith(SHA256_PREFIX)) return null;
  const got = SHA256_PREFIX + createHash('sha256').update(bytes).digest('hex');
  return got === checksum ? null : 'its checksum is not the one in item.json';
}

function classCount(asset: StacAsset | undefined): number | null {
  const classes = asset?.['classification:classes'];
  return Array.isArray(classes) ? classes.length : null;
}
