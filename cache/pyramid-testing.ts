import { encodeProduct } from '../engine/encode/products.js';
import { reduceBlock } from '../engine/encode/reduce-block.js';
import type { StacItem } from '../engine/encode/stac-item.js';
import type { GeoCropError } from '../engine/errors.js';
import type { TileId } from '../engine/geo/tile-matrix.js';
import type { Raster } from '../engine/raster.js';
import { Archive } from './archive.js';
import type { Bucket, ObjectEntry, ObjectInfo, ObjectStore, PutOptions } from './object-store.js';
import { Pyramid } from './pyramid.js';
import type { PyramidName } from './pyramid-keys.js';
import type { PyramidMap } from './pyramid-map.js';
import { PyramidMarks, type Mark } from './pyramid-marks.js';
import { PyramidNodes } from './pyramid-nodes.js';
import { PyramidRefresh } from './pyramid-refresh.js';

/** For tests only: an archive of made-up metatiles, its pyramid, and the pyramid's values worked out plainly. */

export const NAME: PyramidName = { recipe: '0123456789abcdef', season: 'summer-2021' };
export const MAP: PyramidMap = {
  name: NAME,
  made: {
    products: ['classes', 'observations', 'truecolor'],
    classes: ['a', 'b', 'c', 'd'],
    palette: ['#ff0000', '#00ff00', '#0000ff', '#ffff00'],
  },
};
/** The same with one product: what is about order, not values. */
export const CLASSES_ONLY: PyramidMap = { ...MAP, made: { ...MAP.made, products: ['classes'] } };
/** The upper left metatile of a z4 cell, a z8 cell and so on, away from every edge of the map. */
export const CORNER: TileId = { z: 12, x: 9 << 8, y: 8 << 8 };

const SIZE = 1024;

/** Patches of 1 to 8 pixels, so that overviews differ from their pixels; some are nodata. */
export function patches(product: string, metatile: { x: number; y: number }, version: string): Raster {
  const pixels = SIZE * SIZE;
  const seed = hash(
    metatile.x * 7919 + metatile.y * 104_729 + hash(version.length * 31 + version.charCodeAt(0)),
  );
  const patch = (at: number): number => {
    const [x, y] = [at % SIZE, Math.floor(at / SIZE)];
    const size = hash(seed + (x >> 8) + 4 * (y >> 8)) % 4;
    return hash(seed + (x >> size) * 4099 + (y >> size) * 131);
  };
  const values = new Uint32Array(pixels);
  for (let at = 0; at < pixels; at++) values[at] = patch(at);
  const shape = { width: SIZE, height: SIZE };
  switch (product) {
    case 'classes':
      return {
        ...shape,
        bands: 1,
        nodata: 255,
        data: bytesOf(values, (v) => (v % 9 === 0 ? 255 : v % 4)),
      };
    case 'observations':
      return { ...shape, bands: 1, nodata: null, data: bytesOf(values, (v) => v % 30) };
    default: {
      const data = new Uint8Array(3 * pixels);
      for (let at = 0; at < pixels; at++) {
        const value = values[at] as number;
        for (let band = 0; band < 3; band++) data[band * pixels + at] = (value >> band) % 251;
      }
      return {
        ...shape,
        bands: 3,
        nodata: null,
        data,
        mask: bytesOf(values, (v) => (v % 7 === 0 ? 0 : 255)),
      };
    }
  }
}

/** A loop: the callbacks of `from` take longer than all else in these tests. */
function bytesOf(values: Uint32Array, byte: (value: number) => number): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) out[at] = byte(values[at] as number);
  return out;
}

function hash(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  h = Math.imul(h ^ (h >>> 15), 0x45d9f3b);
  return (h ^ (h >>> 13)) >>> 0;
}

/** One process' view of a store. */
export class Site {
  readonly archive: Archive;
  readonly marks: PyramidMarks;
  readonly nodes: PyramidNodes;
  readonly refresh: PyramidRefresh;
  readonly pyramid: Pyramid;
  readonly damage: GeoCropError[] = [];
  readonly broken: TileId[] = [];
  /** Blocks that were made. */
  reduced = 0;

