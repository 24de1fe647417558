import { BUCKETS, type Bucket } from '../../../cache/object-store.js';

/** A place whose files may be read. */
export type AllowedPlace =
  /** Keys that are `prefix` or below it; empty: all of the bucket. */
  | { readonly kind: 'store'; readonly bucket: Bucket; readonly prefix: string }
  /** @param origin `https://host` with a port where it is not the scheme's; `path` begins and ends with a slash */
  | { readonly kind: 'http'; readonly origin: string; readonly host: string; readonly path: string }
  /** An absolute path without a slash at its end. */
  | { readonly kind: 'file'; readonly folder: string };

const expected = (what: string): Error => new Error(`expected ${what}`);

/** `s3://bucket/prefix`, `https://host/prefix/` and `file:///folder/`, with commas between; `none`: nothing. */
export function parseAllowedPlaces(text: string): readonly AllowedPlace[] {
  if (text.trim() === 'none') return [];
  return text.split(',').map((part) => parsePlace(part.trim()));
}

function parsePlace(text: string): AllowedPlace {
  const scheme = /^([a-z0-9]+):\/\//.exec(text)?.[1];
  switch (scheme) {
    case 's3':
      return storePlace(text);
    case 'http':
    case 'https':
      return httpPlace(text);
    case 'file':
      return filePlace(text);
    case undefined:
    default:
      throw expected('s3://bucket/prefix, https://host/prefix/ or file:///folder/, with commas between');
  }
}

function storePlace(text: string): AllowedPlace {
  const [, name, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(text) ?? [];
  const bucket = BUCKETS.find((known) => known === name);
  if (bucket === undefined) throw expected(`a bucket of the store after s3://: ${BUCKETS.join(', ')}`);
  return { kind: 'store', bucket, prefix: prefix.replace(/\/+$/, '') };
}

function httpPlace(text: string): AllowedPlace {
  const url = URL.canParse(text) ? new URL(text) : null;
  // Only what is spelled as it is compared: a name in capitals or a default port would never be met.
  if (
    url === null ||
    url.href !== text ||
    !text.endsWith('/') ||
    url.username + url.search + url.hash !== ''
  ) {
    throw expected('https://host/prefix/ in small letters, with a slash at its end and nothing after it');
  }
  return { kind: 'http', origin: url.origin, host: url.hostname, path: url.pathname };
}

function filePlace(text: string): AllowedPlace {
  const folder = text.slice('file://'.length).replace(/\/+$/, '');
  if (!/^\/[^%?#\\]+$/.test(folder) || folder.split('/').some((part) => part === '.' || part === '..')) {
    throw expected('file:///folder/ with an absolute path, spelled without %, . and ..');
  }
  return { kind: 'file', folder };
}
