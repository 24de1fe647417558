import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorMatrixOf } from './card-matrix.js';

const CLASSES = ['maize', 'water'];
const matrix = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  confusionMatrix: {
    rows: 'truth',
    columns: 'map',
    classes: CLASSES,
    pixels: [
      [8, 2],
      [1, 9],
    ],
    ...more,
  },
});

describe('the confusion matrix of a card', () => {
  test('comes by mapped class, whichever side the card has it on', () => {
    assert.deepEqual(errorMatrixOf(matrix(), CLASSES), {
      samples: [
        [8, 1],
        [2, 9],
      ],
      total: 20,
    });
    assert.deepEqual(errorMatrixOf(matrix({ rows: 'map', columns: 'truth' }), CLASSES), {
      samples: [
        [8, 2],
        [1, 9],
      ],
      total: 20,
    });
  });

  test('is matched by name, not by place', () => {
    assert.deepEqual(errorMatrixOf(matrix(), ['water', 'maize']), {
      samples: [
        [9, 2],
        [1, 8],
      ],
      total: 20,
    });
  });

  test('is refused with the reason where it is not what it says', () => {
    const reason = (card: Record<string, unknown>): string => {
      const found = errorMatrixOf(card, CLASSES);
      return 'reason' in found ? found.reason : 'none';
    };
    assert.match(reason({}), /no confusion matrix/);
    assert.match(reason(matrix({ rows: undefined })), /which side/);
    assert.match(reason(matrix({ columns: 'truth' })), /which side/);
    assert.match(reason(matrix({ pixels: [[1, 2]] })), /malformed/);
    assert.match(
      reason(
        matrix({
          pixels: [
            [0.5, 0.5],
            [0, 1],
          ],
        }),
      ),
      /malformed/,
    );
    assert.match(reason(matrix({ classes: ['maize', 'rice'] })), /rice, water/);
  });

  test('of the model that comes with GeoCrop is read: the card’s accuracy is its diagonal', () => {
    const bundle = JSON.parse(readFileSync(join('models', 'Ensemble', 'bundle.json'), 'utf8')) as {
      card: { accuracy: number; perClass: Record<string, { precision: number }> };
    };
    const { classes } = JSON.parse(
      readFileSync(join('models', 'Ensemble', 'label_encoder.json'), 'utf8'),
    ) as { classes: string[] };
    const found = errorMatrixOf(bundle.card, classes);
    assert.ok('samples' in found);
    const right = found.samples.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
    assert.equal(Number((right / found.total).toFixed(4)), bundle.card.accuracy);
    // Precision is of what the map says: its rows are the mapped classes.
    for (const [at, row] of found.samples.entries()) {
      const said = row.reduce((sum, count) => sum + count, 0);
      const precision = bundle.card.perClass[classes[at] ?? '']?.precision;
      assert.equal(Number(((row[at] ?? 0) / said).toFixed(4)), precision, classes[at]);
    }
  });
});
