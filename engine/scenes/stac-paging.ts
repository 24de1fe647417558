import { canonicalJson } from '../digest.js';
import type { HttpClient, JsonRequest } from './fetch-json.js';
import { fetchJson, malformed } from './fetch-json.js';
import { asList, asRecord, asText, type Json } from './plain.js';

/** More than any season of one metatile has, by far: a server that goes on beyond it never ends. */
const MAX_PAGES = 500;
/** Pages can overlap, but a server that keeps sending what we have is going round in circles. */
const MAX_PAGES_WITHOUT_NEWS = 3;

/**
 * All features of a search, page by page, each id once. `next` is followed as given: GET hrefs (DE Africa, Earth Search
 * v0), POST with `merge` true, where the body is a change of the last one (DE Africa), or false or missing, where it is the
 * whole body (Earth Search, Planetary Computer). A last page can be empty. STAC API 1.0, "Pagination".
 */
export async function pageThrough(
  first: JsonRequest,
  client: HttpClient,
  deadline: number,
  signal?: AbortSignal,
): Promise<readonly unknown[]> {
  const features = new Map<string, unknown>();
  const asked = new Set<string>();
  let withoutNews = 0;
  let request: JsonRequest | undefined = first;
  while (request !== undefined && !asked.has(canonicalJson(request))) {
    if (asked.size === MAX_PAGES || withoutNews === MAX_PAGES_WITHOUT_NEWS) {
      throw malformed(first.url, `does not come to an end of its pages (${asked.size} read)`);
    }
    asked.add(canonicalJson(request));
    const page = asRecord(await fetchJson(request, client, deadline, signal));
    if (page?.['type'] !== 'FeatureCollection' || !Array.isArray(page['features'])) {
      throw malformed(request.url, 'answered a search with something else than a FeatureCollection');
    }
    const before = features.size;
    for (const feature of page['features'] as unknown[]) {
      const key = keyOf(feature, features.size);
      if (!features.has(key)) features.set(key, feature);
    }
    withoutNews = features.size > before ? 0 : withoutNews + 1;
    request = nextRequest(page, request);
  }
  return [...features.values()];
}

/** Collections may share ids; what has none is kept, to be named as malformed. */
function keyOf(feature: unknown, count: number): string {
  const id = asText(asRecord(feature)?.['id']);
  return id === undefined ? `#${count}` : `${asText(asRecord(feature)?.['collection']) ?? ''}/${id}`;
}

function nextRequest(page: Json, last: JsonRequest): JsonRequest | undefined {
  const link = asList(page['links'])
    .map(asRecord)
    .find((candidate) => candidate?.['rel'] === 'next');
  const href = asText(link?.['href']);
  if (link === undefined || href === undefined) return undefined;
  let url: string;
  try {
    url = new URL(href, last.url).href;
  } catch {
    throw malformed(last.url, `names a next page that is no URL ("${href}")`);
  }
  if ((asText(link['method']) ?? 'GET').toUpperCase() !== 'POST') return { url };
  const body = asRecord(link['body']) ?? {};
  return { url, body: link['merge'] === true ? { ...last.body, ...body } : body };
}
