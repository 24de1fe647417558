import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { isGeoCropError, type ErrorCode } from '../errors.js';
import { CogReader } from '../windows/cog-reader.js';
import { mapStore, memorySource } from '../windows/testing.js';
import type { Dataset } from './dataset.js';
import { openDataset } from './open-dataset.js';
import { entry, image, text, tiffOf, type Entry } from './tiff-builder.js';

const HREF = 'https://example.test/hostile.tif';
/** Of this process with all of its tests: node itself is a quarter of it. */
const MOST_RESIDENT_BYTES = 640 * 1024 * 1024;

function open(file: Uint8Array): Promise<Dataset> {
  return openDataset(new CogReader({ source: memorySource({ [HREF]: file }), store: mapStore() }), HREF);
}

/** Opens, and reads the first pixel of each level. */
async function readSome(file: Uint8Array): Promise<Dataset> {
  const dataset = await open(file);
  for (const level of dataset.levels.keys()) {
    await dataset.read(level, { column: 0, row: 0, width: 1, height: 1 }, [1]);
  }
  return dataset;
}

async function refused(file: Uint8Array, message: RegExp, ...codes: ErrorCode[]): Promise<void> {
  await assert.rejects(readSome(file), (error) => {
    assert.ok(isGeoCropError(error, ...codes), String(error));
    assert.match(error.message, message);
    assert.equal(error.context.href, HREF);
    return true;
  });
}

const block = new Uint8Array(256).fill(5);
const whole = tiffOf([image(16, 16, 16)], { blocks: block });

after(() => {
  const { maxRSS } = process.resourceUsage();
  assert.ok(maxRSS * 1024 < MOST_RESIDENT_BYTES, `the process had ${maxRSS} kB`);
});

test('the file that the others are made of is read', async () => {
  const dataset = await readSome(whole);
  const { data } = await dataset.read(0, { column: 3, row: 3, width: 2, height: 1 }, [1]);
  assert.deepEqual([...data[0]!], [5, 5]);
});

describe('directories', () => {
  test('that follow each other in a circle', async () => {
    await refused(
      tiffOf([image(16, 16, 16)], { next: ([first = 0]) => first }),
      /more than 256/,
      'cog-malformed',
    );
    const two = tiffOf([image(16, 16, 16), image(8, 8, 16)], { next: ([first = 0]) => first });
    await refused(two, /more than 256/, 'cog-malformed');
  });

  test('a hundred thousand of them', async () => {
    const many = Array.from({ length: 100_000 }, () => [entry(254, 'long', 1)]);
    await refused(tiffOf([image(16, 16, 16), ...many]), /more than 256/, 'cog-malformed');
  });

  test('of sixty thousand entries', async () => {
    const entries = Array.from({ length: 60_000 }, (_, i) => entry(i + 1, 'short', 1));
    await refused(tiffOf([entries]), /60000 entries/, 'cog-malformed');
  });

  test('whose entries all take the same bytes', async () => {
    const same = Array.from({ length: 1000 }, (_, i): Entry => ({
      tag: 40_000 + i,
      type: 'byte',
      values: [],
      count: 20_000,
      offset: 0,
    }));
    const file = new Uint8Array(32_000);
    file.set(tiffOf([image(16, 16, 16, same)]));
    await refused(file, /same bytes/, 'cog-malformed');
  });

  test('whose lists of blocks are all one', async () => {
    const lists = [
      { tag: 324, type: 'long', values: [], count: 3_000_000, offset: 8 },
      { tag: 325, type: 'long', values: [], count: 3_000_000, offset: 8 },
    ] as const;
    const images = Array.from({ length: 4 }, () => image(16, 16, 16, lists));
    await refused(tiffOf(images), /blocks in all/, 'cog-malformed');
  });
});

