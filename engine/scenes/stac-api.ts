import { shortDigest } from '../digest.js';
import { GeoCropError, isGeoCropError } from '../errors.js';
import { bandAssets } from './band-assets.js';
import type { HttpClient, JsonRequest } from './fetch-json.js';
import { fetchJson } from './fetch-json.js';
import { profileOf } from './profiles.js';
import type { AssetName } from './scene.js';
import type { FoundItems, SceneQuery, SceneSource } from './scene-source.js';
import { SharedLoad } from './shared-load.js';
import { isItem, readItem } from './stac-item.js';
import { pageThrough } from './stac-paging.js';

/** Where an API is searched, and how: what its landing page says. */
export interface SearchEndpoint {
  readonly url: string;
  readonly post: boolean;
}

/** Items a page: four servers allow a hundred and more; a page of them is a few megabytes. */
const PAGE_SIZE = 100;
/** Milliseconds for all pages and tries together. */
export const SEARCH_DEADLINE = 120_000;

/**
 * A STAC API, searched by box, dates and collection only: DE Africa answers 400 to the Query extension and Earth Search
 * ignores `filter`, so that everything else is filtered by whoever asks.
 */
export function stacApi(options: {
  readonly location: string;
  readonly collection: string;
  readonly endpoint: (signal?: AbortSignal) => Promise<SearchEndpoint>;
  readonly client: HttpClient;
}): SceneSource {
  const { location, collection, client } = options;
  const profile = profileOf(collection, location);
  let post: boolean | undefined;

  const run = async (
    query: Partial<SceneQuery>,
    limit: number,
    signal?: AbortSignal,
  ): Promise<FoundItems> => {
    const deadline = client.timers.now() + SEARCH_DEADLINE;
    const endpoint = await options.endpoint(signal);
    const ask = (asPost: boolean) => {
      const request = searchRequest(endpoint.url, asPost, collection, query, limit);
      return query.bbox === undefined
        ? onePage(request, client, deadline, signal)
        : pageThrough(request, client, deadline, signal);
    };
    let features: readonly unknown[];
    try {
      features = await ask(post ?? endpoint.post);
    } catch (error) {
      // 405: the server has the search, but not this way of asking.
      if (!isGeoCropError(error, 'stac-refused') || error.context['status'] !== 405 || post !== undefined)
        throw error;
      features = await ask(!endpoint.post);
      post = !endpoint.post;
    }
    const read = features.map((feature) => readItem(feature, endpoint.url, true));
    return {
      items: read.filter(isItem).filter((item) => item.collection === '' || item.collection === collection),
      leftOut: read.flatMap((item) => (isItem(item) ? [] : [item])),
    };
  };

  const assets = new SharedLoad<readonly AssetName[]>(async (signal) => {
    if (profile.assets !== null) return profile.assets;
    const { items } = await run({}, 1, signal);
    const [item] = items;
    if (item === undefined) {
      throw new GeoCropError('no-scenes', `${location} has no item of the collection ${collection}.`, {
        hint: 'Check the name of the collection.',
        context: { url: location, collection },
      });
    }
    return Object.keys(bandAssets(item.assets).found) as AssetName[];
  });

  return {
    profile: profile.assets === null ? sourceName('stac', location, collection) : profile.name,
    location,
    apiUrl: location,
    search: (query, signal) => run(query, PAGE_SIZE, signal),
    areas: async () => null,
    assets: (signal) => assets.get(signal),
    revision: async () => null,
  };
}

/** A key-safe name for a source that has none of its own. */
export function sourceName(kind: string, location: string, collection: string | undefined): string {
  return `${kind}-${shortDigest([location, collection ?? null]).slice(0, 8)}`;
}

function searchRequest(
  url: string,
  post: boolean,
  collection: string,
  query: Partial<SceneQuery>,
  limit: number,
): JsonRequest {
  const datetime =
    query.start === undefined ? undefined : `${query.start}T00:00:00Z/${query.end ?? '..'}T23:59:59Z`;
  if (post) {
    return {
      url,
      body: {
        collections: [collection],
        ...(query.bbox === undefined ? {} : { bbox: query.bbox }),
        ...(datetime === undefined ? {} : { datetime }),
        limit,
      },
    };
  }
  const search = new URL(url);
  search.searchParams.set('collections', collection);
  if (query.bbox !== undefined) search.searchParams.set('bbox', query.bbox.join(','));
  if (datetime !== undefined) search.searchParams.set('datetime', datetime);
  search.searchParams.set('limit', String(limit));
  return { url: search.href };
}

async function onePage(
  request: JsonRequest,
  client: HttpClient,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<readonly unknown[]> {
  const page = await fetchJson(request, client, deadline, signal);
  const features = (page as { features?: unknown } | null)?.features;
  return Array.isArray(features) ? (features as unknown[]) : [];
}
