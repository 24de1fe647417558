import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { serving, type Serving } from '../../tiler/e2e/cli/geocrop-process.js';
import { demoFolder, testSeason } from '../../tiler/e2e/cli/test-season.js';
import { allThere, PHONE, PICTURES, pixels, TestBrowser, withoutBrowser } from './browser.js';
import { eventually } from './on-screen.js';

const VIEW = { width: 1000, height: 640 };
/** Metatiles are computed while the page waits: patience decides nothing here. */
const PATIENCE_MS = 240_000;

void describe('the viewer on the demo', { skip: withoutBrowser }, () => {
  let folder: Awaited<ReturnType<typeof demoFolder>>;
  let server: Serving;
  let browser: TestBrowser;

  before(async () => {
    await testSeason();
    folder = await demoFolder();
    server = await serving(['demo', '--port', '0', '--no-open', '--dir', folder.dir]);
    browser = await TestBrowser.launch({ viewport: VIEW, patienceMs: PATIENCE_MS });
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await folder.remove();
  });

  const picture = (page: Page, name: string): Promise<Buffer> =>
    page.screenshot({ path: join(PICTURES, `demo-${name}.png`) });

  /** How many of the pixels in the middle of the page have one of the colours. */
  async function share(page: Page, colors: readonly string[]): Promise<number> {
    const { data, width } = await pixels(page);
    const wanted = new Set(colors.map((color) => Number.parseInt(color.slice(1), 16)));
    let found = 0;
    for (let y = 120; y < 440; y += 1) {
      for (let x = 360; x < 680; x += 1) {
        const [red = 0, green = 0, blue = 0] = data.subarray(4 * (y * width + x));
        if (wanted.has((red << 16) | (green << 8) | blue)) found += 1;
      }
    }
    return found / 320 ** 2;
  }

  test('from the first tile to a pixel’s season, without a complaint', (t) =>
    browser.visit(`${server.url}/?opacity=100`, async (page) => {
      await t.test('opens at z14, shows what tiles wait for, then the classes in their colours', async () => {
        await page.waitForURL(/#14\//);
        await page.locator('.cell[data-phase=reading]').first().waitFor();
        await picture(page, 'reading');
        await allThere(page);
        await picture(page, 'classes');
        const legend = (await (await fetch(`${server.url}/legend.json`)).json()) as {
          classes: { name: string; color: string }[];
        };
        const colors = legend.classes.map(({ color }) => color);
        const found = await eventually(
          page,
          () => share(page, colors),
          (seen) => seen > 0.8,
        );
        assert.ok(found > 0.8, `${found} of the pixels are of a class's colour`);
        const shown = (await page.locator('#legend').textContent()) ?? '';
        for (const { name } of legend.classes) assert.match(shown, new RegExp(name.replace('_', '.'), 'i'));
      });

      await t.test('a click shows the NDVI series of the pixel, with its clouded dates', async () => {
        await page.mouse.click(520, 300);
        await page.locator('.chart .dot').first().waitFor();
        assert.ok((await page.locator('.chart .dot').count()) >= 3);
        assert.ok((await page.locator('.chart .masked').count()) >= 1);
        await picture(page, 'point');
        await page.keyboard.press('Escape');
      });

      await t.test('confidence and true colour are other pictures', async () => {
        for (const layer of ['Confidence', 'True colour']) {
          await page.locator('#layer-buttons label', { hasText: layer }).click();
          await allThere(page);
          await picture(page, layer.toLowerCase().replace(' ', '-'));
        }
      });

      await t.test('opacity lets the baseline through', async () => {
        await page.locator('#layer-buttons label').first().click();
        await allThere(page);
        await page.locator('#opacity').fill('50');
        await page.waitForURL(/opacity=50/);
        await picture(page, 'half');
      });

      await t.test('a phone', async () => {
        await page.setViewportSize(PHONE);
        await allThere(page);
        await picture(page, 'phone');
      });
    }));
});
