import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothComplete, classChanges } from './class-changes.js';
import type { AreaStatistics } from './statistics.js';

function statistics(hectares: Readonly<Record<string, number>>, notComputed = 0): AreaStatistics {
  return {
    classes: Object.entries(hectares).map(([name, value], id) => ({
      ...{ id, name, color: '#aabbcc', pixels: value * 100, hectares: value },
    })),
    completeness: { notComputed: { pixels: notComputed } },
  } as unknown as AreaStatistics;
}

test('classes are matched by name, whatever their ids; the largest on either map comes first', () => {
  const changes = classChanges(
    statistics({ maize: 10, tobacco: 3, fallow: 0, water: 0 }),
    statistics({ water: 0, fallow: 20, tobacco: 0, maize: 12 }),
  );
  assert.deepEqual(
    changes?.map(({ name, hectares }) => [name, ...hectares]),
    [
      ['fallow', 0, 20],
      ['maize', 10, 12],
      ['tobacco', 3, 0],
    ],
  );
});

test('maps of other classes have no change, also where one has all of the other’s', () => {
  assert.equal(classChanges(statistics({ maize: 1 }), statistics({ crops: 1 })), null);
  assert.equal(classChanges(statistics({ maize: 1 }), statistics({ maize: 1, fallow: 1 })), null);
  assert.equal(classChanges(statistics({ maize: 1, fallow: 1 }), statistics({ maize: 1 })), null);
});

test('what is not computed on one of them keeps a change from being told', () => {
  assert.equal(bothComplete(statistics({ maize: 1 }), statistics({ maize: 1 })), true);
  assert.equal(bothComplete(statistics({ maize: 1 }), statistics({ maize: 1 }, 5)), false);
});
