import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOf } from '../../../engine/errors.js';
import { seededRandom } from '../../../engine/kernels/testing.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { randomImage } from '../oracle/random-image.js';
import {
  answered,
  askRioTiler,
  packImage,
  unpackArray,
  withoutRioTiler,
  type Answer,
  type TheirArray,
} from '../oracle/rio-tiler.js';
import { parseExpression } from './expression.js';
import { FUNCTIONS } from './functions.js';
import { randomNumber, randomTruth } from './random-expression.js';

const TYPES: readonly DataType[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'float64',
];

interface Theirs {
  readonly data: TheirArray;
  readonly mask: TheirArray;
  readonly statistics: readonly (readonly [number, number])[] | null;
}

interface Case {
  readonly expression: string;
  readonly image: Image;
}

function ask(cases: readonly Case[]): Promise<Answer<Theirs>[]> {
  return askRioTiler(
    cases.map(({ expression, image }) => ({ task: 'expression', expression, ...packImage(image) })),
  );
}

/** @param tolerance relative, by type of the result */
function compare({ expression, image }: Case, theirs: Theirs, tolerance: (type: string) => number): void {
  const ours = parseExpression(expression).apply(image);
  const expected = unpackArray(theirs.data);
  const label = `${expression} of ${image.bands[0]?.constructor.name}`;
  assert.equal(ours.bands[0]?.constructor, expected.constructor, `type of ${label}`);
  const pixels = image.width * image.height;
  const mask = unpackArray(theirs.mask);
  ours.bands.forEach((band, at) => {
    for (let i = 0; i < pixels; i++) {
      const [a, b] = [band[i] as number, expected[at * pixels + i] as number];
      const near = Math.abs(a - b) <= tolerance(theirs.data.type) * Math.abs(b);
      assert.ok(a === b || near, `${label}, pixel ${i}: ${a} instead of ${b}`);
      assert.equal(ours.valid[at]?.[i], 1 - (mask[at * pixels + i] as number), `mask of ${label}`);
    }
  });
  assert.equal(ours.statistics?.length, theirs.statistics?.length);
}

const EXACT = (): number => 0;

test(
  'arithmetic, comparisons and choices equal numexpr to the last bit',
  { skip: withoutRioTiler },
  async () => {
    const random = seededRandom(5);
    const cases = Array.from({ length: 400 }, (_, seed): Case => {
      const image = randomImage({
        seed,
        type: TYPES[seed % TYPES.length] as DataType,
        bands: 3,
        width: 8,
        height: 6,
      });
      const depth = 1 + (seed % 3);
      const expression =
        seed % 4 === 0 ? randomTruth(random, 3, depth) : `b1 * 0 + ${randomNumber(random, 3, depth)}`;
      return { expression, image };
    });
    const problems: string[] = [];
    let compared = 0;
    for (const [at, answer] of (await ask(cases)).entries()) {
      const one = cases[at] as Case;
      try {
        if ('refused' in answer) {
          assert.throws(
            () => parseExpression(one.expression).apply(one.image),
            `they refuse: ${answer.refused}`,
          );
        } else {
          compare(one, answer.answer, EXACT);
          compared += 1;
        }
      } catch (error) {
        problems.push(`${one.expression} of ${one.image.bands[0]?.constructor.name}: ${messageOf(error)}`);
      }
    }
    assert.deepEqual(problems, []);
    assert.ok(compared > 300, `${compared} compared`);
  },
);

test('functions equal those of the C library within a few last bits', { skip: withoutRioTiler }, async () => {
  const cases = Object.entries(FUNCTIONS).flatMap(([name, { of }]) =>
    TYPES.map((type, seed): Case => {
      const range: readonly [number, number] =
        name === 'arccosh'
          ? [1, 9]
          : type === 'uint32'
            ? [0, 9]
            : type.startsWith('uint')
              ? [0, 9]
              : [-0.9, 0.9];
      return {
        expression: of === 1 ? `${name}(b1)` : `${name}(b1, b2)`,
        image: randomImage({ seed, type, bands: 2, range: type.startsWith('f') ? range : [0, 9] }),
      };
    }),
  );
  // Of transcendental functions neither side rounds correctly: float32 within its last bit, float64 within some.
  const tolerance = (type: string): number => (type === 'float32' ? 2 ** -22 : 2 ** -48);
  for (const [at, answer] of (await ask(cases)).entries())
    compare(cases[at] as Case, answered(answer), tolerance);
});

