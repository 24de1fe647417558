import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { colorsAt } from './browser.js';

/** The place of a pixel of the zoom-14 grid, as `gridPixel` counts: whole numbers are corners. */
export function gridPlace(x: number, y: number): [lon: number, lat: number] {
  const n = 256 * 2 ** 14;
  return [(x / n) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI];
}

/** Waits until places of the page have these colours: pictures come some frames after the words about them. */
export async function shows(
  page: Page,
  places: readonly (readonly [number, number])[],
  expected: readonly string[],
): Promise<void> {
  let seen: string[] = [];
  for (let tries = 0; tries < 40; tries += 1) {
    seen = await colorsAt(page, places);
    if (seen.every((color, at) => color === expected[at])) return;
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
  assert.deepEqual(seen, expected);
}

/** The map stands still: its place in the address does not change any more. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const frames = (count) => new Promise((done) => {
      const next = (left) => (left === 0 ? done() : requestAnimationFrame(() => next(left - 1)));
      next(count);
    });
    for (let before = ''; before !== location.href; ) {
      before = location.href;
      await frames(40);
    }
  })()`);
}
