import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { GeoCropError, isGeoCropError } from '../errors.js';
import { CogReader } from './cog-reader.js';
import { blockSpec, decodeBlock } from './decode.js';
import { FIXTURES } from './fixtures/fixtures.js';
import { readLevel, type LevelPixels } from './read-level.js';
import { mapStore, memorySource } from './testing.js';

const HREF = 'https://example.test/broken.tif';
/** Levels that a damaged header makes larger than this are sampled by their first block. */
const MOST_PIXELS = 1_000_000;

/** Everything that can be read of a file; throws only GeoCropError. */
async function readAll(file: Uint8Array): Promise<(LevelPixels | null)[]> {
  const reader = new CogReader({ source: memorySource({ [HREF]: file }), store: mapStore() });
  const header = await reader.header(HREF);
  const read = [];
  for (const [level, { width, height, blockWidth, blockHeight }] of header.levels.entries()) {
    if (width * height * header.samplesPerPixel > MOST_PIXELS) {
      const [bytes = null] = await reader.blocks(header, [{ level, block: 0 }]);
      const spec = blockSpec(header, level, 0);
      const block = await decodeBlock(spec, bytes);
      assert.equal(block.length, blockWidth * blockHeight * spec.samples);
      read.push(null);
      continue;
    }
    const pixels = await readLevel(reader, HREF, level);
    assert.equal(pixels.data.length, width * height * header.samplesPerPixel);
    read.push(pixels);
  }
  return read;
}

const CODES = ['cog-malformed', 'cog-unsupported', 'block-corrupt'] as const;

/** What was read, or the error's code. Anything that is not ours fails the test, saying which damage did it. */
async function outcome(
  file: Uint8Array,
  damage: string,
): Promise<(typeof CODES)[number] | (LevelPixels | null)[]> {
  try {
    return await readAll(file);
  } catch (error) {
    for (const code of CODES) {
      if (!isGeoCropError(error, code)) continue;
      assert.equal(error.context.href, HREF, `${damage}: ${error.message} names the file`);
      return code;
    }
    throw new Error(`${damage}: ${String(error)}`, { cause: error });
  }
}

/** The layout file holds no block. */
const fixtures = readdirSync(FIXTURES).filter((name) => name.endsWith('.tif') && !name.startsWith('layout-'));
const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(name, FIXTURES))));

/** Numbers in [0, 1), the same at every run: xorshift32 (Marsaglia 2003). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('a truncated file', () => {
  for (const name of fixtures) {
    test(name, async () => {
      await cutEverywhere(bytesOf(name), 40, name);
    });
  }
});

/** A cut file is refused, or gives the very pixels of the whole one: what was cut off was not theirs (a mask, a comment). */
async function cutEverywhere(whole: Uint8Array, pieces: number, name: string): Promise<void> {
  const intact = await readAll(whole);
  const lengths = new Set([0, 1, 4, 8, 9, 100, whole.length - 1]);
  for (let i = 1; i < pieces; i += 1) lengths.add(Math.floor((whole.length * i) / pieces));
  let refused = 0;
  for (const length of lengths) {
    const cut = await outcome(whole.slice(0, length), `${name} cut to ${length}`);
    if (typeof cut === 'string') refused += 1;
    else assert.deepEqual(cut, intact, `${name} cut to ${length}`);
  }
  assert.ok(refused > lengths.size / 3, `${refused} of ${lengths.size} cuts were refused`);
}

describe('a file with flipped bytes', () => {
  for (const [i, name] of fixtures.entries()) {
    test(name, async () => {
      const random = seeded(i + 1);
      const whole = bytesOf(name);
      for (let mutation = 0; mutation < 30; mutation += 1) {
        const file = whole.slice();
        const flips = 1 + Math.floor(random() * 8);
        // Half of them in the header, where a byte does most.
        const reach = mutation % 2 === 0 ? Math.min(600, file.length) : file.length;
        for (let flip = 0; flip < flips; flip += 1) {
          const at = Math.floor(random() * reach);
          file[at] = Math.floor(random() * 256);
        }
        await outcome(file, `${name}, mutation ${mutation}`);
      }
    });
  }
});

