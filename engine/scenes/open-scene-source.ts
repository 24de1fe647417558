import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { GeoCropError, messageOf } from '../errors.js';
import { walkFolder, walkLinks, readFrom } from './catalogue-walk.js';
import type { HttpClient } from './fetch-json.js';
import { fetchJson } from './fetch-json.js';
import type { CatalogueFiles } from './files.js';
import { diskFiles } from './files.js';
import { asList, asRecord, asText } from './plain.js';
import type { Fetch, SceneSource, Timers } from './scene-source.js';
import { SharedLoad } from './shared-load.js';
import type { SearchEndpoint } from './stac-api.js';
import { SEARCH_DEADLINE, stacApi } from './stac-api.js';
import { staticCatalogue } from './static-catalogue.js';
import { realTimers } from './timers.js';

/** Milliseconds for all documents of a static catalogue together. */
const CATALOGUE_DEADLINE = 300_000;

/** DE Africa's Sentinel-2 collection 1: the default. */
export const DEFAULT_STAC = 'https://explorer.digitalearth.africa/stac';
export const DEFAULT_COLLECTION = 's2_l2a_c1';

export interface OpenOptions {
  /** URL of an API (its landing page or `/search`), or URL, `file:` URL or path of a static catalogue, item or folder. */
  readonly stac: string;
  /** Needed for an API other than the default one; chooses among the items of a static catalogue. */
  readonly collection?: string;
  readonly fetch: Fetch;
  readonly timers?: Timers;
  readonly files?: CatalogueFiles;
}

/**
 * The source of scenes that `--stac` means. A URL that ends in `.json` or `.geojson` is a static catalogue, any other an
 * API. Only a path is looked at at once; a URL is asked at the first search, so that what is archived is served without it.
 * Throws config-invalid, source-missing.
 */
export async function openSceneSource(options: OpenOptions): Promise<SceneSource> {
  const { stac, collection, files = diskFiles } = options;
  const client = { fetch: options.fetch, timers: options.timers ?? realTimers };
  if (/^https?:\/\//i.test(stac)) return httpSource(stac, collection, client);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(stac) && !stac.startsWith('file:')) {
    throw new GeoCropError('config-invalid', `--stac ${stac}: only http, https and files can be searched.`, {
      hint: 'Give the https URL of the catalogue, or a copy on disk; hrefs of assets may be s3://.',
      context: { stac },
    });
  }
  const path = resolve(stac.startsWith('file:') ? fileURLToPath(stac) : stac);
  let folder: boolean;
  try {
    folder = (await files.list(path)) !== null;
  } catch (error) {
    throw new GeoCropError('source-missing', `--stac ${stac} is not there (${messageOf(error)}).`, {
      hint: 'Give a STAC API, a catalogue, an item collection, an item, or a folder of them.',
      context: { path },
      cause: error,
    });
  }
  return staticCatalogue({
    location: path,
    ...(collection === undefined ? {} : { collection }),
    documents: (signal) =>
      folder ? walkFolder(path, files, signal) : walkLinks(pathToFileURL(path).href, readFrom(files), signal),
    local: true,
  });
}

function httpSource(stac: string, asked: string | undefined, client: HttpClient): SceneSource {
  const { pathname } = new URL(stac);
  if (/\.(geo)?json$/i.test(pathname)) {
    return staticCatalogue({
      location: stac,
      ...(asked === undefined ? {} : { collection: asked }),
      documents: async (signal) => {
        const deadline = client.timers.now() + CATALOGUE_DEADLINE;
        return walkLinks(stac, (url, stop) => fetchJson({ url }, client, deadline, stop), signal);
      },
      local: false,
    });
  }
  const collection = asked ?? (stac.replace(/\/$/, '') === DEFAULT_STAC ? DEFAULT_COLLECTION : undefined);
  if (collection === undefined) {
    throw new GeoCropError('config-invalid', `--stac ${stac} is an API and needs --collection.`, {
      hint: 'For example --collection sentinel-2-c1-l2a. A static catalogue is given by the URL of its JSON document.',
      context: { stac },
    });
  }
  const landing = new SharedLoad((signal) => findSearch(stac, client, signal));
  return stacApi({
    location: stac,
    collection,
    endpoint: async (signal) =>
      /\/search\/?$/.test(pathname) ? { url: stac, post: true } : landing.get(signal),
    client,
  });
}

/** The landing page's `search` links (STAC API 1.0, "Item Search"); without `method` they mean GET. */
async function findSearch(url: string, client: HttpClient, signal: AbortSignal): Promise<SearchEndpoint> {
  const page = asRecord(await fetchJson({ url }, client, client.timers.now() + SEARCH_DEADLINE, signal));
  const links = asList(page?.['links']).flatMap((link) => {
    const fields = asRecord(link);
    const href = asText(fields?.['href']);
    if (fields?.['rel'] !== 'search' || href === undefined) return [];
    return [{ href, post: asText(fields['method'])?.toUpperCase() === 'POST' }];
  });
  const best = links.find((link) => link.post) ?? links[0];
  if (best === undefined) {
    throw new GeoCropError('stac-malformed', `${url} is no STAC API: it has no link to a search.`, {
      hint: 'For a static catalogue give the URL of its catalog.json, collection.json or item collection.',
      context: { url },
    });
  }
  return { url: new URL(best.href, url).href, post: best.post };
}
