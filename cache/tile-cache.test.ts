import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TileCache } from './tile-cache.js';

const tile = (size: number): { body: Uint8Array } => ({ body: new Uint8Array(size) });

describe('tiles in memory', () => {
  it('stay below their bytes; the least lately used go first', () => {
    const cache = new TileCache({ maxBytes: 10 * 2048 });
    for (let at = 0; at < 10; at++) cache.set(`t${at}`, tile(1024));
    assert.equal(cache.count, 10);
    cache.get('t0');
    cache.set('t10', tile(1024));
    assert.ok(cache.bytes <= 10 * 2048);
    assert.notEqual(cache.get('t0'), undefined);
    assert.equal(cache.get('t1'), undefined);
  });

  it('that are too large are not kept', () => {
    const cache = new TileCache({ maxBytes: 4096 });
    cache.set('large', tile(5000));
    assert.equal(cache.get('large'), undefined);
    assert.equal(cache.bytes, 0);
  });

  it('are forgotten when their time is over, others not', () => {
    let now = 1000;
    const cache = new TileCache({ maxBytes: 2 ** 20, now: () => now });
    cache.set('short', tile(1), 60_000);
    cache.set('long', tile(1));
    now += 60_000;
    assert.notEqual(cache.get('short'), undefined);
    now += 1;
    assert.equal(cache.get('short'), undefined);
    now += 1e9;
    assert.notEqual(cache.get('long'), undefined);
  });

  it('need no memory where there is none', () => {
    const cache = new TileCache({ maxBytes: 0 });
    cache.set('a', tile(1));
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.bytes, 0);
  });
});
