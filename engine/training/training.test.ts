import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../encode/gdal-oracle.js';

const FOLDER = fileURLToPath(new URL('../../../engine/training', import.meta.url));
const python = pythonWith('xgboost, lightgbm, catboost');

test(
  'tables, splits, learners, weights, scores and calibration, as Python tests them',
  {
    skip:
      python === null &&
      'needs XGBoost, LightGBM and CatBoost: python3 -m venv .venv && .venv/bin/pip install --no-deps -r engine/training/requirements.txt',
  },
  () => {
    const { status, stderr } = spawnSync(
      python as string,
      ['-B', '-m', 'unittest', 'discover', '-t', '.', '-s', 'tests'],
      { cwd: FOLDER, encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    // A run that finds no tests ends well too.
    assert.match(stderr, /Ran \d\d+ tests/);
  },
);
