import { abortedError } from './byte-source/slots.js';
import type { BlockStore, ByteSource } from './byte-source.js';
import { GeoCropError } from '../errors.js';
import { mergeRanges, type BlockExtent, type BlockRange, type MergeLimits } from './block-ranges.js';
import { withPatience } from './shared-work.js';

/** A block that somebody asks for. */
export interface WantedBlock extends BlockExtent {
  /** The block's name in the store; null where it is not kept. */
  readonly storeKey: string | null;
  /** The block's identity while it is being fetched. */
  readonly key: string;
}

export interface FlightStats {
  /** Blocks found in the store, fetched from the source, and shared with another caller's fetch. */
  storeHits: number;
  fetched: number;
  shared: number;
  /** Reads of the source and the bytes they brought, gaps included. */
  reads: number;
  bytes: number;
}

/** One block on its way, with those who wait for it. */
interface Flight extends WantedBlock {
  waiters: number;
  readonly result: Promise<Uint8Array>;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  /** Set while its range is being read. */
  range: RangeRead | null;
}

interface RangeRead {
  readonly flights: readonly Flight[];
  readonly controller: AbortController;
}

/**
 * Fetches blocks, each once however many ask for it at the same time: from the store, else from the source in merged ranges,
 * and then into the store. A range's read stops when nobody waits for any of its blocks; failures are not remembered.
 */
export class BlockFlights {
  private readonly flights = new Map<string, Flight>();
  /** Blocks on their way into the store, by store key. */
  private readonly keeping = new Map<string, Promise<void>>();
  readonly stats: FlightStats = { storeHits: 0, fetched: 0, shared: 0, reads: 0, bytes: 0 };

  constructor(
    private readonly source: ByteSource,
    private readonly store: BlockStore,
    private readonly limits: MergeLimits,
  ) {}

  /** The compressed bytes of each wanted block, in the order asked. All blocks belong to the file `href`. */
  async fetch(href: string, wanted: readonly WantedBlock[], signal?: AbortSignal): Promise<Uint8Array[]> {
    if (signal?.aborted === true) throw abortedError(signal);
    const created: Flight[] = [];
    const joined = wanted.map((block) => {
      let flight = this.flights.get(block.key);
      if (flight === undefined) {
        flight = newFlight(block);
        this.flights.set(block.key, flight);
        created.push(flight);
      } else {
        this.stats.shared += 1;
      }
      flight.waiters += 1;
      return flight;
    });
    if (created.length > 0) void this.bring(href, created);

    let left = false;
    const leaveAll = (): void => {
      if (left) return;
      left = true;
      for (const flight of joined) flight.waiters -= 1;
      for (const flight of joined) this.stopUnlessWanted(flight);
    };
    try {
      return await withPatience(Promise.all(joined.map(({ result }) => result)), signal, leaveAll);
    } catch (error) {
      // One block's failure is the answer: the others are not waited for.
      leaveAll();
      throw error;
    }
  }

  /** What the store keeps under these keys is not taken from it again, also where it is still on its way there. */
  async discard(storeKeys: readonly string[]): Promise<void> {
    await Promise.all(
      storeKeys.map(async (key) => {
        await this.keeping.get(key);
        // A store cannot delete; nothing that is kept is empty.
        await this.store.put(key, new Uint8Array(0)).catch(() => undefined);
      }),
    );
  }

  /** Never rejects: every outcome goes to the flights. */
  private async bring(href: string, flights: readonly Flight[]): Promise<void> {
    const missing: Flight[] = [];
    await Promise.all(
      flights.map(async (flight) => {
        const kept = await this.fromStore(flight);
        if (kept === undefined) {
          missing.push(flight);
        } else {
          this.stats.storeHits += 1;
          this.land(flight, kept);
        }
      }),
    );
    const wanted = missing.filter((flight) => {
      if (flight.waiters > 0) return true;
      this.fail(flight, abortedError());
      return false;
    });
    await Promise.all(mergeRanges(wanted, this.limits).map((range) => this.readRange(href, range)));
  }

  private async fromStore({ storeKey, byteCount }: Flight): Promise<Uint8Array | undefined> {
    if (storeKey === null) return undefined;
    const bytes = await this.store.get(storeKey).catch(() => undefined);
    return bytes?.length === byteCount ? bytes : undefined;
  }

  private async readRange(href: string, range: BlockRange<Flight>): Promise<void> {
    const read: RangeRead = { flights: range.blocks, controller: new AbortController() };
    for (const flight of range.blocks) flight.range = read;
    let bytes: Uint8Array;
    try {
      this.stats.reads += 1;
      bytes = await this.source.read(href, range.start, range.end, read.controller.signal);
      this.stats.bytes += bytes.length;
    } catch (error) {
      for (const flight of range.blocks) this.fail(flight, error);
      return;
    }
    await Promise.all(range.blocks.map((flight) => this.keep(href, flight, bytes, range.start)));
  }

  private async keep(href: string, flight: Flight, range: Uint8Array, start: number): Promise<void> {
    const from = flight.offset - start;
    // A copy where the range holds more: a view would keep all of it in memory, and cannot be transferred to a worker.
    const bytes =
      range.length === flight.byteCount
        ? range
        : new Uint8Array(range.subarray(from, from + flight.byteCount));
    if (bytes.length < flight.byteCount) {
      this.fail(flight, truncated(href, flight, bytes.length));
      return;
    }
    this.stats.fetched += 1;
    flight.resolve(bytes);
    // It stays joinable until the store has it, or the next caller would fetch it again.
    if (flight.storeKey !== null) {
      const kept = this.store.put(flight.storeKey, bytes).catch(() => undefined);
      this.keeping.set(flight.storeKey, kept);
      await kept;
      this.keeping.delete(flight.storeKey);
    }
    this.forget(flight);
  }

  private land(flight: Flight, bytes: Uint8Array): void {
    flight.resolve(bytes);
    this.forget(flight);
  }

  private fail(flight: Flight, error: unknown): void {
    flight.reject(error);
    this.forget(flight);
  }

  private forget(flight: Flight): void {
    if (this.flights.get(flight.key) === flight) this.flights.delete(flight.key);
  }

  private stopUnlessWanted({ range }: Flight): void {
    if (range === null || range.flights.some(({ waiters }) => waiters > 0)) return;
    for (const flight of range.flights) this.forget(flight);
    range.controller.abort();
  }
}

function newFlight(block: WantedBlock): Flight {
  let resolve: (bytes: Uint8Array) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const result = new Promise<Uint8Array>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Those who wait hear of it; with no one waiting a failure is nobody's.
  result.catch(() => undefined);
  return { ...block, waiters: 0, result, resolve, reject, range: null };
}

function truncated(href: string, { offset, byteCount }: Flight, got: number): GeoCropError {
  return new GeoCropError('block-corrupt', 'The file is truncated: it ends inside a block.', {
    hint: 'The file is damaged or was cut short when it was written: fetch it again or leave the scene out.',
    context: { href, offset, byteCount, got },
  });
}
