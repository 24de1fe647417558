import { LRUCache } from 'lru-cache';
import { shortDigest } from '../digest.js';
import { GeoCropError } from '../errors.js';
import { BlockFlights, type FlightStats, type WantedBlock } from './block-flights.js';
import type { BlockStore, ByteSource } from './byte-source.js';
import type { CogHeader, DescribedHeader } from './cog-header.js';
import { decodeHeader, encodeHeader } from './header/header-json.js';
import { HEADER_LIMITS, type HeaderLimits } from './header/header-limits.js';
import { parseDescribedHeader, parseHeader } from './header/parse-header.js';
import { SharedWork } from './shared-work.js';

export interface CogReaderOptions {
  readonly source: ByteSource;
  readonly store: BlockStore;
  /** Gap between blocks that is read over rather than asked around, bytes. Default 64 KiB: less than a round trip costs. */
  readonly gapBytes?: number;
  /** Longest merged range, bytes. Default 8 MiB. */
  readonly rangeBytes?: number;
  /** Memory for headers, bytes. Default 32 MiB: about 10,000 assets of Sentinel-2. */
  readonly headerBytes?: number;
  /**
   * Whether blocks and headers of `file://` hrefs go to the store too. Default false: they lie on a disk already, and a file
   * that is written anew under its name must not be taken for the old one.
   */
  readonly keepLocal?: boolean;
  /** What headers may ask of memory; default {@link HEADER_LIMITS}. */
  readonly limits?: Partial<HeaderLimits>;
}

export interface BlockRequest {
  /** Index into {@link CogHeader.levels}. */
  readonly level: number;
  /** Row-major within its plane: row · blocksAcross + column. */
  readonly block: number;
  /** Sample, where planarConfiguration is 2; default 0. */
  readonly plane?: number;
}

export interface CogReaderStats extends Readonly<FlightStats> {
  readonly headersRead: number;
  readonly headersKept: number;
}

/** Rough memory of a header besides its block lists, and of a block in them (two float64). */
const HEADER_BYTES = 2048;
const LISTED_BLOCK_BYTES = 16;
/** Of an item of metadata besides its text, and of a number in a list. */
const ITEM_BYTES = 128;
const NUMBER_BYTES = 8;

/** Headers and compressed blocks of COGs, each fetched once however many ask, and kept in the store. */
export class CogReader {
  private readonly source: ByteSource;
  private readonly store: BlockStore;
  private readonly keepLocal: boolean;
  private readonly limits: HeaderLimits;
  private readonly flights: BlockFlights;
  private readonly headers: LRUCache<string, CogHeader>;
  private readonly headerWork = new SharedWork<CogHeader>();
  private readonly describedWork = new SharedWork<DescribedHeader>();
  private headersRead = 0;
  private headersKept = 0;

  constructor(options: CogReaderOptions) {
    const { source, store, gapBytes = 64 * 1024, rangeBytes = 8 * 1024 * 1024 } = options;
    this.source = source;
    this.store = store;
    this.keepLocal = options.keepLocal ?? false;
    this.limits = { ...HEADER_LIMITS, ...options.limits };
    this.flights = new BlockFlights(source, store, { gapBytes, rangeBytes });
    this.headers = new LRUCache({
      maxSize: options.headerBytes ?? 32 * 1024 * 1024,
      sizeCalculation: headerMemory,
    });
  }

  /** The header of a COG. Throws cog-malformed, cog-unsupported, source-…, aborted; a failure is not remembered. */
  async header(href: string, signal?: AbortSignal): Promise<CogHeader> {
    const known = this.headers.get(href);
    if (known !== undefined && signal?.aborted !== true) return known;
    return this.headerWork.run(href, signal, async (shared) => {
      const key = headerKey(href);
      const header =
        (await this.keptHeader(key, href)) ?? (await this.readHeader(key, href, shared, parseHeader));
      this.headers.set(href, header);
      return header;
    });
  }

  /** {@link header} with all that the file says of itself: kept apart, so that those of scenes stay small. */
  async describedHeader(href: string, signal?: AbortSignal): Promise<DescribedHeader> {
    const known = this.headers.get(href);
    if (known !== undefined && isDescribed(known) && signal?.aborted !== true) return known;
    return this.describedWork.run(href, signal, async (shared) => {
      const key = describedKey(href);
      const kept = await this.keptHeader(key, href);
      const header =
        kept !== undefined && isDescribed(kept)
          ? kept
          : await this.readHeader(key, href, shared, parseDescribedHeader);
      this.headers.set(href, header);
      return header;
    });
  }

