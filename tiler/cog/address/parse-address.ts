import type { Bucket } from '../../../cache/object-store.js';
import { BUCKETS } from '../../../cache/object-store.js';
import { GeoCropError } from '../../../engine/errors.js';
import type { AllowedPlace } from './allowed-places.js';

/** A file that the configuration lets be read. */
export type CogAddress =
  | { readonly kind: 'store'; readonly bucket: Bucket; readonly key: string }
  | { readonly kind: 'http'; readonly url: string; readonly host: string }
  | { readonly kind: 'file'; readonly path: string; readonly folder: string };

export interface AddressRules {
  readonly places: readonly AllowedPlace[];
  /** What the store's buckets are called in front of their names: `s3://` addresses may have it or not. */
  readonly bucketPrefix: string;
}

/** No address of a file is longer. */
const MOST_CHARACTERS = 2048;

/** Nobody writes these in a file's name, and programs that take addresses apart disagree about them. */
const ODD = /[\u0000-\u001f\u007f-\u009f\\]/;
/** RFC 3986, section 3.3, without the encodings that stand for separators, dots, percents and what is not printed. */
const HTTP_PATH =
  /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%(?!25|2[eEfF]|5[cC]|[01][0-9A-Fa-f]|7[fF])[0-9A-Fa-f]{2})*$/;

/**
 * What a `url` of a request means. There is one spelling of an address, the plain one, and it has to lie below an allowed
 * place; nothing is decoded, completed or corrected on the way, so that nobody further on can read it as something else.
 * @throws url-forbidden for everything else
 */
export function parseAddress(text: string, { places, bucketPrefix }: AddressRules): CogAddress {
  if (text.length > MOST_CHARACTERS || ODD.test(text)) throw forbidden();
  const [, scheme, authority = '', path = ''] = /^(s3|https?|file):\/\/([^/]*)(\/.+)$/s.exec(text) ?? [];
  if (!plainPath(path)) throw forbidden();
  switch (scheme) {
    case 's3':
      return storeAddress(authority, path.slice(1), places, bucketPrefix);
    case 'http':
    case 'https':
      return httpAddress(`${scheme}://${authority}`, path, places);
    case 'file':
      return fileAddress(authority, path, places);
    case undefined:
    default:
      throw forbidden();
  }
}

/**
 * Begins with a slash; no part of it is empty or made of dots. What stands behind a semicolon is a parameter to some servers
 * (RFC 3986, section 3.3): to them `..;` is `..`.
 */
function plainPath(path: string): boolean {
  return (
    path.startsWith('/') &&
    path
      .slice(1)
      .split('/')
      .every((part) => !/^\.{0,2}(;|$)/.test(part))
  );
}

/**
 * Whether whoever decodes an HTTP path reads no other path in it: it has to be UTF-8 in its shortest form, and to have the same parts
 * also where a server takes characters for those that they look like.
 */
function plainlyEncoded(path: string): boolean {
  let read: string;
  try {
    read = decodeURIComponent(path).normalize('NFKC');
  } catch {
    return false;
  }
  return plainPath(read) && !ODD.test(read) && read.split('/').length === path.split('/').length;
}

function storeAddress(
  name: string,
  key: string,
  places: readonly AllowedPlace[],
  bucketPrefix: string,
): CogAddress {
  const bucket = BUCKETS.find((known) => name === known || name === bucketPrefix + known);
  const allowed = places.some(
    (place) =>
      place.kind === 'store' &&
      place.bucket === bucket &&
      (place.prefix === '' || key === place.prefix || key.startsWith(`${place.prefix}/`)),
  );
  if (bucket === undefined || !allowed || /[%?#]/.test(key)) throw forbidden();
  return { kind: 'store', bucket, key };
}

function httpAddress(origin: string, path: string, places: readonly AllowedPlace[]): CogAddress {
  const place = places.find(
    (candidate) =>
      candidate.kind === 'http' && candidate.origin === origin && path.startsWith(candidate.path),
  );
  if (place?.kind !== 'http' || !HTTP_PATH.test(path) || !plainlyEncoded(path)) throw forbidden();
  return { kind: 'http', url: origin + path, host: place.host };
}

/** Where links lead is seen when the file is opened (open-inside.ts). */
function fileAddress(authority: string, path: string, places: readonly AllowedPlace[]): CogAddress {
  const place = places.find(
    (candidate) => candidate.kind === 'file' && path.startsWith(`${candidate.folder}/`),
  );
  if (authority !== '' || place?.kind !== 'file' || /[%?#]/.test(path)) throw forbidden();
  return { kind: 'file', path, folder: place.folder };
}

/** The same for all: what lies elsewhere is nobody's business, not even whether it is there. */
export function forbidden(cause?: unknown): GeoCropError {
  return new GeoCropError('url-forbidden', 'This server does not read files at this address.', {
    hint: 'Give url=s3://bucket/key of an allowed bucket, plainly spelled; whoever runs the server allows others with GEOCROP_COG_ALLOW.',
    cause,
  });
}
