import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Polygon } from 'geojson';
import type { Drawing } from '../panel-host.js';
import { DrawingTool } from './drawing-tool.js';

/** A screen of 100 pixels a degree. */
function bench() {
  const areas: Polygon[] = [];
  const drawings: Drawing[] = [];
  const tool = new DrawingTool(
    (lon, lat) => [lon * 100, -lat * 100],
    (drawing) => drawings.push(drawing),
    (area) => areas.push(area),
  );
  return { tool, areas, drawings };
}

test('corners become a closed ring when the first is clicked again', () => {
  const { tool, areas } = bench();
  tool.start();
  for (const corner of [[30, -18] as const, [31, -18] as const, [31, -19] as const]) tool.add(corner);
  tool.add([30.01, -18.01]);
  assert.deepEqual(areas, [
    {
      type: 'Polygon',
      coordinates: [
        [
          [30, -18],
          [31, -18],
          [31, -19],
          [30, -18],
        ],
      ],
    },
  ]);
  assert.equal(tool.drawing, null);
});

test('a double click is a corner and the end of it, not two corners', () => {
  const { tool, areas } = bench();
  tool.start();
  for (const corner of [[30, -18] as const, [31, -18] as const]) tool.add(corner);
  tool.add([31, -18]);
  assert.equal(tool.drawing?.corners.length, 2, 'two corners are no area yet');
  tool.add([31, -19]);
  tool.add([31, -19]);
  assert.equal(areas[0]?.coordinates[0]?.length, 4);
});

test('fewer than three corners are no area', () => {
  const { tool, areas } = bench();
  tool.start();
  tool.add([30, -18]);
  tool.add([31, -18]);
  tool.finish();
  assert.deepEqual(areas, []);
  assert.equal(tool.drawing, null);
});

test('the last corner can be taken back, and all of it given up', () => {
  const { tool, areas, drawings } = bench();
  tool.start();
  tool.add([30, -18]);
  tool.add([31, -18]);
  assert.ok(tool.key('Backspace'));
  assert.deepEqual(tool.drawing?.corners, [[30, -18]]);
  assert.ok(!tool.key('Enter'));
  assert.ok(tool.key('Escape'));
  assert.equal(drawings.at(-1), null);
  tool.add([30, -18]);
  assert.equal(tool.drawing, null, 'a click while nobody draws is no corner');
  assert.deepEqual(areas, []);
  assert.ok(!tool.key('Escape'));
});
