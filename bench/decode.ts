import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';
import { getDecoder } from 'geotiff';
import { createByteSource } from '../engine/windows/byte-source/create-byte-source.js';
import { CogReader } from '../engine/windows/cog-reader.js';
import { blockSpec, decodeBlockSync, type BlockSpec } from '../engine/windows/decode.js';
import { findAsset, type BenchSeason } from './season/find-asset.js';
import { measureTogether, ratioOf } from './measure.js';
import { timeRow, type BenchResult } from './report.js';

const RUNS = { warmUp: 5, runs: 31 };

/** One 1024² uint16 block, DEFLATE with predictor 2, from a band of the bench's season: ours, the floor, geotiff.js. */
export async function benchDecode(season: BenchSeason): Promise<BenchResult> {
  const path = await findAsset(season, 'B08.tif');
  const href = pathToFileURL(path).href;
  const reader = new CogReader({
    source: createByteSource(),
    store: { get: async () => undefined, put: async () => undefined },
  });
  const header = await reader.header(href);
  const [bytes] = await reader.blocks(header, [{ level: 0, block: 0 }]);
  if (!bytes) throw new Error(`${path} has no first block`);
  const spec = blockSpec(header, 0);
  const { blockWidth, blockHeight } = spec;
  if (blockWidth !== 1024 || spec.predictor !== 2) throw new Error(`${path} is not what is to be measured`);

  const floor = (): Uint16Array => {
    const raw = inflateSync(bytes, { chunkSize: 2 * blockWidth * blockHeight + 64 });
    const dn = new Uint16Array(raw.buffer, raw.byteOffset, blockWidth * blockHeight);
    undoDifferences(dn, blockWidth);
    return dn;
  };
  const geotiff = await geotiffDecoder(spec);
  const expected = floor();
  same(decodeBlockSync(spec, bytes), expected, 'decodeBlockSync');
  same(new Uint16Array(await geotiff(bytes)), expected, 'geotiff.js');

  const times = await measureTogether(
    {
      ours: () => decodeBlockSync(spec, bytes),
      floor,
      inflate: () => inflateSync(bytes, { chunkSize: 2 * blockWidth * blockHeight + 64 }),
      geotiff: () => geotiff(bytes),
    },
    RUNS,
  );
  const ratio = ratioOf(times.ours, times.floor);
  return {
    name: 'decode',
    title: `Decoding a block: 1024², uint16, DEFLATE, predictor 2, ${(bytes.length / 2 ** 20).toFixed(2)} MiB`,
    rows: [
      timeRow('decodeBlockSync', times.ours),
      timeRow('node:zlib inflate and predictor', times.floor, { note: 'the floor' }),
      timeRow('node:zlib inflate alone', times.inflate),
      timeRow('geotiff.js 3 decoder', times.geotiff),
      { what: 'ours / floor', value: ratio, unit: '×', budget: { atMost: 1.3 } },
      { what: 'geotiff.js / ours', value: ratioOf(times.geotiff, times.ours), unit: '×' },
    ],
    skipped: [],
  };
}

/** The predictor and nothing else, as TIFF 6.0 §14 has it. */
function undoDifferences(dn: Uint16Array, width: number): void {
  for (let row = 0; row < dn.length; row += width) {
    let sum = 0;
    for (let i = row; i < row + width; i += 1) {
      sum = (sum + dn[i]!) & 0xffff;
      dn[i] = sum;
    }
  }
}

/** geotiff.js's own decoder for such blocks: decompression and predictor, nothing around it. */
async function geotiffDecoder(spec: BlockSpec): Promise<(block: Uint8Array) => Promise<ArrayBufferLike>> {
  const decoder = await getDecoder(spec.compression, {
    tileWidth: spec.blockWidth,
    tileHeight: spec.blockHeight,
    predictor: spec.predictor,
    bitsPerSample: [16],
    planarConfiguration: 1,
  });
  return async (block) => decoder.decode(block.slice().buffer);
}

function same(actual: ArrayLike<number>, expected: ArrayLike<number>, who: string): void {
  if (actual.length !== expected.length) throw new Error(`${who}: ${actual.length} pixels`);
  for (let i = 0; i < expected.length; i += 1) {
    if (actual[i] !== expected[i]) throw new Error(`${who}: pixel ${i} is ${actual[i]}, not ${expected[i]}`);
  }
}
