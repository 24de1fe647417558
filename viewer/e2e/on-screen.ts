import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { colorsAt } from './browser.js';

/** The place of a pixel of the zoom-14 grid, as `gridPixel` counts: whole numbers are corners. */
export function gridPlace(x: number, y: number): [lon: number, lat: number] {
  const n = 256 * 2 ** 14;
  return [(x / n) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI];
}

/** Pictures come some frames after the words about them, later where the machine has much to do. */
const PATIENCE_MS = 20_000;

/** Looks at the page until what it sees is as it should be; what it saw last. */
export async function eventually<T>(
  page: Page,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const seen = await look();
    if (holds(seen) || Date.now() >= until) return seen;
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
}

type Places = readonly (readonly [number, number])[];

/** Waits until places of the page have these colours. */
export async function shows(page: Page, places: Places, expected: readonly string[]): Promise<void> {
  const alike = (seen: readonly string[]): boolean => seen.every((color, at) => color === expected[at]);
  assert.deepEqual(await eventually(page, () => colorsAt(page, places), alike), expected);
}

/** Waits until none of the places has a colour. */
export async function showsNo(page: Page, places: Places, color: string): Promise<void> {
  const gone = (seen: readonly string[]): boolean => !seen.includes(color);
  assert.ok(gone(await eventually(page, () => colorsAt(page, places), gone)), `${color} still shows`);
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
