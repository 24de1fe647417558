import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { MajorityInput } from './majority.js';
import { majorityFilter } from './majority.js';

/** The definition, word by word. */
function plainMajority({ classes, width, height, kernel, halo }: MajorityInput): Uint8Array {
  const radius = Math.max(0, kernel - 1) / 2;
  const out: number[] = [];
  for (let y = halo; y < height - halo; y++) {
    for (let x = halo; x < width - halo; x++) {
      const own = classes[y * width + x]!;
      const votes = new Map<number, number>();
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) {
          if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
          const id = classes[(y + dy) * width + x + dx]!;
          if (id !== 255) votes.set(id, (votes.get(id) ?? 0) + 1);
        }
      }
      const most = Math.max(...votes.values());
      const winners = [...votes].filter(([, n]) => n === most).map(([id]) => id);
      out.push(own === 255 || winners.includes(own) ? own : Math.min(...winners));
    }
  }
  return Uint8Array.from(out);
}

/** Seeded noise: `ids` in patches, some nodata. */
function map(width: number, height: number, ids: readonly number[], seed: number): Uint8Array {
  let state = seed;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    if (random() < 0.1) return 255;
    const patch = Math.floor((i % width) / 4) + Math.floor(i / width / 3);
    return ids[random() < 0.6 ? patch % ids.length : Math.floor(random() * ids.length)]!;
  });
}

const KERNELS = [0, 3, 5, 7] as const;

describe('equals the plain filter', () => {
  for (const kernel of KERNELS) {
    test(`kernel ${kernel}`, () => {
      const cases: [number, number, number[], number][] = [
        [40, 31, [0, 1, 2], 0],
        [40, 31, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3],
        [33, 47, [9, 8, 254, 0, 100], 2],
        [9, 9, [3, 1, 2], 1],
        [1, 20, [0, 1], 0],
        [2, 2, [0, 1], 0],
        [6, 6, [0, 1], 3],
      ];
      for (const [width, height, ids, halo] of cases) {
        for (const seed of [1, 2, 3]) {
          const input = { classes: map(width, height, ids, seed), width, height, kernel, halo };
          assert.deepEqual(majorityFilter(input), plainMajority(input), `${width} × ${height}, halo ${halo}`);
        }
      }
    });
  }
});

describe('seams', () => {
  for (const kernel of KERNELS) {
    test(`kernel ${kernel}: the filter of a crop with halo is the crop of the filter`, () => {
      const [width, height, halo, size] = [60, 52, 3, 16];
      const classes = map(width, height, [0, 1, 2, 3], 7);
      const whole = majorityFilter({ classes, width, height, kernel, halo });
      const side = size + 2 * halo;
      for (const [x0, y0] of [
        [0, 0],
        [16, 16],
        [38, 30],
      ] as const) {
        const crop = new Uint8Array(side * side);
        for (let y = 0; y < side; y++) {
          crop.set(classes.subarray((y0 + y) * width + x0, (y0 + y) * width + x0 + side), y * side);
        }
        const part = majorityFilter({ classes: crop, width: side, height: side, kernel, halo });
        for (let y = 0; y < size; y++) {
          const row = (y0 + y) * (width - 2 * halo) + x0;
          assert.deepEqual(part.subarray(y * size, (y + 1) * size), whole.subarray(row, row + size));
        }
      }
    });
  }
});

test('kernel 0 is the identity', () => {
  const classes = map(13, 7, [0, 5, 9], 4);
  assert.deepEqual(majorityFilter({ classes, width: 13, height: 7, kernel: 0, halo: 0 }), classes);
});

test('ties: what the pixel has, else the lowest id', () => {
  const three = (ids: number[]) =>
    majorityFilter({ classes: Uint8Array.from(ids), width: 3, height: 3, kernel: 3, halo: 1 })[0];
  assert.equal(three([1, 1, 1, 1, 2, 2, 2, 2, 255]), 2);
  assert.equal(three([4, 4, 4, 3, 9, 3, 3, 3, 4]), 3);
  assert.equal(three([7, 7, 255, 255, 255, 7, 7, 7, 7]), 255);
});

test('lengths are checked', () => {
  const classes = new Uint8Array(9);
  assert.throws(
    () => majorityFilter({ classes, width: 3, height: 4, kernel: 3, halo: 0 }),
    /got 9 values, expected 12/,
  );
  assert.throws(() => majorityFilter({ classes, width: 3, height: 3, kernel: 3, halo: 2 }), /halo: got 2/);
});
