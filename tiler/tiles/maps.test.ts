import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bundle } from '../../engine/classes/bundle.js';
import { isGeoCropError } from '../../engine/errors.js';
import { BANDS, type Band } from '../../engine/scenes/scene.js';
import { SUMMER, WINTER } from '../../engine/season.js';
import { lackingBands, Maps, NO_MODEL, type MapsOptions } from './maps.js';

function bundle(name: string, features: readonly string[], digest = name): Bundle {
  return {
    name,
    version: '1',
    smoothing: 5,
    features,
    classes: ['maize', 'water'],
    palette: ['#f2c230', '#2f7fd1'],
    members: [],
    scaler: null,
    card: {},
    digest,
  };
}

function maps(options: Partial<MapsOptions> = {}): Maps {
  return new Maps({
    bundles: new Map([
      ['Ensemble', bundle('Ensemble', ['ndvi_peak', 'ndvi_min'])],
      ['Water', bundle('Water', ['ndmi_peak'])],
    ]),
    seasons: [SUMMER, WINTER],
    defaultModel: null,
    years: ({ name }) => (name === 'summer' ? [2022, 2021, 2020] : []),
    source: 'somewhere',
    profiles: ['rule'],
    bands: BANDS,
    cloudBufferPixels: 3,
    cloudLimit: 60,
    now: () => new Date('2023-01-01T00:00:00Z'),
    ...options,
  });
}

const code = (expected: string, hint: RegExp) => (error: unknown) =>
  isGeoCropError(error) && error.code === expected && hint.test(error.hint ?? '');

describe('maps', () => {
  test('defaults: the first season with a year, the latest that is closed, the first model or the configured one', () => {
    assert.deepEqual(maps().resolve({}), { season: 'summer', year: 2021, model: 'Ensemble' });
    assert.equal(maps({ defaultModel: 'Water' }).resolve({}).model, 'Water');
    assert.equal(maps({ bundles: new Map() }).resolve({}).model, NO_MODEL);
    assert.equal(
      maps({ years: ({ name }) => (name === 'winter' ? [2020] : []) }).resolve({}).season,
      'winter',
    );
  });

  test('names that do not exist, with those that do', () => {
    assert.throws(() => maps().resolve({ season: 'spring' }), code('unknown-season', /summer/));
    assert.throws(() => maps().resolve({ year: 1999 }), code('unknown-year', /2022, 2021, 2020/));
    assert.throws(() => maps().resolve({ season: 'winter' }), code('unknown-year', /no scenes/));
    assert.throws(() => maps().resolve({ model: 'X' }), code('unknown-model', /Ensemble, Water/));
    assert.throws(() => maps().layer(maps().resolve({}), 'x'), code('unknown-layer', /classes, confidence/));
  });

  test('the band set is what the features need, and red, green and blue', () => {
    const found = maps();
    const bandsOf = (model: string): readonly Band[] =>
      found.definition({ season: 'summer', year: 2021, model }).pixels.bands;
    assert.deepEqual(bandsOf('Ensemble'), ['blue', 'green', 'red', 'nir']);
    assert.deepEqual(bandsOf('Water'), ['blue', 'green', 'red', 'nir', 'swir16']);
    assert.deepEqual(bandsOf(NO_MODEL), BANDS);
  });

  test('layers are those that the band set gives', () => {
    const found = maps();
    const names = (model: string): string[] =>
      found.layers({ season: 'summer', year: 2021, model }).map(({ name }) => name);
    assert.ok(names('Ensemble').includes('classes') && names('Ensemble').includes('evi_mean'));
    assert.ok(!names('Ensemble').includes('ndmi_peak') && !names('Ensemble').includes('swir16_median'));
    assert.ok(!names(NO_MODEL).includes('classes') && names(NO_MODEL).includes('swir22_median'));
  });

  test('digests change with what decides numbers, and with nothing else', () => {
    const key = { season: 'summer', year: 2021, model: 'Ensemble' };
    const digests = (options: Partial<MapsOptions>): [string, string] => {
      const { pixelsDigest, mapDigest } = maps(options).definition(key);
      return [pixelsDigest, mapDigest];
    };
    const [pixels, map] = digests({});
    assert.deepEqual(digests({ source: 'elsewhere' }), [pixels, map]);
    for (const options of [{ cloudLimit: 20 }, { cloudBufferPixels: 0 }, { profiles: ['other'] }]) {
      assert.notEqual(digests(options)[0], pixels);
      assert.notEqual(digests(options)[1], map);
    }
    const retrained = new Map([['Ensemble', bundle('Ensemble', ['ndvi_peak', 'ndvi_min'], 'new')]]);
    assert.equal(digests({ bundles: retrained })[0], pixels);
    assert.notEqual(digests({ bundles: retrained })[1], map);
  });

  test('a model that needs a band which the collection lacks is named with it', () => {
    const error = lackingBands(bundle('Water', ['ndmi_peak']), ['blue', 'green', 'red', 'nir']);
    assert.match(error?.message ?? '', /Water needs swir16/);
    assert.equal(lackingBands(bundle('Ensemble', ['ndvi_peak']), ['blue', 'green', 'red', 'nir']), null);
  });
});
