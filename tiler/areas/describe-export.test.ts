import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeExport } from './describe-export.js';
import type { ExportSummary } from './export-area.js';

const summary = (there: number, metatiles: Partial<ExportSummary['metatiles']> = {}): ExportSummary => ({
  pixels: { there, all: 1_000_000 },
  metatiles: { all: 4764, there: 4764, stale: 0, missing: 0, damaged: 0, ...metatiles },
});

test('all of it', () => {
  assert.equal(
    describeExport(summary(1_000_000), 'geocrop warm'),
    '100 % of the area: 4,764 of 4,764 metatiles are archived.\n',
  );
});

test('a hole is never rounded away, and comes with what fills it', () => {
  const text = describeExport(
    summary(999_999, { there: 4762, stale: 1, missing: 2, damaged: 1 }),
    'geocrop warm --area zimbabwe.geojson',
  );
  assert.equal(
    text,
    [
      '99.9 % of the area: 4,762 of 4,764 metatiles are archived.',
      "1 metatile of other scenes than today's: computed anew where somebody looks.",
      '1 metatile damaged or gone meanwhile, and counted as missing.',
      'What is missing is nodata.',
      'To have it computed:',
      '  geocrop warm --area zimbabwe.geojson',
      '',
    ].join('\n'),
  );
  assert.doesNotMatch(describeExport(summary(10, { missing: 1 }), null), /computed:/);
});
