import { LRUCache } from 'lru-cache';
import { productKind, type EncodedProduct } from '../engine/encode/products.js';
import type { StacItem } from '../engine/encode/stac-item.js';
import { GeoCropError, isGeoCropError } from '../engine/errors.js';
import { metatileOf, METATILE_ZOOM, NATIVE_ZOOM, type TileId } from '../engine/geo/tile-matrix.js';
import type { Raster } from '../engine/raster.js';
import type { CompressedBlock } from '../engine/windows/block-spec.js';
import {
  codedBlockSpec,
  readArchivedBlock,
  readArchivedHeader,
  readArchivedLevel,
  readCodedBlock,
  type ReadRange,
} from './archive-cog.js';
import {
  ARCHIVE_BUCKET,
  auxKey,
  currentKey,
  itemKey,
  metatilePrefix,
  productKey,
  type Metatile,
} from './archive-keys.js';
import { isCurrent, isItem, parseDocument, type Current } from './archive-documents.js';
import { KeptHeaders } from './kept-headers.js';
import type { ObjectStore } from './object-store.js';
import { removeVersion } from './remove-version.js';

export interface ArchiveOptions {
  /** Headers kept in memory; one is about 1 KB. Default 4,000. */
  readonly headers?: number;
  /** Told of each file that was there and could not be used, and of each that could not be removed then. */
  readonly onDamage?: (error: GeoCropError) => void;
  /** Told of each metatile that somebody looks at (cache/housekeeping/usage-journal.ts); takes no time. */
  readonly onUse?: (recipe: string, season: string, metatile: Metatile) => void;
  /** Told of each metatile that becomes the newest. */
  readonly watcher?: ArchiveWatcher;
}

/** Who makes something of the archive's metatiles: the pyramid. */
export interface ArchiveWatcher {
  /** Before it can be seen: where this fails, so does the writing. Gives what is called once it can be seen. */
  announce(change: NewMetatile): Promise<() => void>;
}

export interface NewMetatile {
  readonly recipe: string;
  readonly season: string;
  readonly metatile: Metatile;
  readonly scenes: string;
  /** ISO 8601, of the scene list. */
  readonly lookedUpAt?: string;
}

export interface FinishedMetatile {
  readonly products: ReadonlyMap<string, EncodedProduct>;
  readonly item: StacItem;
  /** ISO 8601, UTC, of the scene list: an older one never replaces a newer one in `current.json`. */
  readonly lookedUpAt?: string;
}

const DEFAULT_HEADERS = 4000;
const JSON_TYPE = { contentType: 'application/json' };
const TIFF_TYPE = { contentType: 'image/tiff; application=geotiff; profile=cloud-optimized' };

/**
 * The finished metatiles in the object store. A metatile is there when its `item.json` is there; its products never change
 * after that, for the same recipe and scenes give the same values. `recipe` and `scenes` are digests, `season` is
 * `summer-2021`. What is damaged counts as not there: it is reported, removed, and computed again.
 * Throws what the store throws: `store-unavailable`, `store-full`, `aborted`.
 */
export class Archive {
  private readonly headers: KeptHeaders;
  /** Item keys that were there: nobody but {@link discard} takes them away. */
  private readonly finished: LRUCache<string, true>;

  constructor(
    private readonly store: ObjectStore,
    private readonly options: ArchiveOptions = {},
  ) {
    const max = options.headers ?? DEFAULT_HEADERS;
    this.headers = new KeptHeaders(store, ARCHIVE_BUCKET, max);
    this.finished = new LRUCache({ max });
  }

  /** The newest finished metatile, whatever its scenes; undefined where none is. */
  async current(
    recipe: string,
    season: string,
    metatile: Metatile,
    signal?: AbortSignal,
  ): Promise<{ readonly scenes: string; readonly item: StacItem; readonly lookedUpAt?: string } | undefined> {
    const prefix = metatilePrefix(recipe, season, metatile);
    const named = await this.readJson(currentKey(prefix), isCurrent, signal);
    if (named === undefined) return undefined;
    const item = await this.readJson(itemKey(prefix, named.scenes), isItem, signal);
    return item && { ...named, item };
  }

