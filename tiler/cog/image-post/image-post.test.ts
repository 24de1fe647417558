import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Image } from '../../../engine/raster-files/image.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { randomImage } from '../oracle/random-image.js';
import {
  answered,
  askRioTiler,
  packImage,
  unpackArray,
  withoutRioTiler,
  type TheirArray,
} from '../oracle/rio-tiler.js';
import type { BandStatistics, StatisticsOptions } from '../post.js';
import { TYPE_RANGES } from './data-types.js';
import { rescaleBand, rangeOf, type Range } from './rescale.js';
import { statistics } from './statistics.js';

const TYPES = Object.keys(TYPE_RANGES) as DataType[];

test('rescaling gives the bytes that rio-tiler gives', { skip: withoutRioTiler }, async () => {
  const ranges: (readonly Range[])[] = [
    [[0, 3]],
    [[0, 1000]],
    [
      [-1, 1],
      [0, 255],
      [10, 20],
    ],
    [
      [0.1, 0.7],
      [5, 6],
    ],
    [[100, 0]],
    [[5, 5]],
  ];
  const cases = TYPES.flatMap((type, seed) =>
    ranges.map((rescale) => ({ image: randomImage({ seed, type, bands: 3 }), rescale })),
  );
  const answers = await askRioTiler<{ data: TheirArray }>(
    cases.map(({ image, rescale }) => ({ task: 'rescaled', rescale, ...packImage(image) })),
  );
  for (const [at, answer] of answers.entries()) {
    const { image, rescale } = cases[at] as (typeof cases)[number];
    const ours = image.bands.map((band, index) =>
      rescaleBand(band, rangeOf(rescale, index, image.bands.length), image.valid[index] as Uint8Array),
    );
    const label = `${JSON.stringify(rescale)} of ${image.bands[0]?.constructor.name}`;
    assert.deepEqual(Buffer.concat(ours), Buffer.from(unpackArray(answered(answer).data).buffer), label);
  }
});

interface StatisticsCase {
  readonly label: string;
  readonly image: Image;
  readonly options: StatisticsOptions;
}

function statisticsCases(): StatisticsCase[] {
  const options: StatisticsOptions[] = [
    {},
    { percentiles: [0, 1, 25, 50, 99, 100] },
    { histogramBins: 7 },
    { histogramBins: 20, histogramRange: [-1, 3] },
    { histogramBins: [-1, 0, 0.3, 2, 300] },
    { categorical: true },
    { categorical: true, categories: [3, 1, 250, 2.5] },
  ];
  const images: [label: string, image: Image][] = TYPES.flatMap((type, seed) => [
    [type, randomImage({ seed, type, bands: 2, width: 37, height: 29 })],
    [`${type}, few values`, randomImage({ seed, type, bands: 1, range: [0, 4] })],
    [`${type}, all valid`, randomImage({ seed, type, bands: 1, width: 300, height: 260, invalid: 0 })],
    [`${type}, none valid`, randomImage({ seed, type, bands: 1, invalid: 1 })],
    [`${type}, one value`, randomImage({ seed, type, bands: 1, range: [3, 3] })],
    [
      `${type}, an eighth valid`,
      randomImage({ seed, type, bands: 1, width: 80, height: 10, invalid: 0.878 }),
    ],
  ]);
  const odd = randomImage({ seed: 9, type: 'float32', bands: 1 });
  odd.bands[0]?.set([NaN, Infinity, -Infinity, 0, -0]);
  images.push(['float32, NaN and infinities', odd]);
  return images.flatMap(([label, image]) =>
    // Large ones are for the sums.
    (image.width > 100 ? options.slice(0, 2) : options).map((one) => ({
      label: `${label}, ${JSON.stringify(one)}`,
      image,
      options: one,
    })),
  );
}

test('statistics are those of rio-tiler, to the last bit', { skip: withoutRioTiler }, async () => {
  const cases = statisticsCases();
  const answers = await askRioTiler<readonly Readonly<Record<string, unknown>>[]>(
    cases.map(({ image, options }) => ({
      task: 'statistics',
      ...packImage(image),
      categorical: options.categorical,
      categories: options.categories,
      percentiles: options.percentiles,
      histogram: {
        ...(options.histogramBins === undefined ? {} : { bins: options.histogramBins }),
        ...(options.histogramRange === undefined ? {} : { range: options.histogramRange }),
      },
    })),
  );
  for (const [at, answer] of answers.entries()) {
    const { label, image, options } = cases[at] as StatisticsCase;
    const ours: readonly BandStatistics[] = statistics(image, options);
    const plain = JSON.parse(JSON.stringify(ours)) as unknown;
    assert.deepEqual(plain, answered(answer), label);
  }
});

test('bins and percentiles that make no sense are refused', () => {
  const image = randomImage({ seed: 1, type: 'float32', bands: 1 });
  const cases: StatisticsOptions[] = [
    { percentiles: [101] },
    { percentiles: [-1] },
    { histogramBins: 0 },
    { histogramBins: 1.5 },
    { histogramBins: 1e9 },
    { histogramBins: [1] },
    { histogramBins: [2, 1] },
    { histogramRange: [2, 1] },
    { histogramRange: [0, Infinity] },
  ];
  for (const options of cases) {
    assert.throws(() => statistics(image, options), { code: 'bad-request' }, JSON.stringify(options));
  }
});

test('what has too many different values is not categorical', () => {
  const image = randomImage({ seed: 3, type: 'float64', bands: 1, width: 300, height: 300, invalid: 0 });
  assert.throws(() => statistics(image, { categorical: true }), { code: 'bad-request', message: /65536/ });
  const [only] = statistics(image, { categorical: true, categories: [99] });
  assert.deepEqual(only?.histogram, [[0], [99]]);
});

test('an image is not changed by its statistics', () => {
  const image = randomImage({ seed: 2, type: 'float32', bands: 1 });
  const before = image.bands[0]?.slice();
  statistics(image);
  assert.deepEqual(image.bands[0], before);
});