describe('tags', () => {
  const absurd: readonly (readonly [string, Entry, RegExp])[] = [
    [
      'two billion widths',
      { tag: 256, type: 'long', values: [], count: 0x7fffffff, offset: 8 },
      /ImageWidth/,
    ],
    ['a billion bit counts', { tag: 258, type: 'short', values: [], count: 1e9, offset: 8 }, /BitsPerSample/],
    [
      'a gigabyte of metadata',
      { tag: 42112, type: 'ascii', values: [], count: 2 ** 30, offset: 8 },
      /metadata/,
    ],
    [
      'a million numbers of GeoKeys',
      { tag: 34736, type: 'double', values: [], count: 1e6, offset: 8 },
      /GeoDoubleParams/,
    ],
    [
      'a million GeoKeys',
      { tag: 34735, type: 'short', values: [], count: 4e6, offset: 8 },
      /GeoKeyDirectory/,
    ],
    [
      'a million control points',
      { tag: 33922, type: 'double', values: [], count: 6e6, offset: 8 },
      /ModelTiePoint/,
    ],
    ['five thousand bands', entry(277, 'short', 5000), /5000 samples/],
    ['three billion columns', entry(256, 'long', 3e9), /ImageWidth/],
    ['blocks of gigabytes', entry(322, 'long', 6_000_000), /too large|blocks/],
    ['a block beyond the end of the file', entry(324, 'long', 1e6), /truncated|puts block/],
    ['a block far longer than its pixels', entry(325, 'long', 1e9), /puts block/],
  ];
  for (const [what, lie, message] of absurd) {
    test(what, async () => {
      await refused(
        tiffOf([image(16, 16, 16, [lie])], { blocks: block }),
        message,
        'cog-malformed',
        'cog-unsupported',
      );
    });
  }

  test('an image of 2³¹ columns and rows', async () => {
    const side = 2 ** 31 - 1;
    await refused(tiffOf([image(side, side, 16)], { blocks: block }), /blocks/, 'cog-malformed');
    const strips = image(side, side, 16, [
      entry(278, 'long', 1),
      entry(273, 'long', 8),
      entry(279, 'long', 256),
    ]);
    const stripped = strips.filter(({ tag }) => tag < 322);
    await refused(
      tiffOf([stripped], { blocks: block }),
      /too large|blocks/,
      'cog-malformed',
      'cog-unsupported',
    );
  });

  test('GeoKeys that point everywhere', async () => {
    const keys = Array.from({ length: 500 }, (_, i) => [2048 + i, 34736, 500, i]).flat();
    const file = tiffOf(
      [
        image(16, 16, 16, [
          entry(34735, 'short', 1, 1, 0, 500, ...keys),
          entry(34736, 'double', ...new Array<number>(512).fill(NaN)),
        ]),
      ],
      { blocks: block },
    );
    assert.equal((await readSome(file)).crs, null);
  });

  test('transforms of NaN, infinity and nothing are none', async () => {
    for (const scale of [NaN, Infinity, 0]) {
      const lies = [entry(33550, 'double', scale, scale, 0), entry(33922, 'double', 0, 0, 0, 1, 1, 0)];
      assert.equal((await readSome(tiffOf([image(16, 16, 16, lies)], { blocks: block }))).transform, null);
    }
    const matrix = entry(34264, 'double', ...new Array<number>(16).fill(NaN));
    assert.equal((await readSome(tiffOf([image(16, 16, 16, [matrix])], { blocks: block }))).transform, null);
  });
});

describe('overviews that lie', () => {
  const reduced = (width: number, ...more: Entry[]): Entry[] =>
    image(width, width, 16, [entry(254, 'long', 1), ...more]);

  test('about their size or their bands are left out', async () => {
    const larger = tiffOf(
      [
        image(16, 16, 16),
        reduced(32, entry(324, 'long', 8, 8, 8, 8), entry(325, 'long', 256, 256, 256, 256)),
      ],
      { blocks: block },
    );
    assert.equal((await readSome(larger)).levels.length, 1);
    const wider = tiffOf(
      [image(16, 16, 16), reduced(8, entry(277, 'short', 3), entry(258, 'short', 8, 8, 8))],
      { blocks: block },
    );
    assert.equal((await readSome(wider)).levels.length, 1);
  });

  test('a mask of another size is none', async () => {
    const mask = image(8, 8, 16, [entry(254, 'long', 4)]);
    assert.equal((await readSome(tiffOf([image(16, 16, 16), mask], { blocks: block }))).mask, 'none');
  });
});