  async has(recipe: string, season: string, metatile: Metatile, scenes: string): Promise<boolean> {
    const key = itemKey(metatilePrefix(recipe, season, metatile), scenes);
    if (this.finished.get(key) === true) return true;
    if ((await this.store.head(ARCHIVE_BUCKET, key)) === undefined) return false;
    this.finished.set(key, true);
    return true;
  }

  /** Which of these products a metatile lacks, all where it is not finished: asks the store, whatever is remembered. */
  async lacking(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    products: readonly string[],
  ): Promise<string[]> {
    const prefix = metatilePrefix(recipe, season, metatile);
    const found = new Set<string>();
    for await (const key of this.store.list(ARCHIVE_BUCKET, `${prefix}/${scenes}/`)) found.add(key);
    const item = itemKey(prefix, scenes);
    if (found.has(item)) this.finished.set(item, true);
    else this.finished.delete(item);
    return products.filter((name) => !found.has(item) || !found.has(productKey(prefix, scenes, name)));
  }

  /** Somebody looks at it, out of whichever tier: it is not among the first to go when room is needed. */
  used(recipe: string, season: string, metatile: Metatile): void {
    this.options.onUse?.(recipe, season, metatile);
  }

  /** Size of a finished metatile's product; undefined where the metatile or the product is not there. */
  async productBytes(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    product: string,
  ): Promise<number | undefined> {
    if (!(await this.has(recipe, season, metatile, scenes))) return undefined;
    const key = productKey(metatilePrefix(recipe, season, metatile), scenes, product);
    return (await this.store.head(ARCHIVE_BUCKET, key))?.size;
  }

  /** Product names of a finished metatile, features written later among them. */
  async products(recipe: string, season: string, metatile: Metatile, scenes: string): Promise<string[]> {
    const prefix = metatilePrefix(recipe, season, metatile);
    if (!(await this.has(recipe, season, metatile, scenes))) return [];
    const names: string[] = [];
    const start = `${prefix}/${scenes}/`;
    for await (const key of this.store.list(ARCHIVE_BUCKET, start)) {
      if (key.endsWith('.tif')) names.push(key.slice(start.length, -'.tif'.length));
    }
    return names;
  }

  /**
   * Products first, `item.json` last, then `current.json`. Can be repeated after any failure. `exists`: another writer was
   * first; its metatile holds the same values.
   */
  async writeMetatile(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    finished: FinishedMetatile,
  ): Promise<'written' | 'exists'> {
    const prefix = metatilePrefix(recipe, season, metatile);
    const written = await Promise.allSettled(
      [...finished.products].map(([name, product]) => this.putProduct(prefix, scenes, name, product)),
    );
    const failed = written.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const { lookedUpAt } = finished;
    const seen = await this.announce({ recipe, season, metatile, scenes, lookedUpAt });
    const key = itemKey(prefix, scenes);
    const item = Buffer.from(JSON.stringify(finished.item), 'utf8');
    const outcome = await this.store.put(ARCHIVE_BUCKET, key, item, { ...JSON_TYPE, ifNoneMatch: '*' });
    if (outcome === 'written') await this.putMissing(prefix, scenes, finished.products);
    this.finished.set(key, true);
    await this.putCurrent(prefix, scenes, lookedUpAt, async () => undefined);
    seen();
    return outcome;
  }

  /**
   * Names a finished metatile the newest, as {@link writeMetatile} does; needed by itself where a scene list came back to
   * scenes that were finished before. One that was looked up later stays.
   */
  async markCurrent(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    lookedUpAt?: string,
  ): Promise<void> {
    let seen = (): void => undefined;
    await this.putCurrent(metatilePrefix(recipe, season, metatile), scenes, lookedUpAt, async () => {
      seen = await this.announce({ recipe, season, metatile, scenes, lookedUpAt });
    });
    seen();
  }

  /** One more product, a feature asked for later, beside those of a finished metatile. */
  async writeProduct(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    name: string,
    product: EncodedProduct,
  ): Promise<void> {
    await this.putProduct(metatilePrefix(recipe, season, metatile), scenes, name, product);
  }

