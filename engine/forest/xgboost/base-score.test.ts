import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JsonValue } from '../model-json.js';
import { readObjective } from './objective.js';

/** What XGBoost 3.2.0 adds: `predict(output_margin=True)` less the leaf of a booster of single leaves. */
const MARGINS: readonly (readonly [base: number, margin: number])[] = [
  [0, -13.81551],
  [1e-9, -13.81551],
  [1e-6, -13.81551],
  [2e-6, -13.122361],
  [0.9999, 9.210175],
  [0.99999, 11.511568],
  [0.999999, 13.74516],
  [1, 13.74516],
];

for (const [base, margin] of MARGINS) {
  test(`a base score of ${base} is the margin ${margin}`, () => {
    const document = {
      learner_model_param: { base_score: `[${base}]`, num_class: '0' },
      objective: { name: 'binary:logistic' },
    };
    const value = JsonValue.parse(new TextEncoder().encode(JSON.stringify(document)), 'm.json');
    const [ours] = readObjective(value).base;
    assert.ok(Math.abs(ours! - margin) <= 2e-6, `${ours}`);
  });
}
