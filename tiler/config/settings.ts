import { parseAllowedPlaces } from '../cog/address/allowed-places.js';
import { LOG_FORMATS, LOG_LEVELS } from '../log.js';
import { ROLES } from '../role.js';
import type { Parser } from './parsers.js';
import {
  bucketPrefix,
  bytes,
  coverage,
  decimal,
  duration,
  hostNames,
  httpOrigin,
  httpUrl,
  oneOf,
  quota,
  redisUrl,
  seasons,
  text,
  tileTemplate,
  whole,
  yesOrNo,
} from './parsers.js';

/** One setting: an environment variable, a flag of the commands, a default. */
export interface Setting<T> {
  readonly env: `GEOCROP_${string}`;
  /** Another name of the variable. */
  readonly alias?: string;
  readonly parse: Parser<T>;
  /** As text, the way a person would write it; null: unset is a value too, and the value is then null. */
  readonly fallback: string | null;
  /** What it does; of null: what being unset means. */
  readonly help: string;
  /** Never printed. */
  readonly secret?: boolean;
}

interface Details {
  readonly alias?: string;
  readonly secret?: boolean;
}

const setting = <T>(
  env: Setting<T>['env'],
  parse: Parser<T>,
  fallback: string,
  help: string,
  details: Details = {},
): Setting<T> => ({ env, parse, fallback, help, ...details });

const optional = <T>(
  env: Setting<T>['env'],
  parse: Parser<T>,
  help: string,
  details: Details = {},
): Setting<T | null> => ({ env, parse, fallback: null, help, ...details });

