import type { Source } from '@cogeotiff/core';
import { GeoCropError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';

/** Half of what most COGs need to their first block; one request for a Sentinel-2 header. */
export const PAGE = 32 * 1024;
/** A header is in one place or, with overviews added later, in a few. */
const MOST_READS = 64;

/**
 * A file as `@cogeotiff/core` wants it, read in whole pages, each once, within bounds: tags point anywhere in a broken file.
 * It belongs to one reading of one header.
 */
export class HeaderBytes implements Source {
  readonly url: URL;
  private readonly pages = new Map<number, Promise<Uint8Array>>();
  private bytes = 0;
  private served = 0;
  private reads = 0;
  /** The file's size, once a read has met its end. */
  private size: number | null = null;

  constructor(
    private readonly source: ByteSource,
    readonly href: string,
    private readonly signal: AbortSignal,
    private readonly mostBytes: number,
  ) {
    this.url = new URL(href);
  }

  get metadata(): { size?: number } {
    return this.size === null ? {} : { size: this.size };
  }

  /** As many of the bytes as the file has; a tag's value that is cut short makes the parser throw. */
  async fetch(offset: number, length = PAGE): Promise<ArrayBuffer> {
    if (!Number.isSafeInteger(offset + length) || offset < 0 || length < 0 || length > this.mostBytes) {
      throw this.malformed(`points to ${length} bytes at ${offset}`);
    }
    if (length === 0) return new ArrayBuffer(0);
    const first = Math.floor(offset / PAGE);
    const last = Math.floor((offset + length - 1) / PAGE);
    this.requestMissing(first, last);
    const pieces: Uint8Array[] = [];
    let filled = 0;
    for (let page = first; page <= last; page += 1) {
      const bytes = (await this.pages.get(page)) ?? new Uint8Array(0);
      const piece = bytes.subarray(Math.max(0, offset - page * PAGE), offset + length - page * PAGE);
      pieces.push(piece);
      filled += piece.length;
      if (bytes.length < PAGE) break;
    }
    // Many tags may point to the same bytes: what is copied counts, not only what is read.
    this.served += filled;
    if (this.served > 2 * this.mostBytes) throw this.malformed('takes the same bytes for many tags');
    const out = new Uint8Array(filled);
    let at = 0;
    for (const piece of pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out.buffer;
  }

  /** One read for each run of pages that nobody has asked for yet. */
  private requestMissing(first: number, last: number): void {
    for (let page = first; page <= last;) {
      if (this.pages.has(page)) {
        page += 1;
        continue;
      }
      const from = page;
      while (page <= last && !this.pages.has(page)) page += 1;
      const run = this.read(from * PAGE, page * PAGE);
      for (let each = from; each < page; each += 1) {
        const bytes = run.then((all) => all.subarray((each - from) * PAGE, (each - from + 1) * PAGE));
        // Whoever awaits the page hears of its failure; a page that nobody awaits must not end the process.
        bytes.catch(() => undefined);
        this.pages.set(each, bytes);
      }
    }
  }

  private async read(start: number, end: number): Promise<Uint8Array> {
    this.bytes += end - start;
    this.reads += 1;
    if (this.bytes > this.mostBytes + PAGE || this.reads > MOST_READS)
      throw this.malformed('is scattered over the whole file');
    const bytes = await this.source.read(this.href, start, end, this.signal);
    if (bytes.length < end - start && bytes.length > 0) this.size = start + bytes.length;
    return bytes;
  }

  private malformed(what: string): GeoCropError {
    return new GeoCropError('cog-malformed', `The TIFF header ${what}.`, { context: { href: this.href } });
  }
}
