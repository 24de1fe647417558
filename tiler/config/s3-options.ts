import { readFile } from 'node:fs/promises';
import type { S3Options } from '../../cache/s3-options.js';
import { GeoCropError, messageOf } from '../../engine/errors.js';
import type { Config } from './settings.js';
import { SETTINGS } from './settings.js';

/** Where the S3 store is, keys read from their files; null where the store is a folder. Throws `config-invalid`. */
export async function s3Options(config: Config): Promise<S3Options | null> {
  const {
    storeS3Endpoint: endpoint,
    storeS3BucketPrefix: bucketPrefix,
    storeS3PublicUrl: publicUrl,
  } = config;
  if (endpoint === null) return null;
  return {
    endpoint,
    region: config.storeS3Region,
    accessKey: await secret(config, 'storeS3AccessKey'),
    secretKey: await secret(config, 'storeS3SecretKey'),
    pathStyle: config.storeS3PathStyle,
    timeoutMs: config.storeS3TimeoutMs,
    ...(bucketPrefix === null ? {} : { bucketPrefix }),
    ...(publicUrl === null ? {} : { publicUrl }),
  };
}

/** A setting, or what is in the file that `…_FILE` names: editors end a file with a line break. */
async function secret(config: Config, name: 'storeS3AccessKey' | 'storeS3SecretKey'): Promise<string> {
  const given = config[name];
  const file = config[`${name}File`];
  if (given !== null || file === null) return given ?? '';
  const { env } = SETTINGS[`${name}File`];
  const wrong = (why: string, cause?: unknown): GeoCropError =>
    new GeoCropError('config-invalid', `${env} = "${file}": ${why}.`, {
      hint: 'Name a file that holds the key alone, and that this user may read.',
      context: { file },
      cause,
    });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw wrong(`the file cannot be read (${messageOf(error)})`, error);
  });
  const key = text.replace(/\r?\n$/, '');
  if (key === '' || /[\r\n]/.test(key))
    throw wrong(key === '' ? 'the file is empty' : 'the file has several lines');
  return key;
}
