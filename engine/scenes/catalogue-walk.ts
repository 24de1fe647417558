import { pathToFileURL, fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { GeoCropError, isGeoCropError, messageOf } from '../errors.js';
import { mapBounded } from '../map-bounded.js';
import type { CatalogueFiles } from './files.js';
import { asList, asRecord, asText } from './plain.js';

/** A document that holds items, or one that should but does not. */
export interface CatalogueDocument {
  /** Absolute URL, `file:` on disk. */
  readonly location: string;
  readonly content: { readonly items: readonly unknown[] } | { readonly problem: string };
}

/** Reads the JSON at an absolute URL. */
export type ReadDocument = (url: string, signal: AbortSignal) => Promise<unknown>;

/** Documents read at a time. */
const PARALLEL = 8;
/** Links deep: a catalogue of catalogues of years of months has five. */
const MAX_DEPTH = 12;
/** Beyond it a catalogue is for an API. */
const MAX_DOCUMENTS = 20_000;

/**
 * Every document with items that can be reached from a URL: itself, or what its `item`, `items` and `child` links lead to.
 * Each is read once, so links may go in circles. A linked document that cannot be read is named and the rest goes on; the
 * first one must be there.
 */
export async function walkLinks(
  url: string,
  read: ReadDocument,
  signal: AbortSignal,
): Promise<CatalogueDocument[]> {
  const seen = new Set([url]);
  const documents: CatalogueDocument[] = [];
  let level = [url];
  for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth++) {
    const next: string[] = [];
    const found = await mapBounded(level, PARALLEL, (location) =>
      readOr(location, read, signal, depth === 0),
    );
    for (const { location, value, problem } of found) {
      if (problem !== undefined) documents.push({ location, content: { problem } });
      else {
        const items = itemsIn(value);
        if (items !== undefined) documents.push({ location, content: { items } });
        else if (!isCatalogue(value)) {
          documents.push({ location, content: { problem: 'is no item, item collection or catalogue' } });
        }
        if (seen.size > MAX_DOCUMENTS || searchIn(value)) throw notStatic(url, location, seen.size);
        for (const link of linksIn(value, location)) {
          if (!seen.has(link)) {
            seen.add(link);
            next.push(link);
          }
        }
      }
    }
    level = next;
  }
  const [first] = documents;
  if (first?.location === url && 'problem' in first.content) {
    throw new GeoCropError('stac-malformed', `${url} ${first.content.problem}.`, {
      hint: 'Give a STAC API, a catalogue, an item collection, an item, or a folder of them.',
      context: { url },
    });
  }
  return documents;
}

/**
 * Every document with items in a folder: by the links of its `catalog.json` or `collection.json` where it has one, else
 * all `.json` and `.geojson` files in it and below, in the order of their names.
 */
export async function walkFolder(
  folder: string,
  files: CatalogueFiles,
  signal: AbortSignal,
): Promise<CatalogueDocument[]> {
  const read = readFrom(files);
  const entries = (await typed(folder, files.list(folder))) ?? [];
  const root = ['catalog.json', 'collection.json'].find((name) =>
    entries.some((entry) => entry.name === name),
  );
  if (root !== undefined) return walkLinks(pathToFileURL(join(folder, root)).href, read, signal);
  const paths = await jsonFilesBelow(folder, files, signal);
  const found = await mapBounded(paths, PARALLEL, (path) =>
    readOr(pathToFileURL(path).href, read, signal, false),
  );
  return found.flatMap(({ location, value, problem }): CatalogueDocument[] => {
    if (problem !== undefined) return [{ location, content: { problem } }];
    const items = itemsIn(value);
    // Other JSON may lie beside items: sidecars, statistics, the catalogues themselves.
    return items === undefined ? [] : [{ location, content: { items } }];
  });
}

/** True for an API's landing page: following its links would read the whole of it. */
function searchIn(value: unknown): boolean {
  return asList(asRecord(value)?.['links']).some((link) => asRecord(link)?.['rel'] === 'search');
}

function notStatic(url: string, location: string, count: number): GeoCropError {
  const why =
    count > MAX_DOCUMENTS
      ? `leads to more than ${MAX_DOCUMENTS} documents`
      : `leads to a STAC API (${location})`;
  return new GeoCropError('stac-malformed', `${url} ${why}.`, {
    hint: "Give the API's own URL and a collection, or a smaller catalogue.",
    context: { url },
  });
}

/** Reads `file:` URLs. */
export function readFrom(files: CatalogueFiles): ReadDocument {
  return async (url) => {
    if (!url.startsWith('file:')) throw new GeoCropError('source-missing', `${url} is not a file`);
    const text = await typed(url, files.read(fileURLToPath(url)));
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new GeoCropError('stac-malformed', `${url} is not JSON`, { cause: error });
    }
  };
}

/** A file system's failure as one of ours. */
async function typed<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const forbidden = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
    throw new GeoCropError(
      forbidden ? 'source-forbidden' : 'source-missing',
      `${path} cannot be read (${messageOf(error)}).`,
      { hint: 'Check the path and its permissions.', context: { path }, cause: error },
    );
  }
}

async function jsonFilesBelow(
  folder: string,
  files: CatalogueFiles,
  signal: AbortSignal,
  depth = 0,
): Promise<string[]> {
  signal.throwIfAborted();
  // Links can make a folder its own child.
  if (depth > MAX_DEPTH) return [];
  const listed = (await typed(folder, files.list(folder))) ?? [];
  const entries = [...listed].sort((a, b) => (a.name < b.name ? -1 : 1));
  const paths: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.folder) paths.push(...(await jsonFilesBelow(path, files, signal, depth + 1)));
    else if (/\.(geo)?json$/i.test(entry.name)) paths.push(path);
  }
  return paths;
}

async function readOr(
  location: string,
  read: ReadDocument,
  signal: AbortSignal,
  mustBeThere: boolean,
): Promise<{ location: string; value?: unknown; problem?: string }> {
  signal.throwIfAborted();
  try {
    return { location, value: await read(location, signal) };
  } catch (error) {
    // A network that fails for the moment must not make a catalogue look smaller than it is.
    if (mustBeThere || isGeoCropError(error, 'stac-unavailable', 'aborted')) throw error;
    return { location, problem: `could not be read: ${messageOf(error)}` };
  }
}

function itemsIn(value: unknown): readonly unknown[] | undefined {
  const document = asRecord(value);
  if (document?.['type'] === 'Feature') return [document];
  if (document?.['type'] === 'FeatureCollection') return asList(document['features']);
  return undefined;
}

function isCatalogue(value: unknown): boolean {
  const document = asRecord(value);
  return document !== undefined && Array.isArray(document['links']);
}

/** Where a catalogue's, or a page of items', links lead. */
function linksIn(value: unknown, location: string): string[] {
  const document = asRecord(value);
  const rels = document?.['type'] === 'FeatureCollection' ? ['next'] : ['item', 'items', 'child'];
  if (document === undefined || document['type'] === 'Feature') return [];
  return asList(document['links']).flatMap((link) => {
    const fields = asRecord(link);
    const href = asText(fields?.['href']);
    if (href === undefined || !rels.includes(asText(fields?.['rel']) ?? '')) return [];
    try {
      const url = new URL(href, location);
      return [url.href];
    } catch {
      return [];
    }
  });
}