/** Everything that can be configured. docs/configuration.md is written from it: `npm run build && node dist/tiler/config/write-docs.js`. */
export const SETTINGS = {
  role: setting(
    'GEOCROP_ROLE',
    oneOf(...ROLES),
    'all',
    'What this process does: `api` answers and computes nothing, `worker` computes what others ask for, `all` does both. The first two need the shared queue below.',
  ),
  host: setting('GEOCROP_HOST', text, '127.0.0.1', 'Address to listen on; 0.0.0.0 for every network.'),
  port: setting('GEOCROP_PORT', whole(0, 65_535), '8080', 'Port to listen on; 0 takes any that is free.'),
  publicUrl: optional(
    'GEOCROP_PUBLIC_URL',
    httpUrl,
    'Where clients reach the server, written into TileJSON. Unset: the address of each request; behind a proxy it must be set.',
  ),
  attribution: setting(
    'GEOCROP_ATTRIBUTION',
    text,
    'GeoCrop; contains modified Copernicus Sentinel data',
    'Credits that every map shows.',
  ),
  baseMap: optional(
    'GEOCROP_BASE_MAP',
    tileTemplate,
    'Raster tiles that the viewer shows beneath the map, `https://tile.example.org/{z}/{x}/{y}.png`, 256 pixels. Browsers fetch them there: mind its terms of use. Unset: an outline of the country, which needs no internet.',
  ),
  baseAttribution: setting(
    'GEOCROP_BASE_ATTRIBUTION',
    text,
    '© OpenStreetMap contributors',
    'Credits of that map, shown with it.',
  ),
  districts: optional(
    'GEOCROP_DISTRICTS',
    text,
    'GeoJSON file of provinces or districts, polygons in degrees: the viewer draws their borders and names the one under the pointer. Unset: none.',
  ),

  stac: setting(
    'GEOCROP_STAC',
    text,
    'https://explorer.digitalearth.africa/stac',
    'Where scenes are found: an API, a static catalogue, or a folder or file of items.',
  ),
  collection: optional(
    'GEOCROP_COLLECTION',
    text,
    'Collection of the catalogue. Unset: `s2_l2a_c1` at DE Africa, the only one of a static catalogue; other APIs need it.',
  ),
  coverage: setting(
    'GEOCROP_COVERAGE',
    coverage,
    'auto',
    'Where maps are computed: `zimbabwe`, `items` (where a static catalogue has any), or a GeoJSON file. `auto`: `items` for a static catalogue, else `zimbabwe`.',
  ),
  seasons: setting(
    'GEOCROP_SEASONS',
    seasons,
    'summer=09-01..05-31,winter=05-01..10-31',
    'First and last day of each season, 120 to 366 days; the first is the default.',
  ),
  cloudLimit: setting(
    'GEOCROP_CLOUD_LIMIT',
    decimal(0, 100),
    '60',
    'Scenes with more cloud, in percent, are left out.',
  ),
  cloudBufferPixels: setting(
    'GEOCROP_CLOUD_BUFFER_PIXELS',
    whole(0, 16),
    '3',
    'Pixels of SCL by which clouds and shadows are grown.',
  ),
  stacTimeoutMs: setting(
    'GEOCROP_STAC_TIMEOUT',
    duration,
    '30s',
    'The longest that a search of the catalogue may take, retries and pages included.',
  ),

  s3Endpoint: optional(
    'GEOCROP_S3_ENDPOINT',
    httpUrl,
    'Server of `s3://` addresses of scenes. Unset: AWS in the region below.',
  ),
  s3Region: setting('GEOCROP_S3_REGION', text, 'af-south-1', 'Region of `s3://` addresses of scenes.'),
  fetchConcurrency: setting(
    'GEOCROP_FETCH_CONCURRENCY',
    whole(1, 256),
    '16',
    'Requests to sources that are under way at once.',
  ),
  fetchTimeoutMs: setting(
    'GEOCROP_FETCH_TIMEOUT',
    duration,
    '20s',
    'The longest that one request to a source may take.',
  ),

  storeDir: setting(
    'GEOCROP_STORE',
    text,
    '.geocrop/store',
    'Folder of what is kept: scene lists, the archive. Not used where the store is an S3 server.',
  ),
  storeS3Endpoint: optional(
    'GEOCROP_STORE_S3_ENDPOINT',
    httpOrigin,
    'S3 server of all that is kept (MinIO: `http://minio:9000`), in place of the folder: scene lists, archive, source blocks, baselines, models. Its buckets are made by `geocrop init-store`. Unset: the folder.',
  ),
  storeS3Region: setting('GEOCROP_STORE_S3_REGION', text, 'us-east-1', 'Region of the S3 store.'),
  storeS3AccessKey: optional(
    'GEOCROP_STORE_S3_ACCESS_KEY',
    text,
    'Access key of the S3 store; or `GEOCROP_STORE_S3_ACCESS_KEY_FILE`.',
    { secret: true },
  ),
  storeS3AccessKeyFile: optional(
    'GEOCROP_STORE_S3_ACCESS_KEY_FILE',
    text,
    'File that holds the access key, as containers are given secrets.',
  ),
  storeS3SecretKey: optional(
    'GEOCROP_STORE_S3_SECRET_KEY',
    text,
    'Secret key of the S3 store; or `GEOCROP_STORE_S3_SECRET_KEY_FILE`.',
    { secret: true },
  ),
  storeS3SecretKeyFile: optional('GEOCROP_STORE_S3_SECRET_KEY_FILE', text, 'File that holds the secret key.'),
  storeS3BucketPrefix: optional(
    'GEOCROP_STORE_S3_BUCKET_PREFIX',
    bucketPrefix,
    "What the buckets' names begin with, before `geocrop-results` and the others. Unset: nothing.",
  ),
  storeS3PathStyle: setting(
    'GEOCROP_STORE_S3_PATH_STYLE',
    yesOrNo,
    'yes',
    '`yes`: `host/bucket/key`, as MinIO has it. `no`: `bucket.host/key`.',
  ),
  storeS3PublicUrl: optional(
    'GEOCROP_STORE_S3_PUBLIC_URL',
    httpOrigin,
    'Where browsers reach the S3 store: presigned links are made for it. Unset: the endpoint.',
  ),
  storeS3TimeoutMs: setting(
    'GEOCROP_STORE_S3_TIMEOUT',
    duration,
    '5s',
    'The longest that one try of a request to the S3 store may take, and a second for each MiB more; there are three tries.',
  ),
  modelsDir: optional(
    'GEOCROP_MODELS',
    text,
    'Folder of models, one bundle in each folder below. Unset: those of an S3 store, where it has any, else those that come with GeoCrop.',
  ),
  defaultModel: optional(
    'GEOCROP_MODEL',
    text,
    'Model of requests that name none. Unset: the first by name.',
  ),
  blockCacheDir: optional(
    'GEOCROP_BLOCK_CACHE',
    text,
    'Folder of source blocks, which may be deleted at any time. Unset: `geocrop-windows` in the store.',
  ),
  blockCacheBytes: setting(
    'GEOCROP_BLOCK_CACHE_BYTES',
    bytes,
    '20GB',
    'What the folder of source blocks may hold.',
  ),
  archiveBytes: setting(
    'GEOCROP_ARCHIVE_BYTES',
    quota,
    '30GB',
    'What the archive of finished maps may hold; beyond it what was looked at least recently goes. Looked after every hour by a process that computes. `none`: as much as there is room.',
  ),
  memoryCacheBytes: setting(
    'GEOCROP_MEMORY_CACHE_BYTES',
    bytes,
    '64MiB',
    'What encoded tiles kept in memory may take.',
  ),
  sceneMemoryBytes: setting(
    'GEOCROP_SCENE_MEMORY_BYTES',
    bytes,
    '96MiB',
    'What scene lists and headers of scenes’ files kept in memory may take.',
  ),
  cacheRedisUrl: optional(
    'GEOCROP_CACHE_REDIS_URL',
    redisUrl,
    'Redis in which processes share encoded tiles: `redis://host:6379/0`, `rediss://user:password@host`; or `GEOCROP_CACHE_REDIS_URL_FILE`. It may lose them at any time. Unset: none.',
    { secret: true },
  ),
  cacheRedisUrlFile: optional(
    'GEOCROP_CACHE_REDIS_URL_FILE',
    text,
    'File that holds the address of that Redis.',
  ),
  cacheRedisBytes: setting(
    'GEOCROP_CACHE_REDIS_BYTES',
    bytes,
    '256MiB',
    'What tiles may take in Redis, of all processes together; the least recently used goes first.',
  ),
  cacheRedisTtlMs: setting(
    'GEOCROP_CACHE_REDIS_TTL',
    duration,
    '7d',
    'How long a tile stays in Redis at most.',
  ),
  cacheRedisValueBytes: setting(
    'GEOCROP_CACHE_REDIS_VALUE_BYTES',
    bytes,
    '1MiB',
    'Larger tiles are not put into Redis.',
  ),

  compute: setting(
    'GEOCROP_COMPUTE',
    oneOf('public', 'key', 'none'),
    'public',
    'Who may have maps computed: everyone, who sends the key below as `X-GeoCrop-Key`, or nobody (only what is archived is served).',
  ),
  computeKey: optional('GEOCROP_COMPUTE_KEY', text, 'The key where computing needs one.', { secret: true }),
  computeThreads: optional(
    'GEOCROP_COMPUTE_THREADS',
    whole(1, 64),
    'Threads that compute. Unset: as many as the machine has.',
  ),
  computeMemoryBytes: setting(
    'GEOCROP_COMPUTE_MEMORY_BYTES',
    bytes,
    '1.5GiB',
    'What one z12 tile may take while it is computed; enough for a season of 45 dates.',
  ),
  computeMinZoom: setting(
    'GEOCROP_COMPUTE_MIN_ZOOM',
    whole(12, 14),
    '13',
    'Lowest zoom that is computed when asked for; a z12 tile is 16 native ones.',
  ),
  queueLimit: setting(
    'GEOCROP_QUEUE_LIMIT',
    whole(1, 100_000),
    '256',
    'Metatiles that may wait to be computed; beyond it requests are told to come back.',
  ),
  queueRedisUrl: optional(
    'GEOCROP_QUEUE_REDIS_URL',
    redisUrl,
    'Redis of the work queue that processes share, so that none computes what another does: a Redis or a database of its own, with `maxmemory-policy noeviction`, apart from that of the tiles; or `GEOCROP_QUEUE_REDIS_URL_FILE`, or `QUEUE_REDIS_URL`. Unset: each process has a queue of its own.',
    { secret: true, alias: 'QUEUE_REDIS_URL' },
  ),
  queueRedisUrlFile: optional(
    'GEOCROP_QUEUE_REDIS_URL_FILE',
    text,
    'File that holds the address of that Redis.',
  ),
  queueBytes: setting(
    'GEOCROP_QUEUE_BYTES',
    bytes,
    '160MiB',
    'What metatiles that wait or are half done may hold in memory, some 10 MB each once begun; beyond it what nobody waits for is given up, then requests are told to come back.',
  ),
  queueAgeMs: setting(
    'GEOCROP_QUEUE_AGE',
    duration,
    '5m',
    'Nothing new is taken while somebody has waited for a tile for longer than this: requests are told to come back.',
  ),
  waitSeconds: setting(
    'GEOCROP_WAIT',
    decimal(0, 55),
    '25',
    'Seconds that a request waits for a tile where it does not say.',
  ),

  cogAllow: setting(
    'GEOCROP_COG_ALLOW',
    parseAllowedPlaces,
    's3://geocrop-results,s3://geocrop-baselines',
    'Where `url` of `/cog/…` may reach, with commas between: `s3://bucket/prefix` of the store, `https://host/prefix/`, `file:///folder/`; `none`: nowhere. All else is 403.',
  ),
  cogPrivateHosts: setting(
    'GEOCROP_COG_PRIVATE_HOSTS',
    hostNames,
    'none',
    'Hosts of `GEOCROP_COG_ALLOW` that may lie in a private network, with commas between. Others must have public addresses, so that a name that is changed afterwards leads nowhere inside.',
  ),
  cogThreads: setting(
    'GEOCROP_COG_THREADS',
    whole(1, 64),
    '2',
    'Threads that make pictures for `/cog/…`; they start when one is first asked for.',
  ),
  cogMemoryBytes: setting(
    'GEOCROP_COG_MEMORY_BYTES',
    bytes,
    '192MiB',
    'What requests to `/cog/…` may take at once; a larger one is refused, others wait for their turn.',
  ),
  cogTimeoutMs: setting(
    'GEOCROP_COG_TIMEOUT',
    duration,
    '30s',
    'The longest that a request to `/cog/…` may take.',
  ),
  bodyBytes: setting(
    'GEOCROP_BODY_BYTES',
    bytes,
    '2MiB',
    'The most that one request may send: an area as GeoJSON.',
  ),
  areaHectares: setting(
    'GEOCROP_AREA_HECTARES',
    whole(1, 1_000_000_000),
    '5000000',
    'The largest area whose hectares one request may have counted. A million hectares take some seconds.',
  ),
  areaVertices: setting(
    'GEOCROP_AREA_VERTICES',
    whole(4, 10_000_000),
    '50000',
    'Vertices that its outlines may have.',
  ),
  areaPixels: setting(
    'GEOCROP_AREA_PIXELS',
    whole(1, 1_000_000_000),
    '67108864',
    'Pixels of a file that one request may have cut out (`/bbox`): by default a square of some 74 km.',
  ),

  logLevel: setting(
    'GEOCROP_LOG_LEVEL',
    oneOf(...LOG_LEVELS),
    'info',
    'Least important line that is logged.',
  ),
  logFormat: setting(
    'GEOCROP_LOG_FORMAT',
    oneOf(...LOG_FORMATS),
    'json',
    'A line of the log: JSON, or text for people.',
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;

/** The configuration: every setting's value. */
export type Config = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never;
};
