import { FaultyProxy } from '../../../cache/faulty-proxy.js';
import { startMinio, type MinioServer } from '../../../cache/minio-server.js';
import { geocrop, type Ended } from '../cli/geocrop-process.js';

/** A store on MinIO that servers reach by way of a proxy. */
export interface ProxiedStore {
  readonly minio: MinioServer;
  readonly proxy: FaultyProxy;
  /** For servers: by way of the proxy. */
  readonly environment: Record<string, string>;
  /** `geocrop verify`, straight at MinIO. */
  verify(): Promise<Ended>;
  close(): Promise<void>;
}

export async function openProxiedStore(): Promise<ProxiedStore> {
  const minio = await startMinio();
  const proxy = await FaultyProxy.before(minio.port);
  const { accessKey, secretKey, bucketPrefix } = await minio.fresh();
  const at = (endpoint: string): Record<string, string> => ({
    GEOCROP_STORE_S3_ENDPOINT: endpoint,
    GEOCROP_STORE_S3_ACCESS_KEY: accessKey ?? '',
    GEOCROP_STORE_S3_SECRET_KEY: secretKey ?? '',
    GEOCROP_STORE_S3_BUCKET_PREFIX: bucketPrefix,
  });
  return {
    minio,
    proxy,
    environment: at(proxy.url),
    verify: () => geocrop(['verify'], at(minio.options.endpoint)),
    close: async () => {
      await proxy.close();
      await minio.stop();
    },
  };
}
