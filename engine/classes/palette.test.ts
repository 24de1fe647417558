import assert from 'node:assert/strict';
import { test } from 'node:test';

import { colorOfClass, paletteOf } from './palette.js';

/** CIE L*a*b* of `#rrggbb` (D65, 2°). */
function lab(color: string): [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const x = parseInt(color.slice(i, i + 2), 16) / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a: string, b: string) => Math.hypot(...lab(a).map((x, i) => x - lab(b)[i]!));

test('the classes of the demo can be told apart', () => {
  const classes =
    'maize tobacco soybean cotton groundnut fallow woodland grass water built_up wheat sugarcane sorghum sunflower bare other'.split(
      ' ',
    );
  const colors = paletteOf(classes);
  colors.forEach((a, i) =>
    colors.slice(0, i).forEach((b, j) => {
      assert.ok(
        distance(a, b) >= 12,
        `${classes[i]} ${a} and ${classes[j]} ${b}: ${distance(a, b).toFixed(1)}`,
      );
    }),
  );
});

test('a colour comes from the name alone, however it is spelt', () => {
  assert.equal(colorOfClass('Built-up'), colorOfClass('built_up'));
  assert.equal(colorOfClass('Soya'), colorOfClass('soybean'));
  assert.equal(colorOfClass('constructor').length, 7);
  assert.equal(paletteOf(['x', 'paprika'])[1], paletteOf(['paprika', 'y', 'z'])[0]);
});

test('unknown names get colours that are neither black nor white, and mostly different', () => {
  const colors = Array.from({ length: 60 }, (_, i) => colorOfClass(`class ${i}`));
  assert.equal(new Set(colors).size, 60);
  for (const color of colors) {
    assert.match(color, /^#[0-9a-f]{6}$/);
    const [lightness] = lab(color);
    assert.ok(lightness > 40 && lightness < 92, `${color}: ${lightness}`);
  }
});

test('given colours go first', () => {
  assert.deepEqual(paletteOf(['maize', 'water'], new Map([['maize', '#010203']])), [
    '#010203',
    colorOfClass('water'),
  ]);
});
