import type { SettingName } from './settings.js';

/** Settings that are flags too, by what a command needs. */
export const SCENE_FLAGS = [
  'stac',
  'collection',
  'coverage',
  'seasons',
  'cloudLimit',
  'cloudBufferPixels',
  's3Endpoint',
  's3Region',
  'fetchConcurrency',
] as const satisfies readonly SettingName[];

/** Where the store is. Its keys are no flags: other users of the machine can read those. */
export const STORE_FLAGS = [
  'storeDir',
  'storeS3Endpoint',
  'storeS3Region',
  'storeS3BucketPrefix',
] as const satisfies readonly SettingName[];

export const KEEPING_FLAGS = [
  ...STORE_FLAGS,
  'modelsDir',
  'blockCacheDir',
  'blockCacheBytes',
  'archiveBytes',
  'computeThreads',
  'computeMemoryBytes',
] as const satisfies readonly SettingName[];

export const SERVER_FLAGS = [
  'role',
  'host',
  'port',
  'publicUrl',
  'compute',
  'computeMinZoom',
  'queueLimit',
  'waitSeconds',
  'memoryCacheBytes',
  'logLevel',
  'logFormat',
] as const satisfies readonly SettingName[];

/** All flags of `geocrop serve`. */
export const SERVE_FLAGS: readonly SettingName[] = [...SERVER_FLAGS, ...SCENE_FLAGS, ...KEEPING_FLAGS];
