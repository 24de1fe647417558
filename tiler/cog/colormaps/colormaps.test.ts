import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { applyColormap } from '../image-post/apply-colormap.js';
import { randomImage } from '../oracle/random-image.js';
import {
  answered,
  askRioTiler,
  packImage,
  unpackArray,
  withoutRioTiler,
  type TheirArray,
} from '../oracle/rio-tiler.js';
import type { Colormap } from '../post.js';
import { COLORMAP_NAMES, namedColormap } from './named-colormap.js';
import { parseColormap } from './parse-colormap.js';

function table(colormap: Colormap): number[] {
  assert.equal(colormap.kind, 'values');
  return colormap.kind === 'values' ? [...colormap.colors.values()].flat() : [];
}

test(
  'every colour map of rio-tiler is there under its name, colour by colour',
  { skip: withoutRioTiler },
  async () => {
    const [answer] = await askRioTiler<Readonly<Record<string, TheirArray>>>([{ task: 'colormaps' }]);
    assert.ok(answer !== undefined);
    const theirs = answered(answer);
    assert.deepEqual(COLORMAP_NAMES, Object.keys(theirs).sort());
    for (const [name, colors] of Object.entries(theirs)) {
      assert.deepEqual(table(namedColormap(name)), [...unpackArray(colors)], name);
    }
  },
);

test('a colour map has 256 colours; an unknown name is told the nearest', () => {
  assert.equal(table(namedColormap('viridis')).length, 4 * 256);
  assert.throws(() => namedColormap('Virids'), { code: 'unknown-colormap', hint: 'Did you mean viridis?' });
  assert.throws(() => namedColormap('__proto__'), { code: 'unknown-colormap', hint: /^There are: accent, / });
});

const COLORMAPS = {
  values: '{"0": "#f00", "1": "#00ff0080", "2": [1, 2, 3], "7": [4, 5, 6, 0], "-1": "#abcd"}',
  table: JSON.stringify(
    Object.fromEntries(Array.from({ length: 256 }, (_, i) => [i, [i, 255 - i, 7, i % 3]])),
  ),
  far: '{"300": "#ffffff", "1": [9, 9, 9, 9]}',
  intervals:
    '[[[0, 1], "#ff0000"], [[1, 2.5], [0, 255, 0, 9]], [[2, 3], [1, 1, 1]], [[-5, -0.1], "#12345678"]]',
};

test('pixels take the colours that rio-tiler gives them', { skip: withoutRioTiler }, async () => {
  const cases = (['uint8', 'int8', 'uint16', 'int16', 'int32', 'float32', 'float64'] as DataType[]).flatMap(
    (type, seed) =>
      Object.values(COLORMAPS).map((colormap) => {
        const image = randomImage({ seed, type, bands: 1, range: type.startsWith('u') ? [0, 9] : [-3, 9] });
        if (type === 'float32') image.bands[0]?.set([0.1, 1, 2.5, 300, -0.1, 0, 7, -1]);
        return { image, colormap };
      }),
  );
  const answers = await askRioTiler<{ data: TheirArray; alpha: TheirArray }>(
    cases.map(({ image, colormap }) => ({ task: 'colored', colormap, ...packImage(image) })),
  );
  for (const [at, answer] of answers.entries()) {
    const { image, colormap } = cases[at] as (typeof cases)[number];
    const theirs = answered(answer);
    const ours = applyColormap(image.bands[0] as NumberArray, parseColormap(colormap));
    const label = `${colormap.slice(0, 20)} on ${image.bands[0]?.constructor.name}`;
    assert.deepEqual(Buffer.concat(ours.colors), Buffer.from(unpackArray(theirs.data).buffer), label);
    assert.deepEqual(Buffer.from(ours.alpha), Buffer.from(unpackArray(theirs.alpha).buffer), label);
  }
});

test('what is no colour map is refused with what would be one', () => {
  const cases: [json: string, message: RegExp][] = [
    ['{"0": ', /not JSON/],
    ['7', /neither an object/],
    ['null', /neither an object/],
    ['{}', /no colours/],
    ['{"a": "#fff"}', /"a" is not a whole number/],
    ['{"0.5": "#fff"}', /"0\.5" is not a whole number/],
    ['{"0": "red"}', /colour of value 0/],
    ['{"0": [1, 2]}', /colour of value 0/],
    ['{"0": [1, 2, 300]}', /colour of value 0/],
    ['[[[0, 1]]]', /interval 1/],
    ['[[[0, 1], "#fff"], [[0], "#fff"]]', /interval 2/],
    ['[[["0", 1], "#fff"]]', /interval 1/],
  ];
  for (const [json, message] of cases) {
    assert.throws(() => parseColormap(json), { code: 'bad-request', message, hint: /^Write \{"1"/ }, json);
  }
});
