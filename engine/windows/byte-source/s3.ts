import { GeoCropError } from '../../errors.js';

export interface S3Options {
  /** Region of buckets that are not in {@link bucketRegions}. */
  readonly region?: string;
  /** Regions by bucket, before those that are known ({@link KNOWN_BUCKET_REGIONS}). */
  readonly bucketRegions?: Readonly<Record<string, string>>;
  /** Base URL of another S3 API (MinIO …): buckets are then path segments. */
  readonly endpoint?: string;
}

/** DE Africa's buckets lie in Cape Town. */
const DEFAULT_REGION = 'af-south-1';

/** Public buckets of the catalogues that we have profiles for. */
export const KNOWN_BUCKET_REGIONS: Readonly<Record<string, string>> = {
  'deafrica-sentinel-2-l2a-c1': 'af-south-1',
  'deafrica-sentinel-2': 'af-south-1',
  'sentinel-cogs': 'us-west-2',
  'e84-earth-search-sentinel-data': 'us-west-2',
};

/**
 * The HTTPS address of an object that may be read without signing.
 * Virtual-hosted style, as AWS asks for; path style at an own endpoint, and for bucket names with dots, which no wildcard
 * certificate covers.
 */
export function s3Url(href: string, options: S3Options = {}): string {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/s.exec(href);
  const bucket = match?.[1];
  const key = match?.[2];
  if (bucket === undefined || key === undefined) {
    throw new GeoCropError('source-missing', 'This is not an address of an S3 object.', {
      hint: 'Write s3://bucket/key.',
      context: { href },
    });
  }
  const path = key.split('/').map(encodeSegment).join('/');
  if (options.endpoint !== undefined) return `${options.endpoint.replace(/\/+$/, '')}/${bucket}/${path}`;
  const region =
    options.bucketRegions?.[bucket] ?? KNOWN_BUCKET_REGIONS[bucket] ?? options.region ?? DEFAULT_REGION;
  return bucket.includes('.')
    ? `https://s3.${region}.amazonaws.com/${bucket}/${path}`
    : `https://${bucket}.s3.${region}.amazonaws.com/${path}`;
}

/** RFC 3986 unreserved characters stay; keys are taken literally, so that a `%` in one is escaped too. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
