import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { FinalTile, TileTier } from './tile-tier.js';

/** A tile of its own for each name: ETag and bytes follow from it, so that a mix-up is seen. @param size bytes */
export function testTile(name: string, size = 1000): FinalTile {
  const digest = createHash('sha256').update(name).digest();
  return {
    etag: `"${digest.toString('hex').slice(0, 32)}"`,
    body: Uint8Array.from({ length: size }, (_, at) => (digest[at % 32] ?? 0) ^ (at >> 5)),
    contentType: 'image/tiff; application=geotiff',
    state: 'final',
    lastModified: new Date(1_653_724_800_000 + (digest[0] ?? 0) * 1000),
  };
}

export interface TierUnderTest {
  readonly tier: TileTier;
  readonly close: () => Promise<void>;
}

/**
 * What every tier of tiles keeps to. Each test gets one without tiles.
 * @param make a tier that keeps tiles below `quotaBytes`; also says how to take it away again
 */
export function tileTierConformance(
  name: string,
  make: (options: { readonly quotaBytes: number }) => Promise<TierUnderTest>,
): void {
  const check = (what: string, run: (tier: TileTier) => Promise<void>, quotaBytes = 2 ** 24): void => {
    test(`${name}: ${what}`, async () => {
      const { tier, close } = await make({ quotaBytes });
      try {
        await run(tier);
      } finally {
        await close();
      }
    });
  };

  check('what was put there comes back, bytes and headers', async (tier) => {
    const tile = testTile('a');
    await tier.set(tile);
    assert.deepEqual(await tier.get(tile.etag), tile);
    assert.deepEqual(await tier.get(tile.etag), tile, 'as often as it is asked for');
  });

  check('empty bodies, large ones, no date and any content type', async (tier) => {
    const tiles: FinalTile[] = [
      testTile('empty', 0),
      testTile('large', 700_001),
      { ...testTile('undated'), lastModified: null },
      { ...testTile('typed'), contentType: 'application/x-größe; a="ü"' },
    ];
    for (const tile of tiles) await tier.set(tile);
    for (const tile of tiles) assert.deepEqual(await tier.get(tile.etag), tile);
  });

  check('what is not there is undefined', async (tier) => {
    await tier.set(testTile('a'));
    assert.equal(await tier.get(testTile('b').etag), undefined);
  });

  check('the last of one ETag stays', async (tier) => {
    const tile = testTile('a');
    await tier.set(tile);
    const other = { ...tile, body: testTile('b', 2000).body };
    await tier.set(other);
    assert.deepEqual(await tier.get(tile.etag), other);
  });

  check('many at once, none taken for another', async (tier) => {
    const tiles = Array.from({ length: 200 }, (_, at) => testTile(`tile ${at}`, 500 + at));
    await Promise.all(tiles.map((tile) => tier.set(tile)));
    const back = await Promise.all(tiles.map(({ etag }) => tier.get(etag)));
    assert.deepEqual(back, tiles);
  });

  check(
    'its bytes stay below the quota, whatever comes',
    async (tier) => {
      for (let at = 0; at < 100; at += 1) {
        const tile = testTile(`tile ${at}`, 3_000 + ((at * 997) % 3_000));
        await tier.set(tile);
        assert.deepEqual(await tier.get(tile.etag), tile, 'the newest is there');
        assert.ok((tier.stats().bytes ?? 0) <= 65_536);
      }
      const back = await Promise.all(
        Array.from({ length: 100 }, (_, at) => tier.get(testTile(`tile ${at}`).etag)),
      );
      const kept = back.filter((tile) => tile !== undefined);
      const bytes = kept.reduce((sum, { body }) => sum + body.byteLength, 0);
      assert.ok(bytes <= 65_536 && bytes > 32_768, `${kept.length} tiles, ${bytes} bytes`);
    },
    65_536,
  );

  check(
    'a tile that is larger than the quota is not kept, and pushes nothing out',
    async (tier) => {
      await tier.set(testTile('small', 100));
      await tier.set(testTile('large', 20_000));
      assert.equal(await tier.get(testTile('large').etag), undefined);
      assert.notEqual(await tier.get(testTile('small').etag), undefined);
    },
    16_384,
  );

  check('hits, misses and writes are counted', async (tier) => {
    await tier.get(testTile('a').etag);
    await tier.set(testTile('a'));
    await tier.get(testTile('a').etag);
    await tier.get(testTile('a').etag);
    const { hits, misses, written, dropped, damaged, reads, writes } = tier.stats();
    assert.deepEqual(
      { hits, misses, written, dropped, damaged },
      { hits: 2, misses: 1, written: 1, dropped: 0, damaged: 0 },
    );
    assert.deepEqual([reads, writes], Array(2).fill({ failures: 0, skipped: 0 }));
  });

  check('what is asked after its end has nothing, and does not throw', async (tier) => {
    await tier.set(testTile('a'));
    await tier.close();
    await tier.get(testTile('b').etag);
    await tier.set(testTile('b'));
  });
}
