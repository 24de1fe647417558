import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type HeadObjectCommandOutput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { codeUnitOrder } from './code-unit-order.js';
import { checkKey, checkPrefix, checkRange, isKey } from './object-key.js';
import type { Bucket, ObjectEntry, ObjectInfo, ObjectStore, PutOptions } from './object-store.js';
import { S3Attempts } from './s3-attempts.js';
import { readBody } from './s3-body.js';
import { createS3Client, type Checksums } from './s3-client.js';
import { s3Error } from './s3-error.js';
import { BrokenAnswer, failureOf } from './s3-failure.js';
import type { S3Options } from './s3-options.js';

/** Says whose bytes an object holds: a conditional put whose answer was lost finds itself again. */
const WRITER = 'geocrop-writer';

/**
 * The object store on an S3 API: `{prefix}{bucket}/key`. Requests are bounded in time and number, and tried again where
 * the failure may pass (s3-attempts.ts). Checksums go both ways where the server knows them.
 * Throws `store-full` (no room, no quota), `store-unavailable` (anything else), `bad-request` (no key), `aborted`.
 */
export class S3ObjectStore implements ObjectStore {
  readonly client: S3Client;
  private readonly attempts: S3Attempts;

  /** No request is made: s3-probe.ts says whether the server is one that can be used, and with which checksums. */
  constructor(
    readonly options: S3Options,
    readonly checksums: Checksums = 'supported',
  ) {
    this.client = createS3Client(options, checksums);
    this.attempts = new S3Attempts(options);
  }

  /** The bucket's name on the server. */
  bucketName(bucket: Bucket): string {
    return `${this.options.bucketPrefix ?? ''}${bucket}`;
  }

  get(bucket: Bucket, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return this.read(bucket, key, null, signal);
  }

  async getRange(
    bucket: Bucket,
    key: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    checkRange(start, end);
    if (start < end) return this.read(bucket, key, { start, end }, signal);
    // There is no empty range in HTTP.
    return (await this.head(bucket, key, signal)) && new Uint8Array(0);
  }

  async head(bucket: Bucket, key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    const found = await this.headObject(bucket, key, signal);
    if (found === undefined) return undefined;
    return {
      size: found.ContentLength ?? 0,
      modified: found.LastModified ?? new Date(0),
      ...(found.ETag === undefined ? {} : { version: found.ETag.replaceAll('"', '') }),
    };
  }