  /**
   * The values of a tile of zoom 12 to 14: a block of the product's file, one range once its header is kept. undefined
   * where the metatile or the product is not there, or was damaged.
   */
  async readTile(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    product: string,
    tile: TileId,
    signal?: AbortSignal,
  ): Promise<Raster | undefined> {
    const at = placeOf(tile, metatile);
    const place = { recipe, season, metatile, scenes, product };
    return this.whereFinished(place, (key) =>
      this.headers.use({ key, product, form: 'metatile' }, signal, (read, cog) =>
        readArchivedBlock(read, cog, product, at, key),
      ),
    );
  }

  /**
   * A tile as {@link readTile} gives it, still compressed, for another thread to decode (`decodeBlockSync`); of products without a mask. A block that
   * does not decode there is damaged: {@link readTile} then sees to it.
   */
  async readCodedTile(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    product: string,
    tile: TileId,
    signal?: AbortSignal,
  ): Promise<CompressedBlock | undefined> {
    const at = placeOf(tile, metatile);
    const place = { recipe, season, metatile, scenes, product };
    return this.whereFinished(place, (key) =>
      this.headers.use({ key, product, form: 'metatile' }, signal, async (read, cog) => {
        const { image } = await readCodedBlock(read, cog, at, key);
        return { spec: codedBlockSpec(cog, product, at, key), bytes: image };
      }),
    );
  }

  /** A whole product at full resolution, 1024 × 1024, in one read; undefined as {@link readTile} says. */
  async readProduct(
    recipe: string,
    season: string,
    metatile: Metatile,
    scenes: string,
    product: string,
    signal?: AbortSignal,
  ): Promise<Raster | undefined> {
    return this.whereFinished({ recipe, season, metatile, scenes, product }, async (key) => {
      const bytes = await this.store.get(ARCHIVE_BUCKET, key, signal);
      if (bytes === undefined) return undefined;
      const read: ReadRange = async (start, end) => bytes.subarray(start, end);
      return readArchivedLevel(read, await readArchivedHeader(read, product, key), product, 0, key);
    });
  }

  /** Takes a metatile out of the archive: its item first, so that nobody reads what goes next. */
  async discard(recipe: string, season: string, metatile: Metatile, scenes: string): Promise<void> {
    const prefix = metatilePrefix(recipe, season, metatile);
    this.finished.delete(itemKey(prefix, scenes));
    await removeVersion(this.store, prefix, scenes, (key) => this.headers.forget(key));
  }

  /** What somebody who removed the same version took away between the products and the item. */
  private async putMissing(
    prefix: string,
    scenes: string,
    products: ReadonlyMap<string, EncodedProduct>,
  ): Promise<void> {
    const there = new Set<string>();
    for await (const key of this.store.list(ARCHIVE_BUCKET, `${prefix}/${scenes}/`)) there.add(key);
    for (const [name, product] of products) {
      const whole =
        there.has(productKey(prefix, scenes, name)) &&
        (product.auxXml === undefined || there.has(auxKey(prefix, scenes, name)));
      if (!whole) await this.putProduct(prefix, scenes, name, product);
    }
  }

  private async putProduct(
    prefix: string,
    scenes: string,
    name: string,
    product: EncodedProduct,
  ): Promise<void> {
    // Names first: who finds the picture finds them. What is there stays, since others may know its header.
    if (product.auxXml !== undefined) {
      const names = Buffer.from(product.auxXml, 'utf8');
      await this.store.put(ARCHIVE_BUCKET, auxKey(prefix, scenes, name), names, {
        contentType: 'application/xml',
      });
    }
    await this.store.put(ARCHIVE_BUCKET, productKey(prefix, scenes, name), product.tif, {
      ...TIFF_TYPE,
      ifNoneMatch: '*',
    });
  }

  private async putCurrent(
    prefix: string,
    scenes: string,
    lookedUpAt: string | undefined,
    before: () => Promise<void>,
  ): Promise<void> {
    const key = currentKey(prefix);
    const known = await this.readJson(key, isCurrent);
    if (known?.scenes === scenes && lookedUpAt === undefined) return;
    if (known?.lookedUpAt !== undefined && lookedUpAt !== undefined && known.lookedUpAt >= lookedUpAt) return;
    await before();
    const current: Current = { scenes, ...(lookedUpAt === undefined ? {} : { lookedUpAt }) };
    await this.store.put(ARCHIVE_BUCKET, key, Buffer.from(JSON.stringify(current), 'utf8'), JSON_TYPE);
  }

