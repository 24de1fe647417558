import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { seal } from './block-envelope.js';
import { sealTile, unsealTile } from './tile-envelope.js';
import { testTile } from './tile-tier.conformance.js';

const TILE = testTile('a', 300);

/** A head and a body under a good checksum, as another version or another program might have written them. */
function sealed(head: string, body = Buffer.alloc(3)): Buffer {
  const value = sealTile(TILE);
  const rest = Buffer.alloc(4);
  rest.writeUInt32LE(Buffer.byteLength(head));
  const checked = Buffer.concat([rest, Buffer.from(head), body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(checked));
  return Buffer.concat([value.subarray(0, 4), sum, checked]);
}

test('a sealed tile opens as it was, in memory of its own', () => {
  const opened = unsealTile(sealTile(TILE), TILE.etag);
  assert.deepEqual(opened, TILE);
  assert.equal(opened?.body.buffer.byteLength, TILE.body.byteLength);
});

test('with any one bit another it does not open', () => {
  const value = sealTile(TILE);
  for (let bit = 0; bit < value.length * 8; bit += 1) {
    const damaged = Buffer.from(value);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(unsealTile(damaged, TILE.etag), undefined, `bit ${bit}`);
  }
});

test('cut anywhere, or longer, it does not open', () => {
  const value = sealTile(TILE);
  for (let end = 0; end < value.length; end += 1) {
    assert.equal(unsealTile(value.subarray(0, end), TILE.etag), undefined, `${end} bytes`);
  }
  assert.equal(unsealTile(Buffer.concat([value, Buffer.alloc(1)]), TILE.etag), undefined);
});

test('another tile, a block and a stranger’s value are none', () => {
  assert.equal(unsealTile(sealTile(testTile('b')), TILE.etag), undefined);
  assert.equal(unsealTile(Buffer.from(seal(TILE.body)), TILE.etag), undefined);
  assert.equal(unsealTile(Buffer.from('{"user":1}'), TILE.etag), undefined);
});

test('a head that says something else is none, whole as it is', () => {
  const head = { etag: TILE.etag, contentType: 'image/png', state: 'final', lastModified: null };
  assert.deepEqual(unsealTile(sealed(JSON.stringify(head)), TILE.etag)?.body, new Uint8Array(3));
  const others: unknown[] = [
    { ...head, state: 'incomplete' },
    { ...head, etag: null },
    { ...head, lastModified: 'yesterday' },
    { ...head, contentType: 1 },
    null,
    [],
    'final',
  ];
  for (const other of others) {
    assert.equal(unsealTile(sealed(JSON.stringify(other)), TILE.etag), undefined, JSON.stringify(other));
  }
  assert.equal(unsealTile(sealed('{"etag":'), TILE.etag), undefined);
});
