import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phenologyOf } from './phenology.js';

const SUMMER = ['2024-09-01', '2025-05-31'] as const;
const CROP = {
  ndvi_sos: 71.25,
  ndvi_pos: 150,
  ndvi_eos: 221.5,
  ndvi_base: 0.18,
  ndvi_amplitude: 0.61,
  ndvi_greenup_rate: 0.012,
  ndvi_senescence_rate: 0.009,
};

test('days of the season become dates', () => {
  const found = phenologyOf(CROP, SUMMER);
  assert.ok(found !== null && found !== 'flat');
  assert.deepEqual([found.start, found.peak, found.end], ['2024-11-11', '2025-01-29', '2025-04-11']);
  assert.equal(found.days, 150);
  assert.ok(Math.abs(found.top - 0.79) < 1e-9);
  assert.equal(found.cut, false);
});

test('a start or an end at the edge of what is observed is said to be cut', () => {
  const cut = (change: object): unknown => {
    const found = phenologyOf({ ...CROP, ...change }, SUMMER);
    return found !== null && found !== 'flat' && found.cut;
  };
  assert.equal(cut({ ndvi_sos: 0 }), true);
  // the last node of a summer of 273 days
  assert.equal(cut({ ndvi_eos: 270 }), true);
  assert.equal(cut({ ndvi_eos: 250 }), false);
});

test('a pixel that hardly greens up has no season, one without features is not known', () => {
  assert.equal(phenologyOf({ ...CROP, ndvi_amplitude: 0.05 }, SUMMER), 'flat');
  assert.equal(phenologyOf({ ...CROP, ndvi_sos: null }, SUMMER), null);
  assert.equal(phenologyOf({}, SUMMER), null);
  assert.equal(phenologyOf(CROP, undefined), null);
});