describe('blocks that grow', () => {
  const of = (compression: number, bytes: Uint8Array, ...more: Entry[]): Uint8Array =>
    tiffOf(
      [image(16, 16, 16, [entry(259, 'short', compression), entry(325, 'long', bytes.length), ...more])],
      {
        blocks: bytes,
      },
    );

  test('DEFLATE of many times the block', async () => {
    await refused(
      of(8, deflateSync(new Uint8Array(200_000_00))),
      /decoded|puts block/,
      'block-corrupt',
      'cog-malformed',
    );
  });

  test('a JPEG that says 65,535 × 65,535', async () => {
    const frame = Uint8Array.from([
      0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0,
      63, 0,
    ]);
    await refused(of(7, frame), /65535/, 'block-corrupt');
  });

  test('a JPEG of ten thousand scans', async () => {
    const frame = [0xff, 0xd8, 0xff, 0xc2, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0];
    const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0];
    const scans = Array.from({ length: 5000 }, () => scan).flat();
    await refused(of(7, Uint8Array.from([...frame, ...scans])), /5000 scans/, 'block-corrupt');
  });

  test('a WebP that is no picture, or one of another size', async () => {
    const rgb = [entry(277, 'short', 3), entry(258, 'short', 8, 8, 8), entry(262, 'short', 2)];
    await refused(of(50001, new Uint8Array(100).fill(0x52), ...rgb), /decoded/, 'block-corrupt');
    const { default: sharp } = await import('sharp');
    const large = await sharp({ create: { width: 3000, height: 3000, channels: 3, background: 'red' } })
      .webp()
      .toBuffer();
    const bytes = new Uint8Array(large);
    await refused(
      tiffOf([image(64, 64, 64, [entry(259, 'short', 50001), entry(325, 'long', bytes.length), ...rgb])], {
        blocks: bytes,
      }),
      /decoded/,
      'block-corrupt',
    );
  });
});

describe('metadata', () => {
  const withMetadata = (xml: string): Uint8Array =>
    tiffOf([image(16, 16, 16, [text(42112, xml)])], { blocks: block });

  test('a hundred thousand elements deep', async () => {
    const deep = `${'<Item name="a">'.repeat(100_000)}x`;
    assert.deepEqual((await readSome(withMetadata(deep))).metadata, {});
  });

  test('of items that never end, and of ends that never come', async () => {
    await readSome(withMetadata('<Item '.repeat(300_000)));
    await readSome(withMetadata(`${'<Item name="a" '.repeat(100_000)}>`));
    await readSome(withMetadata('&amp;'.repeat(400_000)));
  });

  test('of too many items is refused', async () => {
    await refused(
      withMetadata('<Item name="a">1</Item>'.repeat(20_001)),
      /items of metadata/,
      'cog-malformed',
    );
  });

  test('entities of its own are not resolved', async () => {
    const xml = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><Item name="T">&a;&#x110000;&lt;</Item>';
    assert.equal((await readSome(withMetadata(xml))).metadata['T'], '&a;&#x110000;<');
  });
});

describe('windows', () => {
  test('that need too much are refused before anything is allocated', async () => {
    const blocks = (30_000 / 16) ** 2;
    assert.ok(blocks < 4_000_000);
    const offsets: Entry = { tag: 324, type: 'long', values: new Array<number>(1875 * 1875).fill(0) };
    const counts: Entry = { tag: 325, type: 'byte', values: new Array<number>(1875 * 1875).fill(0) };
    const dataset = await open(tiffOf([image(30_000, 30_000, 16, [offsets, counts])]));
    await assert.rejects(
      dataset.read(0, { column: 0, row: 0, width: 30_000, height: 30_000 }, [1]),
      (error) => isGeoCropError(error, 'area-too-large'),
    );
    await dataset.read(0, { column: 29_000, row: 29_000, width: 1000, height: 1000 }, [1]);
  });

  test('outside the level are the caller’s mistake', async () => {
    const dataset = await open(whole);
    for (const window of [
      { column: 0, row: 0, width: 17, height: 1 },
      { column: -1, row: 0, width: 1, height: 1 },
      { column: 0.5, row: 0, width: 1, height: 1 },
      { column: 0, row: 0, width: 0, height: 1 },
    ]) {
      await assert.rejects(dataset.read(0, window, [1]), RangeError);
    }
    await assert.rejects(dataset.read(1, { column: 0, row: 0, width: 1, height: 1 }, [1]), RangeError);
    await assert.rejects(dataset.read(0, { column: 0, row: 0, width: 1, height: 1 }, [2]), RangeError);
  });
});