  constructor(
    readonly store: ObjectStore,
    now: () => Date = () => new Date(),
    readonly map: PyramidMap = MAP,
  ) {
    const onDamage = (error: GeoCropError): void => void this.damage.push(error);
    this.marks = new PyramidMarks(store, () => now().getTime());
    this.archive = new Archive(store, {
      onDamage,
      watcher: {
        announce: async ({ recipe, season, metatile, scenes, lookedUpAt }) => {
          const content = { scenes, ...(lookedUpAt === undefined ? {} : { lookedUpAt }) };
          await this.marks.put({ recipe, season }, { z: 12, ...metatile }, content);
          return () => undefined;
        },
      },
    });
    this.nodes = new PyramidNodes(store, { onDamage });
    this.refresh = new PyramidRefresh({
      store,
      archive: this.archive,
      nodes: this.nodes,
      marks: this.marks,
      reduce: async (parts) => {
        this.reduced += 1;
        return reduceBlock(parts);
      },
      now,
      onDamage,
      graceMs: 60_000,
    });
    this.pyramid = new Pyramid(store, {
      nodes: this.nodes,
      now: () => now().getTime(),
      lookMs: 0,
      onDamage,
      onBroken: (_, node) => void this.broken.push(node),
    });
  }

  /** Archives a metatile; `scenes` decides its values. */
  async write(metatile: { x: number; y: number }, scenes: string, lookedUpAt: string): Promise<void> {
    const products = new Map(
      await Promise.all(
        this.map.made.products.map(
          async (name) => [name, await encoded(name, { x: metatile.x, y: metatile.y }, scenes)] as const,
        ),
      ),
    );
    const { recipe, season } = this.map.name;
    const place = { x: metatile.x, y: metatile.y };
    await this.archive.writeMetatile(recipe, season, place, scenes, { products, item: ITEM, lookedUpAt });
  }

  async useMarks(): Promise<void> {
    await this.refresh.useMarks(this.map, await this.marks.list());
  }

  async marked(): Promise<Mark[]> {
    return this.marks.list();
  }

  /** A tile's values; null where nothing is there. */
  async tile(tile: TileId, product: string): Promise<Raster | null> {
    const view = await this.pyramid.view(this.map.name, tile);
    return (view && (await this.pyramid.readTile(view, product))) ?? null;
  }
}

const ITEM: StacItem = {
  type: 'Feature',
  stac_version: '1.0.0',
  stac_extensions: [],
  id: 'x',
  geometry: { type: 'Polygon', coordinates: [] },
  bbox: [0, 0, 1, 1],
  properties: { 'geocrop:scenes': { newest: '2022-05-06T08:00:00Z' } },
  links: [],
  assets: {},
};

const files = new Map<string, ReturnType<typeof encodeProduct>>();

function encoded(
  name: string,
  metatile: { x: number; y: number },
  scenes: string,
): ReturnType<typeof encodeProduct> {
  const key = `${name} ${metatile.x} ${metatile.y} ${scenes}`;
  const known =
    files.get(key) ??
    encodeProduct(name, patches(name, metatile, scenes), {
      window: { zoom: 14, px0: metatile.x * SIZE, py0: metatile.y * SIZE },
      ...MAP.made,
    });
  files.set(key, known);
  return known;
}

/** One band after the other; -1 where a pixel has no value. */
type Plain = Int16Array;

/** What was worked out for any test, by product, tile and all that is archived below it. */
const workedOut = new Map<string, Plain>();

/**
 * The oracle: a product's tile of any zoom down to 0 worked out pixel by pixel from the archived rasters, by the words of
 * docs/architecture.md, "Zooms".
 */
export class PlainPyramid {
  /** @param metatiles what is archived: scenes by `x/y` */
  constructor(
    private readonly product: string,
    private readonly metatiles: ReadonlyMap<string, string>,
  ) {}

  /** 65,536 pixels a band, or null where nothing is below. */
  tile({ z, x, y }: TileId): Plain | null {
    const below = [...this.metatiles].filter(([name]) => {
      const [mx = 0, my = 0] = name.split('/').map(Number);
      return mx >> (12 - z) === x && my >> (12 - z) === y;
    });
    if (below.length === 0) return null;
    const key = `${this.product} ${z}/${x}/${y} ${below.sort().join(' ')}`;
    const known = workedOut.get(key);
    if (known !== undefined) return known;
    const made = z === 12 ? this.#metatile(x, y, below[0]?.[1] ?? '') : this.#reduced({ z, x, y });
    workedOut.set(key, made);
    return made;
  }

