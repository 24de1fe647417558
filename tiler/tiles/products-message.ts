import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { seal, unseal } from '../../cache/block-envelope.js';
import { GeoCropError } from '../../engine/errors.js';
import type { Raster } from '../../engine/raster.js';
import type { JobProducts } from './metatile-job.js';

/** Products as they travel between processes: a line of JSON, then the pixels, deflated together, under a checksum. */

const ARRAYS = { Uint8Array, Float32Array } as const;
type ArrayName = keyof typeof ARRAYS;
/** Raised when the form changes: processes of two versions must not read each other. */
const VERSION = 1;
/** Sixteen times what a metatile's products take: more is no message of ours. */
const MOST_BYTES = 2 ** 28;

interface RasterHead {
  readonly name: string;
  readonly type: ArrayName;
  readonly bands: number;
  readonly width: number;
  readonly height: number;
  /** JSON has no NaN. */
  readonly nodata: number | 'NaN' | null;
  readonly masked: boolean;
}

interface Head extends Omit<JobProducts, 'products'> {
  readonly version: number;
  readonly rasters: readonly RasterHead[];
}

const deflate = promisify(deflateRaw) as (bytes: Uint8Array, options: object) => Promise<Buffer>;
const inflate = promisify(inflateRaw) as (bytes: Uint8Array, options: object) => Promise<Buffer>;

export async function encodeProducts({ products, ...rest }: JobProducts): Promise<Uint8Array> {
  const entries = [...products];
  const head: Head = {
    version: VERSION,
    ...rest,
    rasters: entries.map(([name, { data, bands, width, height, nodata, mask }]) => ({
      name,
      type: data.constructor.name as ArrayName,
      bands,
      width,
      height,
      nodata: Number.isNaN(nodata) ? 'NaN' : nodata,
      masked: mask !== undefined,
    })),
  };
  const parts = entries.flatMap(([, { data, mask }]) => [
    bytesOf(data),
    ...(mask === undefined ? [] : [mask]),
  ]);
  return seal(
    await deflate(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...parts]), { level: 1 }),
  );
}

/** @throws store-corrupt where it is no message of this version */
export async function decodeProducts(message: Uint8Array): Promise<JobProducts> {
  try {
    const whole = unseal(message);
    if (whole === undefined) throw new RangeError('not whole');
    const bytes = await inflate(whole, { maxOutputLength: MOST_BYTES });
    const end = bytes.indexOf('\n');
    const { version, rasters, ...rest } = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
    if (version !== VERSION) throw new RangeError(`version ${version}`);
    let at = end + 1;
    const take = (length: number): Uint8Array<ArrayBuffer> => {
      // A copy: of its own alignment, and so that one product does not hold all the others.
      const part = Uint8Array.from(bytes.subarray(at, at + length));
      if (part.length !== length) throw new RangeError(`${bytes.length} bytes, expected ${at + length}`);
      at += length;
      return part;
    };
    const products = new Map<string, Raster>();
    for (const { name, type, bands, width, height, nodata, masked } of rasters) {
      const array = ARRAYS[type];
      const pixels = width * height;
      const data = new array(take(bands * pixels * array.BYTES_PER_ELEMENT).buffer);
      products.set(name, {
        data,
        bands,
        width,
        height,
        nodata: nodata === 'NaN' ? NaN : nodata,
        ...(masked ? { mask: take(pixels) } : {}),
      });
    }
    return { products, ...rest };
  } catch (cause) {
    throw new GeoCropError('store-corrupt', 'A tile that another process sent cannot be read.', { cause });
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Raster['data']): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