describe('blocks with flipped bytes', () => {
  for (const name of fixtures) {
    test(name, async () => {
      const random = seeded(77);
      const reader = new CogReader({ source: memorySource({ [HREF]: bytesOf(name) }), store: mapStore() });
      const header = await reader.header(HREF);
      const block = header.levels[0]?.byteCounts.findIndex((count) => count > 0) ?? 0;
      const [bytes] = await reader.blocks(header, [{ level: 0, block }]);
      assert.ok(bytes);
      const spec = blockSpec(header, 0, block);
      for (let mutation = 0; mutation < 60; mutation += 1) {
        const damaged: Uint8Array = bytes.slice(
          0,
          mutation % 3 === 0 ? Math.floor(random() * bytes.length) : bytes.length,
        );
        for (let flip = 0; flip < 1 + (mutation % 5) && damaged.length > 0; flip += 1) {
          damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
        }
        try {
          assert.equal(
            (await decodeBlock(spec, damaged)).length,
            spec.blockWidth * spec.blockHeight * spec.samples,
          );
        } catch (error) {
          assert.ok(error instanceof GeoCropError && isGeoCropError(error, ...CODES), String(error));
        }
      }
    });
  }
});

test('a COG of another project, cut at many lengths', async (t: TestContext) => {
  const file = resolve('../shared/data/cogs/rio-tiler/web.tif');
  if (!existsSync(file)) {
    t.skip('needs ../shared/data/cogs');
    return;
  }
  await cutEverywhere(new Uint8Array(readFileSync(file)), 12, file);
});

test('a cut inside a block says truncated', async () => {
  const whole = bytesOf('uint16-deflate-2.tif');
  const source = memorySource({ [HREF]: whole });
  const reader = new CogReader({ source, store: mapStore() });
  const header = await reader.header(HREF);
  const [offset = 0] = header.levels[0]?.offsets ?? [];
  const cut = new CogReader({
    source: memorySource({ [HREF]: whole.slice(0, offset + 10) }),
    store: mapStore(),
  });
  // With the header known, and when it is read from what is left.
  await assert.rejects(cut.blocks(header, [{ level: 0, block: 0 }]), (error) => {
    assert.ok(isGeoCropError(error, 'block-corrupt'));
    assert.match(error.message, /truncated/);
    return true;
  });
  await assert.rejects(cut.header(HREF), (error) => isGeoCropError(error, 'cog-malformed'));
});

test('a chain of IFDs that bites its tail ends', async () => {
  const file = bytesOf('uint16-deflate-1.tif');
  const view = new DataView(file.buffer);
  const ifd = view.getUint32(4, true);
  const entries = view.getUint16(ifd, true);
  view.setUint32(ifd + 2 + entries * 12, ifd, true);
  await assert.rejects(readAll(file), (error) => {
    assert.ok(isGeoCropError(error, 'cog-malformed'));
    assert.match(error.message, /images/);
    return true;
  });
});

/** Sets the value of a short or long tag of the first IFD (classic, little-endian). */
function withTag(
  file: Uint8Array,
  tag: number,
  value: number,
  field: 'count' | 'value' = 'value',
): Uint8Array {
  const view = new DataView(file.buffer);
  const ifd = view.getUint32(4, true);
  for (let i = 0; i < view.getUint16(ifd, true); i += 1) {
    const at = ifd + 2 + i * 12;
    if (view.getUint16(at, true) !== tag) continue;
    view.setUint32(at + (field === 'count' ? 4 : 8), value, true);
    return file;
  }
  throw new Error(`no tag ${tag}`);
}

test('absurd tags are malformed or unsupported, and cost no memory', async () => {
  const cases: [string, number, number, 'count' | 'value', RegExp][] = [
    ['no width', 256, 0, 'value', /ImageWidth/],
    ['huge width', 256, 0xffff, 'value', /blocks/],
    ['no tile width', 322, 0, 'value', /TileWidth/],
    ['huge tiles', 322, 0xffff, 'value', /blocks|too large/],
    ['planar 3', 284, 3, 'value', /planar/],
    ['12 bits', 258, 12, 'value', /12 bits/],
    ['fewer offsets', 324, 2, 'count', /offsets/],
    ['huge offset count', 324, 0x7fffffff, 'count', /2147483647 values/],
    ['offsets beyond the file', 324, 0x7ffffff0, 'value', /read|offsets/],
    ['no samples', 277, 0, 'value', /samples/],
  ];
  for (const [what, tag, value, field, message] of cases) {
    await assert.rejects(readAll(withTag(bytesOf('uint16-deflate-1.tif'), tag, value, field)), (error) => {
      assert.ok(isGeoCropError(error, 'cog-malformed', 'cog-unsupported'), `${what}: ${String(error)}`);
      assert.match(error.message, message, what);
      return true;
    });
  }
});

test('what is no TIFF is malformed', async () => {
  const texts = [
    '',
    'I',
    'II',
    '<!DOCTYPE html><html><body>Not found</body></html>',
    '\x89PNG\r\n\x1a\n',
    '%PDF-1.7',
  ];
  for (const text of texts) {
    assert.equal(await outcome(new TextEncoder().encode(text.padEnd(2000, ' ')), text), 'cog-malformed');
    assert.equal(await outcome(new TextEncoder().encode(text), text), 'cog-malformed');
  }
});