  #metatile(x: number, y: number, scenes: string): Plain {
    let plain = plainOf(patches(this.product, { x, y }, scenes));
    for (let side = SIZE; side > 256; side /= 2) plain = this.#halve(plain, side);
    return plain;
  }

  #reduced({ z, x, y }: TileId): Plain {
    const children = [0, 1, 2, 3].map((q) =>
      this.tile({ z: z + 1, x: 2 * x + (q & 1), y: 2 * y + (q >> 1) }),
    );
    const bands = (children.find((child) => child !== null)?.length ?? 0) / (256 * 256);
    const joined = new Int16Array(bands * 512 * 512).fill(-1);
    for (let at = 0; at < joined.length; at++) {
      const [column, row, band] = [at % 512, Math.floor(at / 512) % 512, Math.floor(at / (512 * 512))];
      const child = children[(row >> 8) * 2 + (column >> 8)] ?? null;
      if (child !== null) joined[at] = child[band * 65_536 + (row & 255) * 256 + (column & 255)] as number;
    }
    return this.#halve(joined, 512);
  }

  #halve(pixels: Plain, side: number): Plain {
    const half = side / 2;
    const out = new Int16Array(pixels.length / 4);
    const four = [0, 0, 0, 0];
    for (let at = 0; at < out.length; at++) {
      const band = Math.floor(at / (half * half));
      const from = band * side * side + 2 * (Math.floor(at / half) % half) * side + 2 * (at % half);
      four[0] = pixels[from] as number;
      four[1] = pixels[from + 1] as number;
      four[2] = pixels[from + side] as number;
      four[3] = pixels[from + side + 1] as number;
      out[at] = this.product === 'classes' ? commonest(four) : mean(four);
    }
    return out;
  }
}

/** Of those that have a value; -1 where none has. */
function mean(values: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value < 0) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? -1 : Math.round(sum / count);
}

/** Of those that have a value, ties to the lowest id; -1 where none has. */
function commonest(values: readonly number[]): number {
  let [best, most] = [-1, 0];
  for (const id of values) {
    if (id < 0) continue;
    let votes = 0;
    for (const value of values) if (value === id) votes += 1;
    if (votes > most || (votes === most && id < best)) [best, most] = [id, votes];
  }
  return best;
}

/** A raster in the same words. */
export function plainOf({ data, bands, width, height, nodata, mask }: Raster): Plain {
  const size = width * height;
  const out = new Int16Array(bands * size);
  for (let at = 0; at < out.length; at++) {
    out[at] = mask?.[at % size] === 0 || data[at] === nodata ? -1 : (data[at] as number);
  }
  return out;
}

/** Another store, whose calls are seen first: counted, held up, or ended. */
export class WatchedStore implements ObjectStore {
  readonly calls: { readonly method: string; readonly key: string }[] = [];

  constructor(
    readonly inner: ObjectStore,
    private readonly before: (method: string, key: string) => Promise<void> | void = () => undefined,
  ) {}

  async get(bucket: Bucket, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    await this.#see('get', key);
    return this.inner.get(bucket, key, signal);
  }
  async getRange(bucket: Bucket, key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    await this.#see('getRange', key);
    return this.inner.getRange(bucket, key, start, end);
  }
  async head(bucket: Bucket, key: string): Promise<ObjectInfo | undefined> {
    await this.#see('head', key);
    return this.inner.head(bucket, key);
  }
  async put(
    bucket: Bucket,
    key: string,
    bytes: Uint8Array,
    options?: PutOptions,
  ): Promise<'written' | 'exists'> {
    await this.#see('put', key);
    return this.inner.put(bucket, key, bytes, options);
  }
  async delete(bucket: Bucket, key: string): Promise<void> {
    await this.#see('delete', key);
    await this.inner.delete(bucket, key);
  }
  async *list(bucket: Bucket, prefix: string): AsyncIterable<string> {
    await this.#see('list', prefix);
    yield* this.inner.list(bucket, prefix);
  }

  async *entries(bucket: Bucket, prefix: string): AsyncIterable<ObjectEntry> {
    await this.#see('list', prefix);
    yield* this.inner.entries(bucket, prefix);
  }

  async #see(method: string, key: string): Promise<void> {
    this.calls.push({ method, key });
    await this.before(method, key);
  }
}
