import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pixelmatch from 'pixelmatch';
import type { Locator, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { blockFont } from './block-font.js';
import { PICTURES } from './browser.js';
import { eventually } from './on-screen.js';

/** Committed beside the tests; `npm run screenshots` writes them, and CI refuses to. */
const GOLDEN = 'viewer/e2e/screenshots';
/** Golden pictures are small: the mean of each 3 × 3 pixels of a desktop's screen, or 2 × 2 of a phone's. */
const WIDEST_PHONE = 700;
/** How different two colours may be, of pixelmatch's 0 to 1. */
const COLOR_TOLERANCE = 0.1;
/** Share of the pixels that may differ more: of a desktop's whole screen 144, a square of 36 × 36 pixels there. */
const SHARE_TOLERANCE = 0.001;
const WRITE_AFTER_MS = 500;

export interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const update = process.env['GEOCROP_SCREENSHOTS'] === 'write'; // eslint-disable-line no-restricted-properties -- a test's own

/**
 * Waits until the page looks as in its golden picture: what has loaded is drawn some frames later, and the words about it come
 * first. Text is drawn in blocks (block-font.ts), so that the machine's fonts do not matter. The page as a person sees it, in full,
 * is written to test-output/viewer beside it, and what differs where something still does after `eventually`'s patience.
 * @param name of the state, in words with dashes
 * @param mask parts that are different each time: painted over
 * @param clip the part of the page that is compared; without: all of it
 */
export async function assertLooks(
  page: Page,
  name: string,
  mask: readonly Locator[] = [],
  clip?: Clip,
): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  const wide = (page.viewportSize()?.width ?? 0) > WIDEST_PHONE;
  const take = async (): Promise<PNG> => {
    const shot = await page.screenshot({
      animations: 'disabled',
      caret: 'hide',
      mask: [...mask],
      maskColor: '#ff00ff',
      ...(clip === undefined ? {} : { clip }),
    });
    return shrink(PNG.sync.read(shot), wide ? 3 : 2);
  };
  try {
    await withBlocks(page, () => (update ? write(name, take) : compare(page, name, take)));
  } finally {
    await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled', caret: 'hide' });
  }
}

/** Once two pictures in a row are the same. */
async function write(name: string, take: () => Promise<PNG>): Promise<void> {
  if (process.env['CI'] === 'true') throw new Error('Golden pictures are not written in CI.'); // eslint-disable-line no-restricted-properties -- a test's own
  let last = await take();
  for (let before: PNG | null = null; before === null || !before.data.equals(last.data);) {
    await setTimeout(WRITE_AFTER_MS);
    [before, last] = [last, await take()];
  }
  mkdirSync(GOLDEN, { recursive: true });
  writeFileSync(join(GOLDEN, `${name}.png`), PNG.sync.write(last, { colorType: 2, deflateLevel: 9 }));
}

async function compare(page: Page, name: string, take: () => Promise<PNG>): Promise<void> {
  const path = join(GOLDEN, `${name}.png`);
  const written = join(PICTURES, `${name}-actual.png`);
  if (!existsSync(path)) {
    writeFileSync(written, PNG.sync.write(await take()));
    throw new Error(
      `There is no golden picture ${path}: look at ${written}, then run \`npm run screenshots\`.`,
    );
  }
  const golden = PNG.sync.read(readFileSync(path));
  const { width, height } = golden;
  const difference = new PNG({ width, height });
  const look = async (): Promise<{ readonly small: PNG; readonly count: number }> => {
    const small = await take();
    if (width !== small.width || height !== small.height) {
      throw new Error(
        `${name} is ${small.width} × ${small.height}, its golden picture ${width} × ${height}.`,
      );
    }
    const { data } = difference;
    const count = pixelmatch(golden.data, small.data, data, width, height, { threshold: COLOR_TOLERANCE });
    return { small, count };
  };
  const isLike = ({ count }: { readonly count: number }): boolean =>
    count <= SHARE_TOLERANCE * width * height;
  const seen = await eventually(page, look, isLike);
  if (isLike(seen)) return;
  writeFileSync(written, PNG.sync.write(seen.small));
  writeFileSync(join(PICTURES, `${name}-difference.png`), PNG.sync.write(difference));
  throw new Error(
    `${name}: ${seen.count} of ${width * height} pixels differ from ${path}; see ${written} and ${name}-difference.png beside it. ` +
      'Where the change is meant: `npm run screenshots`.',
  );
}

async function withBlocks<T>(page: Page, take: () => Promise<T>): Promise<T> {
  const font = Buffer.from(blockFont()).toString('base64');
  const style = await page.addStyleTag({
    content: `@font-face { font-family: Blocks; src: url(data:font/ttf;base64,${font}); }
      *, *::before, *::after { font-family: Blocks !important; font-style: normal !important; font-synthesis: none !important; }`,
  });
  // Loaded for every weight, then laid out, then drawn.
  await page.evaluate(`(async () => {
    await Promise.all(['400', '600', '700'].map((weight) => document.fonts.load(weight + ' 16px Blocks')));
    if (![...document.fonts].some((font) => font.family === 'Blocks' && font.status === 'loaded')) throw new Error('no Blocks');
    for (let i = 0; i < 3; i += 1) await new Promise(requestAnimationFrame);
  })()`);
  try {
    return await take();
  } finally {
    await style.evaluate((element) => (element as unknown as { remove(): void }).remove());
  }
}

/** The mean of each square of pixels: small, and blind to how edges are smoothed. */
function shrink(picture: PNG, by: number): PNG {
  const width = Math.floor(picture.width / by);
  const height = Math.floor(picture.height / by);
  const small = new PNG({ width, height });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let band = 0; band < 4; band += 1) {
        let sum = 0;
        for (let row = 0; row < by; row += 1) {
          for (let column = 0; column < by; column += 1)
            sum += picture.data[4 * ((y * by + row) * picture.width + x * by + column) + band] ?? 0;
        }
        small.data[4 * (y * width + x) + band] = Math.round(sum / (by * by));
      }
    }
  }
  return small;
}
