import { open, rm, type FileHandle } from 'node:fs/promises';

/** Moved and copied in pieces of this size. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** A temporary file that grows at its end. Not for two callers at once. */
export class SpoolFile {
  #bytes = 0;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @param hidden takes the name away at once where the platform allows it: nothing is left of it, also after kill -9 */
  static async create(path: string, hidden: boolean): Promise<SpoolFile> {
    const handle = await open(path, 'w+');
    if (hidden) await rm(path, { force: true }).catch(() => undefined);
    return new SpoolFile(path, handle);
  }

  /** Written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.write(bytes, this.#bytes);
    this.#bytes += bytes.length;
  }

  /** Moves all of it `by` bytes towards the end, the last piece first: what lies before is to be overwritten. */
  async shift(by: number): Promise<void> {
    const piece = new Uint8Array(Math.min(CHUNK_BYTES, this.#bytes));
    for (let end = this.#bytes; end > 0;) {
      const start = Math.max(0, end - piece.length);
      const bytes = piece.subarray(0, end - start);
      await this.read(bytes, start);
      await this.write(bytes, start + by);
      end = start;
    }
    this.#bytes += by;
  }

  /** All of it, piece by piece; each is overwritten by the next. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    const piece = new Uint8Array(Math.min(CHUNK_BYTES, this.#bytes));
    for (let at = 0; at < this.#bytes; at += piece.length) {
      const bytes = piece.subarray(0, Math.min(piece.length, this.#bytes - at));
      await this.read(bytes, at);
      yield bytes;
    }
  }

  /** Writes all of the bytes: one call may write fewer. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  /** To the disk itself. */
  async sync(): Promise<void> {
    await this.handle.sync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** Closed and gone; can be repeated. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  private async read(into: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < into.length;) {
      const { bytesRead } = await this.handle.read(into, done, into.length - done, position + done);
      if (bytesRead === 0) throw new Error(`${this.path} ends too early: it was changed from outside`);
      done += bytesRead;
    }
  }
}
