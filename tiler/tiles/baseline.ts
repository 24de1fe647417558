import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { MemoryBlockStore } from '../../cache/memory-block-store.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { digest } from '../../engine/digest.js';
import { GeoCropError } from '../../engine/errors.js';
import { projectPixels, projectWindow } from '../../engine/geo/project.js';
import { NATIVE_ZOOM } from '../../engine/geo/tile-matrix.js';
import type { Target } from '../../engine/metatile/target.js';
import { targetHeight, targetSize, targetWidth } from '../../engine/metatile/target.js';
import type { Raster } from '../../engine/raster.js';
import type { Dataset } from '../../engine/raster-files/dataset.js';
import { openDataset } from '../../engine/raster-files/open-dataset.js';
import { CogReader } from '../../engine/windows/cog-reader.js';
import type { BaselineTiles, BaselineYear } from './baseline-tiles.js';
import type { Centres } from './nearest-samples.js';
import { nearestSamples } from './nearest-samples.js';
import { storeByteSource, storeHref } from './store-source.js';
import type { TileAddress } from './tile-service.js';

const BUCKET = 'geocrop-baselines';
const PREFIX = 'dw/zim/summer/';
/** One file a year, or Earth Engine's pieces with their pixel offsets in the name; each piece has its own georeference. */
const KEY = /^dw\/zim\/summer\/(\d{4})_(\d{4})\/highest_conf\/DW_Zim_HighestConf_\1_\2(-\d+-\d+)?\.tif$/;

/** Dynamic World's classes are 0 to 8. */
const CLASSES = 9;
const NONE = 255;
/** Milliseconds that a listing of the bucket is good for. */
const LISTING_MS = 60_000;
/** Eleven years of 16 pieces each, about 50 KB a header. */
const OPEN_FILES = 176;
const BLOCK_BYTES = 16 * 1024 * 1024;
/** Of a target, at once: some ten milliseconds of projecting. */
const STRIP_PIXELS = 2 ** 16;

interface StoredYear extends BaselineYear {
  readonly hrefs: readonly string[];
}

/** Centres of map pixels in a reference system. */
type Project = (epsg: number) => Centres;

/** Dynamic World's classes out of the object store: nearest by pixel centres, never averaged. */
export class DynamicWorldBaseline implements BaselineTiles {
  private readonly reader: CogReader;
  private readonly files = new LRUCache<string, Dataset>({ max: OPEN_FILES });
  private listing: { readonly at: number; readonly years: Promise<readonly StoredYear[]> } | null = null;

  /** @param now milliseconds */
  constructor(
    private readonly store: ObjectStore,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.reader = new CogReader({
      source: storeByteSource(store),
      store: new MemoryBlockStore(BLOCK_BYTES),
    });
  }

  years(): Promise<readonly StoredYear[]> {
    const known = this.listing;
    if (known !== null && this.now() - known.at < LISTING_MS) return known.years;
    const listing = { at: this.now(), years: this.list() };
    this.listing = listing;
    // What could not be listed is not remembered.
    listing.years.catch(() => {
      if (this.listing === listing) this.listing = null;
    });
    return listing.years;
  }

  async tile(
    year: number,
    { z, x, y }: TileAddress,
    { scale = 1, signal }: { readonly scale?: 1 | 2; readonly signal?: AbortSignal } = {},
  ): Promise<Raster | null> {
    const side = 256 * scale;
    const zoom = z + scale - 1;
    const data = await this.classes(year, side * side, signal, (epsg) => {
      const easting = new Float64Array(side * side);
      const northing = new Float64Array(side * side);
      projectWindow(epsg, zoom, x * side, y * side, side, side, easting, northing);
      return { easting, northing, spacing: spacingOf(easting, northing, side) };
    });
    return data === null ? null : { data, bands: 1, width: side, height: side, nodata: NONE };
  }

  /** The feature `dw_class`: the class at each pixel of a target, −1 where there is none. Full resolution always. */
  async dwClass(year: number, target: Target, signal?: AbortSignal): Promise<Int8Array> {
    const out = new Int8Array(targetSize(target)).fill(-1);
    for (const { from, count, project } of strips(target)) {
      const data = await this.classes(year, count, signal, project);
      data?.forEach((value, at) => {
        if (value !== NONE) out[from + at] = value;
      });
      // A metatile is a million pixels: who else needs this thread gets it between the strips.
      await setImmediate();
    }
    return out;
  }