  private async announce({
    lookedUpAt,
    ...change
  }: Omit<NewMetatile, 'lookedUpAt'> & { readonly lookedUpAt: string | undefined }): Promise<() => void> {
    const { watcher } = this.options;
    if (watcher === undefined) return () => undefined;
    return watcher.announce({ ...change, ...(lookedUpAt === undefined ? {} : { lookedUpAt }) });
  }

  /** What `use` reads from a finished metatile's product; a damaged one is reported, and removed so that it is made anew. */
  private async whereFinished<T>(
    place: { recipe: string; season: string; metatile: Metatile; scenes: string; product: string },
    use: (key: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { recipe, season, metatile, scenes, product } = place;
    if (!(await this.has(recipe, season, metatile, scenes))) return undefined;
    const prefix = metatilePrefix(recipe, season, metatile);
    const key = productKey(prefix, scenes, product);
    try {
      const found = await use(key);
      if (found === undefined) await this.lookAgain(itemKey(prefix, scenes), key, product);
      else this.used(recipe, season, metatile);
      return found;
    } catch (error) {
      if (!isGeoCropError(error, 'store-corrupt')) throw error;
      this.options.onDamage?.(error);
      await this.removeItem(itemKey(prefix, scenes));
      await this.remove(key);
      return undefined;
    }
  }

  /**
   * After a product was not there: a feature that nobody asked for yet, or another process took the metatile away. All
   * others come with the item: where it is there without them, it is damaged.
   */
  private async lookAgain(item: string, key: string, product: string): Promise<void> {
    this.finished.delete(item);
    if (productKind(product) === 'feature') return;
    if ((await this.store.head(ARCHIVE_BUCKET, item)) === undefined) return;
    // Once more: the writer of a new one puts its products first.
    if ((await this.store.head(ARCHIVE_BUCKET, key)) !== undefined) return;
    this.options.onDamage?.(
      new GeoCropError('store-corrupt', `The archived file ${key} is missing, and its item.json is there.`, {
        hint: 'It is computed again when it is next asked for.',
        context: { key },
      }),
    );
    await this.removeItem(item);
  }

  /** undefined where nothing is there, or nothing that can be used: then it is removed. */
  private async readJson<T>(
    key: string,
    check: (value: unknown) => value is T,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    const bytes = await this.store.get(ARCHIVE_BUCKET, key, signal);
    if (bytes === undefined) return undefined;
    const document = parseDocument(bytes, check);
    if (document !== undefined) return document;
    this.options.onDamage?.(
      new GeoCropError(
        'store-corrupt',
        `The archived file ${key} is damaged: not the JSON that it should be.`,
        {
          hint: 'It is made again when it is next needed.',
          context: { key },
        },
      ),
    );
    await this.removeItem(key);
    return undefined;
  }

  private async removeItem(key: string): Promise<void> {
    this.finished.delete(key);
    await this.remove(key);
  }

  /** A store that cannot be written to can still be read: then the damage stays, and is reported each time. */
  private async remove(key: string): Promise<void> {
    this.headers.forget(key);
    try {
      await this.store.delete(ARCHIVE_BUCKET, key);
    } catch (error) {
      if (!isGeoCropError(error)) throw error;
      this.options.onDamage?.(error);
    }
  }
}

/** Which block of a metatile's file a tile of zoom 12 to 14 is. */
function placeOf(tile: TileId, metatile: Metatile): { level: number; column: number; row: number } {
  const level = NATIVE_ZOOM - tile.z;
  const parent = tile.z < METATILE_ZOOM ? undefined : metatileOf(tile);
  if (level < 0 || parent?.x !== metatile.x || parent.y !== metatile.y) {
    throw new RangeError(
      `tile ${tile.z}/${tile.x}/${tile.y} is not in metatile 12/${metatile.x}/${metatile.y}`,
    );
  }
  const side = 2 ** (tile.z - METATILE_ZOOM);
  return { level, column: tile.x - metatile.x * side, row: tile.y - metatile.y * side };
}
