import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { deflateSync } from 'node:zlib';
import { isGeoCropError } from '../errors.js';
import { CogReader } from './cog-reader.js';
import { decodeLzw } from './codecs/lzw.js';
import { decodePackBits } from './codecs/packbits.js';
import { blockSpec, decodeBlock, decodeBlockSync, decodesSync, type BlockSpec } from './decode.js';
import { fixtureHref, FIXTURES } from './fixtures/fixtures.js';
import { mapStore, memorySource } from './testing.js';

const SPEC: BlockSpec = {
  href: 'https://example.test/B04.tif',
  level: 0,
  compression: 8,
  predictor: 1,
  littleEndian: true,
  dataType: 'uint16',
  samples: 1,
  blockWidth: 4,
  blockHeight: 2,
  minRows: 2,
  fill: 7,
};
const bytesOf = (values: Uint16Array): Uint8Array => new Uint8Array(values.buffer);
const VALUES = Uint16Array.of(1, 2, 3, 4, 5, 6, 7, 65535);

const corrupt =
  (message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(isGeoCropError(error, 'block-corrupt'), String(error));
    assert.match(error.message, message);
    assert.equal(error.context.href, SPEC.href);
    return true;
  };

test('a sparse block is nodata all over', () => {
  assert.deepEqual(decodeBlockSync(SPEC, null), new Uint16Array(8).fill(7));
  assert.deepEqual(
    decodeBlockSync({ ...SPEC, dataType: 'float32', fill: NaN }, null),
    new Float32Array(8).fill(NaN),
  );
  // Also where the compression itself could not be read.
  assert.deepEqual(decodeBlockSync({ ...SPEC, compression: 50001 }, null), new Uint16Array(8).fill(7));
});

test('nodata is cast as GDAL casts it for sparse blocks', () => {
  const level = { width: 4, height: 2, blockWidth: 4, blockHeight: 2, blocksAcross: 1, blocksDown: 1 };
  const header = {
    href: SPEC.href,
    littleEndian: true,
    epsg: null,
    transform: null,
    samplesPerPixel: 1,
    levels: [
      {
        ...level,
        compression: 8,
        predictor: 1,
        planarConfiguration: 1 as const,
        offsets: [0],
        byteCounts: [0],
      },
    ],
  };
  const fill = (dataType: BlockSpec['dataType'], nodata: number | null): number =>
    blockSpec({ ...header, dataType, nodata }, 0).fill;
  assert.deepEqual(
    [
      fill('uint8', -9999),
      fill('uint8', 256),
      fill('int16', -32768),
      fill('uint16', NaN),
      fill('uint16', null),
    ],
    [0, 255, -32768, 0, 0],
  );
  assert.deepEqual([fill('float32', NaN), fill('float64', -Infinity)], [NaN, -Infinity]);
});

test('a block that inflates to too few or too many bytes is corrupt', () => {
  const few = deflateSync(bytesOf(VALUES).subarray(0, 15));
  assert.throws(() => decodeBlockSync(SPEC, few), corrupt(/holds 15 bytes, expected 16/));
  const many = deflateSync(new Uint8Array(17));
  assert.throws(() => decodeBlockSync(SPEC, many), corrupt(/larger than/));
  assert.throws(() => decodeBlockSync(SPEC, new Uint8Array(0)), corrupt(/unexpected end/));
});

test('a deflate bomb ends at the size of the block', () => {
  const bomb = deflateSync(new Uint8Array(64 * 1024 * 1024));
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => decodeBlockSync(SPEC, bomb), corrupt(/larger than/));
  assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
});

test('what follows the stream in a block is not looked at', () => {
  const padded = Buffer.concat([deflateSync(bytesOf(VALUES)), Buffer.alloc(9, 1)]);
  assert.deepEqual(decodeBlockSync(SPEC, padded), VALUES);
});

test('the given bytes are never written to', () => {
  for (const wrap of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array) => Buffer.from(bytes)]) {
    const bytes = wrap(bytesOf(VALUES.slice()));
    const plain = { ...SPEC, compression: 1, predictor: 2, littleEndian: false };
    decodeBlockSync(plain, bytes);
    assert.deepEqual(new Uint8Array(bytes), bytesOf(VALUES));
  }
});

test('the last strip may be short, no other block', () => {
  const half = deflateSync(bytesOf(VALUES.subarray(0, 4).slice()));
  const strip = decodeBlockSync({ ...SPEC, minRows: 1 }, half);
  assert.deepEqual(strip, Uint16Array.of(1, 2, 3, 4, 7, 7, 7, 7));
  assert.throws(() => decodeBlockSync(SPEC, half), corrupt(/expected 16/));
});