  async put(
    bucket: Bucket,
    key: string,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<'written' | 'exists'> {
    // Asked for first: a server may refuse a body by closing the connection over it.
    if (options.ifNoneMatch === '*' && (await this.headObject(bucket, key)) !== undefined) return 'exists';
    return this.putObject(bucket, key, bytes, options);
  }

  /** {@link put} that relies on the server's own word alone where there is a condition. */
  async putObject(
    bucket: Bucket,
    key: string,
    bytes: Uint8Array,
    { ifNoneMatch, contentType }: PutOptions = {},
  ): Promise<'written' | 'exists'> {
    const writer = randomUUID();
    const command = {
      ...this.place(bucket, key),
      Body: bytes,
      ContentLength: bytes.length,
      ...(contentType === undefined ? {} : { ContentType: contentType }),
      ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch, Metadata: { [WRITER]: writer } }),
    };
    let tries = 0;
    try {
      await this.attempts.run(bytes.length, undefined, async ({ signal }, number) => {
        tries = number;
        try {
          await this.client.send(new PutObjectCommand(command), { abortSignal: signal });
        } catch (error) {
          throw ifNoneMatch !== undefined && isConflict(error)
            ? new BrokenAnswer('two wrote at once')
            : error;
        }
      });
      return 'written';
    } catch (error) {
      if (ifNoneMatch === undefined || failureOf(error).status !== 412) {
        throw s3Error(error, `${key} cannot be written`, {
          ...this.context(bucket, key),
          bytes: bytes.length,
        });
      }
    }
    if (tries === 1) return 'exists';
    // An earlier try, whose answer did not come, may be what is there now.
    const there = await this.headObject(bucket, key);
    return there?.Metadata?.[WRITER] === writer ? 'written' : 'exists';
  }

  async delete(bucket: Bucket, key: string): Promise<void> {
    const place = this.place(bucket, key);
    try {
      await this.attempts.run(0, undefined, ({ signal }) =>
        this.client.send(new DeleteObjectCommand(place), { abortSignal: signal }),
      );
    } catch (error) {
      if (failureOf(error).code === 'NoSuchKey') return;
      throw s3Error(error, `${key} cannot be deleted`, this.context(bucket, key));
    }
  }

  async *list(bucket: Bucket, prefix: string): AsyncIterable<string> {
    for await (const { key } of this.entries(bucket, prefix)) yield key;
  }

  async *entries(bucket: Bucket, prefix: string): AsyncIterable<ObjectEntry> {
    checkPrefix(prefix);
    yield* codeUnitOrder(this.pages(bucket, prefix), ({ key }) => key);
  }

  /** Ends idle connections. */
  close(): void {
    this.client.destroy();
  }

  private async *pages(bucket: Bucket, prefix: string): AsyncIterable<ObjectEntry> {
    let token: string | undefined;
    do {
      const page = await this.page(bucket, prefix, token);
      // Nothing is old whose age is not known.
      for (const { Key = '', Size = 0, LastModified = new Date() } of page.Contents ?? []) {
        const key = page.EncodingType === 'url' ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key;
        // Others may keep things there too: consoles make "folders" whose keys end with a slash.
        if (key.startsWith(prefix) && isKey(key)) yield { key, size: Size, modified: LastModified };
      }
      const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      if (page.IsTruncated === true && (next === undefined || next === token)) {
        throw s3Error(new Error('a page leads nowhere'), `${prefix} cannot be listed`, { bucket, prefix });
      }
      token = next;
    } while (token !== undefined);
  }

  private async page(
    bucket: Bucket,
    prefix: string,
    token: string | undefined,
  ): Promise<ListObjectsV2CommandOutput> {
    // XML cannot hold every character of a key; URL encoding can.
    const command = new ListObjectsV2Command({
      Bucket: this.bucketName(bucket),
      Prefix: prefix,
      EncodingType: 'url',
      ContinuationToken: token,
    });
    try {
      return await this.attempts.run(0, undefined, async ({ signal }) => {
        const page = await this.client.send(command, { abortSignal: signal });
        if (page.Name === undefined) throw new BrokenAnswer('the answer is no list of objects');
        return page;
      });
    } catch (error) {
      throw s3Error(error, `${this.bucketName(bucket)}/${prefix} cannot be listed`, { bucket, prefix });
    }
  }

  private async headObject(
    bucket: Bucket,
    key: string,
    signal?: AbortSignal,
  ): Promise<HeadObjectCommandOutput | undefined> {
    const command = new HeadObjectCommand(this.place(bucket, key));
    try {
      return await this.attempts.run(0, signal, (patience) =>
        this.client.send(command, { abortSignal: patience.signal }),
      );
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw s3Error(error, `${key} cannot be looked up`, this.context(bucket, key));
    }
  }

  private async read(
    bucket: Bucket,
    key: string,
    range: { readonly start: number; readonly end: number } | null,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | undefined> {
    const command = new GetObjectCommand({
      ...this.place(bucket, key),
      ...(range === null ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
    });
    try {
      return await this.attempts.run(0, signal, async (patience) => {
        const answer = await this.client.send(command, { abortSignal: patience.signal });
        const length = answer.ContentLength;
        patience.expect(length ?? 0);
        if (answer.Body === undefined) throw new BrokenAnswer('the answer has no body');
        const bytes = await readBody(answer.Body as Readable, length, patience.signal);
        if (range === null) return bytes;
        // A server that knows no ranges sends all of it.
        if (answer.ContentRange === undefined) return bytes.slice(range.start, range.end);
        if (
          !answer.ContentRange.startsWith(`bytes ${range.start}-`) ||
          bytes.length > range.end - range.start
        ) {
          throw new BrokenAnswer(`got ${answer.ContentRange}, asked for ${range.start}-${range.end - 1}`);
        }
        return bytes;
      });
    } catch (error) {
      if (range !== null && failureOf(error).status === 416) return new Uint8Array(0);
      if (isAbsence(error)) return undefined;
      throw s3Error(error, `${key} cannot be read`, this.context(bucket, key));
    }
  }

  private place(bucket: Bucket, key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucketName(bucket), Key: checkKey(key) };
  }

  private context(bucket: Bucket, key: string): { bucket: string; key: string } {
    return { bucket: this.bucketName(bucket), key };
  }
}

/** No such object. A bucket that is missing is no absence: where the answer can say so, it does (HEAD's cannot). */
function isAbsence(error: unknown): boolean {
  const { status, code } = failureOf(error);
  return status === 404 && code !== 'NoSuchBucket';
}

/** Another conditional put, or a delete, of this key was under way. */
function isConflict(error: unknown): boolean {
  const { status, code } = failureOf(error);
  return status === 409 || (status === 404 && code === 'NoSuchKey');
}
