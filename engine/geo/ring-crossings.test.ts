import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Position } from 'geojson';
import { findCrossing } from './ring-crossings.js';

const SQUARE: Position[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [0, 0],
];

/** Every pair of edges, in exact arithmetic: for whole coordinates. */
function crossesExactly(ring: readonly Position[]): boolean {
  const side = (a: Position, b: Position, p: Position): bigint => {
    const n = (value: number | undefined): bigint => BigInt(value ?? 0);
    return (n(b[0]) - n(a[0])) * (n(p[1]) - n(a[1])) - (n(b[1]) - n(a[1])) * (n(p[0]) - n(a[0]));
  };
  const opposite = (a: bigint, b: bigint): boolean => (a > 0n && b < 0n) || (a < 0n && b > 0n);
  const edges = ring.slice(1).map((to, at) => [ring[at] ?? to, to] as const);
  return edges.some(([a, b], at) =>
    edges
      .slice(at + 1)
      .some(([c, d]) => opposite(side(a, b, c), side(a, b, d)) && opposite(side(c, d, a), side(c, d, b))),
  );
}

describe('where an outline crosses itself', () => {
  test('a bow tie, in its middle', () => {
    const bow: Position[] = [
      [0, 0],
      [2, 2],
      [2, 0],
      [0, 2],
      [0, 0],
    ];
    assert.deepEqual(findCrossing([bow]), { lon: 1, lat: 1 });
  });

  test('a hole that leaves its outer ring', () => {
    const hole = SQUARE.map(([x = 0, y = 0]): Position => [x + 0.5, y + 0.25]);
    assert.notEqual(findCrossing([SQUARE, hole]), null);
    const inside = SQUARE.map(([x = 0, y = 0]): Position => [0.25 + x / 2, 0.25 + y / 2]);
    assert.equal(findCrossing([SQUARE, inside]), null);
  });

  test('to touch is no crossing: a corner on an edge, an edge on an edge, an edge there and back', () => {
    const diamond: Position[] = [
      [0.5, 0],
      [1, 0.5],
      [0.5, 1],
      [0, 0.5],
      [0.5, 0],
    ];
    assert.equal(findCrossing([SQUARE, diamond]), null);
    assert.equal(findCrossing([SQUARE, SQUARE]), null);
    const spike: Position[] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [1.5, 1],
      [1, 1],
      [0, 1],
      [0, 0],
    ];
    assert.equal(findCrossing([spike]), null);
  });

  test('is what comparing all pairs of edges exactly says', () => {
    let random = 12345;
    const next = (below: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return (random >>> 8) % below;
    };
    let crossed = 0;
    for (let round = 0; round < 400; round += 1) {
      const ring: Position[] = Array.from({ length: 3 + next(6) }, () => [next(9), next(9)]);
      ring.push(ring[0] ?? [0, 0]);
      const exact = crossesExactly(ring);
      crossed += exact ? 1 : 0;
      assert.equal(findCrossing([ring]) !== null, exact, JSON.stringify(ring));
    }
    assert.ok(crossed > 50 && crossed < 380, `${crossed} of 400 cross`);
  });
});