test('unknown compressions and predictors are unsupported', async () => {
  for (const spec of [
    { ...SPEC, compression: 50001 },
    { ...SPEC, compression: 34712 },
    { ...SPEC, predictor: 9 },
    { ...SPEC, predictor: 3 },
  ]) {
    await assert.rejects(decodeBlock(spec, deflateSync(bytesOf(VALUES))), (error) =>
      isGeoCropError(error, 'cog-unsupported'),
    );
  }
});

test('LZW: literals, repeats, and codes that are not defined yet', () => {
  const codes = (list: number[]): Uint8Array => {
    let bits = list.map((code) => code.toString(2).padStart(9, '0')).join('');
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
    return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
  };
  // The example of TIFF 6.0 §13: 7 7 7 8 8 7 7 6 6.
  const example = codes([256, 7, 258, 8, 8, 258, 6, 6, 257]);
  assert.deepEqual([...decodeLzw(example, 100)], [7, 7, 7, 8, 8, 7, 7, 6, 6]);
  assert.deepEqual([...decodeLzw(example, 4)], [7, 7, 7, 8]);
  assert.throws(() => decodeLzw(codes([256, 7, 260]), 100), /before it is defined/);
  assert.throws(() => decodeLzw(codes([256, 258]), 100), /before it is defined/);
  assert.deepEqual([...decodeLzw(new Uint8Array(0), 100)], []);
});

test('PackBits: literals, runs, the filler byte, and ends inside a run', () => {
  // The example of Apple's TN1023.
  const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
  const unpacked = 'aa aa aa 80 00 2a aa aa aa aa 80 00 2a 22 aa aa aa aa aa aa aa aa aa aa'.replaceAll(
    ' ',
    '',
  );
  assert.equal(Buffer.from(decodePackBits(Uint8Array.from(packed), 100)).toString('hex'), unpacked);
  assert.deepEqual([...decodePackBits(Uint8Array.of(0x80, 0x00, 5), 100)], [5]);
  assert.deepEqual([...decodePackBits(Uint8Array.of(0x05, 1, 2), 100)], [1, 2]);
  assert.deepEqual([...decodePackBits(Uint8Array.of(0xf0), 100)], []);
  assert.equal(decodePackBits(Uint8Array.of(0x81, 9), 3).length, 3);
});

/** One block of each fixture, compressed and decoded here. */
async function firstBlocks(): Promise<{ name: string; spec: BlockSpec; bytes: Uint8Array }[]> {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith('.tif'));
  const files = Object.fromEntries(
    names.map((name) => [
      fixtureHref(name),
      new Uint8Array(readFileSync(fileURLToPath(new URL(name, FIXTURES)))),
    ]),
  );
  const reader = new CogReader({ source: memorySource(files), store: mapStore() });
  const found = [];
  for (const name of names) {
    const header = await reader.header(fixtureHref(name));
    const block = header.levels[0]?.byteCounts.findIndex((count) => count > 0) ?? -1;
    if (block < 0) continue;
    const [bytes] = await reader.blocks(header, [{ level: 0, block }]);
    if (bytes) found.push({ name, spec: blockSpec(header, 0, block), bytes });
  }
  return found;
}

test('a worker decodes every kind as the main thread does', async (t) => {
  const blocks = await firstBlocks();
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData).then(({ decodeBlock }) => parentPort.on('message', async ({ spec, bytes }) => {
       const array = await decodeBlock(spec, bytes);
       parentPort.postMessage(array, [array.buffer]);
     }));`,
    { eval: true, workerData: new URL('decode.js', import.meta.url).href },
  );
  t.after(() => worker.terminate());
  for (const { name, spec, bytes } of blocks) {
    // Rejects on the worker's error.
    const answer = once(worker, 'message');
    worker.postMessage({ spec, bytes });
    assert.deepEqual((await answer)[0], await decodeBlock(spec, bytes), name);
  }
});

test('without a promise the same, where it is promised', async () => {
  for (const { name, spec, bytes } of await firstBlocks()) {
    if (decodesSync(spec))
      assert.deepEqual(decodeBlockSync(spec, bytes), await decodeBlock(spec, bytes), name);
    else
      assert.throws(
        () => decodeBlockSync(spec, bytes),
        (error) => isGeoCropError(error, 'cog-unsupported'),
      );
  }
});
