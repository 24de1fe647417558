import type { S3Options } from '../../cache/s3-options.js';
import { readSecret } from './secret-file.js';
import type { Config } from './settings.js';

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
    accessKey: (await readSecret(config, 'storeS3AccessKey')) ?? '',
    secretKey: (await readSecret(config, 'storeS3SecretKey')) ?? '',
    pathStyle: config.storeS3PathStyle,
    timeoutMs: config.storeS3TimeoutMs,
    ...(bucketPrefix === null ? {} : { bucketPrefix }),
    ...(publicUrl === null ? {} : { publicUrl }),
  };
}
