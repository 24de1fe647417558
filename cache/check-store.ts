import { randomBytes, randomUUID } from 'node:crypto';
import { GeoCropError } from '../engine/errors.js';
import type { Bucket, ObjectStore } from './object-store.js';

const BYTES = 64 * 1024;

/**
 * Writes an object, reads it whole and in part, lists it, deletes it: what the store does is what was asked for, or
 * `store-unavailable` says what was not. Leaves nothing behind.
 */
export async function checkStore(store: ObjectStore, bucket: Bucket): Promise<void> {
  const folder = `.probe/${randomUUID()}/`;
  const key = `${folder}größe 1+1`;
  const bytes = randomBytes(BYTES);
  const fail = (what: string): GeoCropError =>
    new GeoCropError('store-unavailable', `${bucket}: ${what}.`, {
      hint: 'This is no store that GeoCrop can use.',
      context: { bucket },
    });
  try {
    await store.put(bucket, key, bytes);
    const read = await store.get(bucket, key);
    if (read === undefined || !bytes.equals(read)) throw fail('what was written is not what is read');
    const part = await store.getRange(bucket, key, 1000, 3000);
    if (part === undefined || !bytes.subarray(1000, 3000).equals(part))
      throw fail('a part of an object is not read right');
    const keys: string[] = [];
    for await (const listed of store.list(bucket, folder)) keys.push(listed);
    if (keys.length !== 1 || keys[0] !== key) throw fail('what was written is not listed');
  } finally {
    await store.delete(bucket, key);
  }
  if ((await store.head(bucket, key)) !== undefined) throw fail('what was deleted is still there');
}