  /** null where no file of the year reaches the pixels. Where files overlap, the first by key decides. */
  private async classes(
    year: number,
    count: number,
    signal: AbortSignal | undefined,
    project: Project,
  ): Promise<Uint8Array | null> {
    const found = (await this.years()).find((candidate) => candidate.year === year);
    const out = new Uint8Array(count).fill(NONE);
    const bySystem = new Map<number, Centres>();
    let any = false;
    for (const href of found?.hrefs ?? []) {
      const file = await this.open(href, signal);
      const epsg = epsgOf(file.crs?.epsg ?? null, href);
      const centres = bySystem.get(epsg) ?? project(epsg);
      bySystem.set(epsg, centres);
      const sample = await nearestSamples(file, centres, signal);
      // 0 is water. Some exports call it their nodata, which it is not.
      const nodata = file.nodata === 0 ? null : file.nodata;
      for (let at = 0; at < count; at++) {
        const value = sample(at);
        if (value === null || value === nodata || out[at] !== NONE) continue;
        if (!(Number.isInteger(value) && value >= 0 && value < CLASSES)) continue;
        out[at] = value;
        any = true;
      }
    }
    return any ? out : null;
  }

  /** A replaced file has another href. */
  private async open(href: string, signal: AbortSignal | undefined): Promise<Dataset> {
    const known = this.files.get(href);
    if (known !== undefined) return known;
    const file = await openDataset(this.reader, href, signal === undefined ? {} : { signal });
    this.files.set(href, file);
    return file;
  }

  private async list(): Promise<readonly StoredYear[]> {
    const files = new Map<number, { href: string; modified: Date }[]>();
    for await (const key of this.store.list(BUCKET, PREFIX)) {
      const match = KEY.exec(key);
      const info = match === null ? undefined : await this.store.head(BUCKET, key);
      const year = Number(match?.[1]);
      if (info === undefined || Number(match?.[2]) !== year + 1) continue;
      const href = storeHref(BUCKET, key, info);
      files.set(year, [...(files.get(year) ?? []), { href, modified: info.modified }]);
    }
    return [...files.entries()]
      .sort(([a], [b]) => a - b)
      .map(([year, parts]) => ({
        year,
        hrefs: parts.map(({ href }) => href),
        digest: digest(parts.map(({ href }) => href)),
        lastModified: new Date(Math.max(...parts.map(({ modified }) => modified.getTime()))),
      }));
  }
}

/** A target in parts of whole rows, so that no part takes the thread for long. */
function* strips(target: Target): Generator<{ from: number; count: number; project: Project }> {
  const width = targetWidth(target);
  const rows = target.kind === 'list' ? 1 : Math.max(1, Math.floor(STRIP_PIXELS / width));
  for (let row = 0; row < targetHeight(target); row += rows) {
    const height = Math.min(rows, targetHeight(target) - row);
    const count = width * height;
    yield {
      from: row * width,
      count,
      project: (epsg) => {
        const easting = new Float64Array(count);
        const northing = new Float64Array(count);
        if (target.kind === 'list') projectPixels(epsg, NATIVE_ZOOM, target.px, target.py, easting, northing);
        else projectWindow(epsg, NATIVE_ZOOM, target.px0, target.py0 + row, width, height, easting, northing);
        // Full resolution: a feature does not depend on how many are asked for.
        return { easting, northing, spacing: 0 };
      },
    };
  }
}

/** Distance of two neighbours in the middle of a tile. */
function spacingOf(easting: Float64Array, northing: Float64Array, side: number): number {
  const middle = (side / 2) * side + side / 2;
  return Math.hypot(
    (easting[middle] as number) - (easting[middle - 1] as number),
    (northing[middle] as number) - (northing[middle - 1] as number),
  );
}

function epsgOf(epsg: number | null, href: string): number {
  if (epsg !== null) return epsg;
  throw new GeoCropError('cog-unsupported', 'The baseline does not say its reference system.', {
    hint: 'gdal_edit.py -a_srs EPSG:… writes it.',
    context: { href },
  });
}