  /**
   * Compressed bytes of blocks of one COG, in the order asked; null for a sparse block. The arrays are shared with other
   * callers: they must not be written to or transferred.
   * Throws source-…, block-corrupt (truncated), aborted; RangeError for a block that the header does not have.
   */
  async blocks(
    header: CogHeader,
    requests: readonly BlockRequest[],
    signal?: AbortSignal,
  ): Promise<(Uint8Array | null)[]> {
    const wanted: (WantedBlock | null)[] = requests.map((request) => this.wanted(header, request));
    const present = wanted.filter((block) => block !== null);
    const bytes = await this.flights.fetch(header.href, present, signal);
    let next = 0;
    return wanted.map((block) => (block === null ? null : (bytes[next++] ?? null)));
  }

  /**
   * After blocks did not decode: neither they nor the header are taken from memory or store again, so that a file that was
   * mended at its source, or bytes that were damaged on their way, are not held against it for ever.
   */
  async forget(header: CogHeader, requests: readonly BlockRequest[]): Promise<void> {
    const { href } = header;
    this.headers.delete(href);
    if (!this.keeps(href)) return;
    const keys = requests.map((request) => this.wanted(header, request)?.storeKey ?? null);
    await this.flights.discard([headerKey(href), describedKey(href), ...keys.filter((key) => key !== null)]);
  }

  get stats(): CogReaderStats {
    return { ...this.flights.stats, headersRead: this.headersRead, headersKept: this.headersKept };
  }

  private wanted(header: CogHeader, { level, block, plane = 0 }: BlockRequest): WantedBlock | null {
    const found = header.levels[level];
    const perPlane = found === undefined ? 0 : found.blocksAcross * found.blocksDown;
    const index = plane * perPlane + block;
    const offset = found?.offsets[index];
    const byteCount = found?.byteCounts[index];
    if (!(block >= 0 && block < perPlane) || plane < 0 || offset === undefined || byteCount === undefined) {
      throw new RangeError(`${header.href} has no block ${block} in plane ${plane} of level ${level}`);
    }
    if (offset === 0 || byteCount === 0) return null;
    // The place in the file is part of the name: a file that was replaced by another has its blocks elsewhere.
    const name = `${shortDigest(header.href)}/${offset}-${byteCount}`;
    return { offset, byteCount, key: name, storeKey: this.keeps(header.href) ? `block/${name}` : null };
  }

  private async keptHeader(key: string, href: string): Promise<CogHeader | undefined> {
    if (!this.keeps(href)) return undefined;
    const bytes = await this.store.get(key).catch(() => undefined);
    const header = bytes === undefined ? undefined : decodeHeader(bytes, href);
    if (header !== undefined) this.headersKept += 1;
    return header;
  }

  private async readHeader<H extends CogHeader>(
    key: string,
    href: string,
    signal: AbortSignal,
    parse: (source: ByteSource, href: string, signal: AbortSignal, limits: HeaderLimits) => Promise<H>,
  ): Promise<H> {
    if (!URL.canParse(href)) {
      throw new GeoCropError('source-missing', 'This is not an address.', {
        hint: 'Use absolute https://, http://, s3:// or file:// addresses.',
        context: { href },
      });
    }
    const header = await parse(this.source, href, signal, this.limits);
    this.headersRead += 1;
    if (this.keeps(href)) await this.store.put(key, encodeHeader(header)).catch(() => undefined);
    return header;
  }

  private keeps(href: string): boolean {
    return this.keepLocal || !href.startsWith('file:');
  }
}

const headerKey = (href: string): string => `header/${shortDigest(href)}`;
const describedKey = (href: string): string => `header/${shortDigest(href)}-described`;

const isDescribed = (header: CogHeader): header is DescribedHeader => header.description !== undefined;

function headerMemory({ levels, description }: CogHeader): number {
  const blocks = [...levels, ...(description?.masks?.levels ?? [])].reduce(
    (sum, { offsets }) => sum + offsets.length,
    0,
  );
  let memory = HEADER_BYTES + blocks * LISTED_BLOCK_BYTES;
  if (description !== undefined) {
    const { items, colorMap, controlPoints } = description;
    memory += ((colorMap?.length ?? 0) + 5 * controlPoints.length) * NUMBER_BYTES;
    for (const { name, value } of items) memory += ITEM_BYTES + 2 * (name.length + value.length);
  }
  return memory;
}