test(
  'several bands take the type that holds them all; the bands’ own ranges give the result’s',
  { skip: withoutRioTiler },
  async () => {
    const statistics = (image: Image): Image => ({
      ...image,
      statistics: image.bands.map((band) => [Math.min(...band), Math.max(...band)] as const),
    });
    const cases: Case[] = [
      ['b1>2;b1', 'uint8'],
      ['b1;b1/b2', 'uint16'],
      ['b1>2;b2>1', 'uint8'],
      ['b1;b2*2;b3', 'float32'],
      ['b1>1;b1', 'float32'],
      ['b1;b1*5000000000', 'uint8'],
      ['(b1-b2)/(b1+b2+1);b3', 'float32'],
      ['(B2-B1)/(B2+B1+1.0)', 'int16'],
    ].map(([expression, type], seed) => ({
      expression: expression as string,
      image: statistics(randomImage({ seed, type: type as DataType, bands: 3 })),
    }));
    for (const [at, answer] of (await ask(cases)).entries()) {
      const one = cases[at] as Case;
      const theirs = answered(answer);
      compare(one, theirs, EXACT);
      const ours = parseExpression(one.expression).apply(one.image).statistics;
      assert.deepEqual(ours, theirs.statistics, one.expression);
    }
  },
);

test('constants are computed as Python does', { skip: withoutRioTiler }, async () => {
  const image = randomImage({ seed: 1, type: 'uint8', bands: 2 });
  const expressions = [
    'b1 * (7 // 2)',
    'b1 + (-7 // 2)',
    'b1 + (-7 % 3)',
    'b1 * (1 / 4)',
    'b1 + 2 ** 3 ** 2',
    'b1 + 2 ** -1',
    'b1 * -2 ** 2',
    'b1 + ~5',
    'b1 + (6 & 3) + (6 | 3) + (6 ^ 3)',
    'where(1 < 2, b1, b2)',
    'b1 + sqrt(2) ** 2',
    'b1 * abs(-3)',
    'b1 * 3000000000',
    'b1 + (1 < 2)',
    'b1 / 3.0',
    'b1 * 1.0 / 3.0',
    'b1 ** 7',
    'b1 ** -1.0',
    'b1 > b2 & 1',
    '-b1 ** 2',
    'b1 & 12 | 3',
    '~b1',
    '.5 * b1 + 1.e1',
  ];
  const cases = expressions.map((expression) => ({ expression, image }));
  for (const [at, answer] of (await ask(cases)).entries())
    compare(cases[at] as Case, answered(answer), EXACT);
});

test('what rio-tiler refuses is refused', { skip: withoutRioTiler }, async () => {
  const image = randomImage({ seed: 1, type: 'float32', bands: 2 });
  const cases = [
    'b1 & b2',
    '~b1',
    'b1 < b2 < 1',
    'where(b1, 1, 2)',
    'b1 and b2',
    'not b1',
    '(b1 > 1) - (b2 > 1)',
    '-(b1 > 1)',
    'b3',
    'b1 +',
    'b1 b2',
    'sin()',
    'sin(b1, b2)',
    'nothing(b1)',
    'b1[0]',
    'b1.real',
    '__import__("os")',
    'b1 if b2 else 1',
    'lambda: b1',
    'b1 << 2',
    'b1 = 2',
    '"b1"',
    'b0 + b1',
    'b1 + 1 / 0',
  ].map((expression) => ({ expression, image }));
  for (const [at, answer] of (await ask(cases)).entries()) {
    const { expression } = cases[at] as Case;
    assert.ok('refused' in answer, `rio-tiler takes ${expression}`);
    assert.throws(() => parseExpression(expression).apply(image), { code: 'bad-request' }, expression);
  }
});

test('NaN is 0 and infinities are the largest numbers', { skip: withoutRioTiler }, async () => {
  const values = (band: NumberArray): NumberArray => band.fill(0);
  const cases = (['uint8', 'float32', 'float64'] as const).flatMap((type) =>
    ['b1 / b2', '1 / b1', '-1 / b1', 'log(b1)', 'sqrt(b1 - 1)'].map((expression): Case => {
      const image = randomImage({ seed: 3, type, bands: 2 });
      image.bands.forEach(values);
      return { expression, image };
    }),
  );
  for (const [at, answer] of (await ask(cases)).entries())
    compare(cases[at] as Case, answered(answer), EXACT);
});
