import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoCropError } from '../../../engine/errors.js';
import { seededRandom } from '../../../engine/kernels/testing.js';
import { randomImage } from '../oracle/random-image.js';
import { parseExpression } from './expression.js';
import { MAX_BLOCKS, MAX_CHARACTERS, MAX_DEPTH, MAX_OPERATIONS } from './parse.js';
import { randomNumber } from './random-expression.js';

function problem(text: string): GeoCropError {
  try {
    parseExpression(text);
  } catch (error) {
    assert.ok(error instanceof GeoCropError);
    assert.equal(error.code, 'bad-request');
    return error;
  }
  return assert.fail(`${text} was taken`);
}

test('an expression says which bands it reads, each once and in order', () => {
  assert.deepEqual(parseExpression('(B8 - b4) / (b8 + b4); b2').bands, [2, 4, 8]);
});

test('the bands of the result are named by what was written', () => {
  const image = randomImage({ seed: 1, type: 'uint8', bands: 2 });
  const result = parseExpression('B1/b2; b2 * 3 ;').apply(image);
  assert.deepEqual(result.names, ['b1/b2', 'b2 * 3']);
  assert.equal(result.bands.length, 2);
  assert.deepEqual(parseExpression('B1/b2; b2 * 3 ;').blocks, result.names);
});

test('a mistake is told with its place and what may stand there', () => {
  const cases: [text: string, character: number, message: RegExp][] = [
    ['b1 + * b2', 6, /expected a band \(b1\), a number, a function or "\("/],
    ['(b1 + b2', 9, /at its end: expected "\)"/],
    ['b1 b2', 4, /expected an operator/],
    ['b1 # b2', 4, /means nothing here/],
    ['sine(b1)', 1, /neither a band nor a function/],
    ['b1 and b2', 4, /"and" is written &/],
    ['max(b1)', 1, /refused: .*"maximum"/],
    ['where(b1 > 1, 2)', 16, /"where" takes three arguments/],
    ['sin(b1, b2)', 7, /"sin" takes one argument/],
    ['b1 < b2 < 3', 9, /do not chain/],
    ['b1 + 1j', 6, /does not go on with letters/],
    ['1 + 2', 3, /reads no band/],
    ['b1; 7', 5, /reads no band/],
    ['', 1, /expected a band/],
  ];
  for (const [text, character, message] of cases) {
    const error = problem(text);
    assert.match(error.message, message, text);
    assert.equal(error.context['character'], character, text);
  }
  assert.equal(problem('sine(b1)').hint, 'Did you mean sin?');
});

test('a type mistake is told once the bands are known', () => {
  const image = randomImage({ seed: 1, type: 'float32', bands: 2 });
  assert.throws(() => parseExpression('b1 > 1 & b2').apply(image), {
    code: 'bad-request',
    message: /at character 8, "& b2"/,
  });
  assert.throws(() => parseExpression('b1 + b7').apply(image), { message: /b7, which is not there/ });
});

test('length, depth, operations and bands are bounded', () => {
  assert.match(problem(`b1${' '.repeat(MAX_CHARACTERS)}`).message, /longer than/);
  assert.match(problem(`${'('.repeat(MAX_DEPTH)}b1${')'.repeat(MAX_DEPTH)}`).message, /nested/);
  assert.match(problem(`${'-'.repeat(MAX_DEPTH)}b1`).message, /nested/);
  assert.match(problem(`b1${'+b1'.repeat(MAX_OPERATIONS + 1)}`).message, /operations/);
  assert.match(problem(`b1${'**b1'.repeat(MAX_DEPTH)}`).message, /nested/);
  assert.match(problem(`b1${';b1'.repeat(MAX_BLOCKS)}`).message, /makes more than/);
  parseExpression(`b1${'+b1'.repeat(MAX_OPERATIONS)}`);
});

test('no text makes the parser do anything but read it or refuse it', () => {
  const random = seededRandom(11);
  const pieces = [
    ...'+-*/%<>=!&|^~(),;.:[]{}"\'\\@#$_ \t\n0123456789',
    ...[
      'b1',
      'b2',
      'where',
      'sin',
      'constructor',
      '__proto__',
      'toString',
      'e',
      '1e',
      'İ',
      '**',
      '//',
      '\u0000',
    ],
  ];
  for (let i = 0; i < 20_000; i++) {
    const length = 1 + Math.floor(random() * 24);
    const text = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)] ?? '').join('');
    try {
      parseExpression(text);
    } catch (error) {
      assert.ok(error instanceof GeoCropError && error.code === 'bad-request', `${text}: ${String(error)}`);
    }
  }
});

test('a letter more or less in a good expression is refused or computed, never anything else', () => {
  const random = seededRandom(12);
  const image = randomImage({ seed: 2, type: 'int16', bands: 2, width: 4, height: 4 });
  for (let i = 0; i < 2000; i++) {
    const good = `b1 + ${randomNumber(random, 2, 3)}`;
    const at = Math.floor(random() * good.length);
    const text = good.slice(0, at) + (random() < 0.5 ? '' : '*') + good.slice(at + 1);
    try {
      const { bands } = parseExpression(text).apply(image);
      assert.ok(bands.every((band) => band.every((value) => Number.isFinite(value))));
    } catch (error) {
      assert.ok(error instanceof GeoCropError && error.code === 'bad-request', `${text}: ${String(error)}`);
    }
  }
});

test('a pixel is invalid where it is in any band; the bands themselves stay what they are', () => {
  const image = randomImage({ seed: 4, type: 'uint16', bands: 2 });
  const before = image.bands.map((band) => band.slice());
  const result = parseExpression('b1').apply(image);
  for (let i = 0; i < image.width * image.height; i++) {
    assert.equal(result.valid[0]?.[i], (image.valid[0]?.[i] ?? 0) & (image.valid[1]?.[i] ?? 0));
  }
  assert.deepEqual(image.bands, before);
});

test('bands are longer than what is computed at a time', () => {
  const image = randomImage({ seed: 6, type: 'float32', bands: 2, width: 100, height: 99 });
  const [sum] = parseExpression('b1 + b2').apply(image).bands;
  const [a, b] = image.bands;
  for (let i = 0; i < 9900; i++) assert.equal(sum?.[i], Math.fround((a?.[i] ?? 0) + (b?.[i] ?? 0)));
});
