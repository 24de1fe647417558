import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { serving, type Serving } from './geocrop-process.js';
import { demoFolder, testSeason } from './test-season.js';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-swiftshader',
];
const VIEW = { width: 1000, height: 640 };
/** Metatiles are computed while the page waits: patience decides nothing here. */
const PATIENCE_MS = 240_000;
/** For a person to look at; the folder is ignored by git. */
const PICTURES = 'test-output';

const browser = BROWSERS.find((path) => existsSync(path));

void describe(
  'the viewer on the demo',
  { skip: browser === undefined ? 'needs Chromium: apt-get install chromium' : false },
  () => {
    const profile = mkdtempSync(join(tmpdir(), 'geocrop-viewer-demo-'));
    let folder: Awaited<ReturnType<typeof demoFolder>>;
    let server: Serving;
    let context: BrowserContext;
    let page: Page;
    const complaints: string[] = [];

    before(async () => {
      await testSeason();
      mkdirSync(PICTURES, { recursive: true });
      folder = await demoFolder();
      server = await serving(['demo', '--port', '0', '--no-open', '--dir', folder.dir]);
      context = await chromium.launchPersistentContext(profile, {
        executablePath: browser as string,
        headless: true,
        args: FLAGS,
        viewport: VIEW,
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(PATIENCE_MS);
      page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // The browser itself writes a line for each 503, and there are many while tiles are computed.
        if (message.type() === 'error' && !/ 503 /.test(message.text())) complaints.push(message.text());
      });
    });
    after(async () => {
      await context.close();
      await server.stop();
      await folder.remove();
      rmSync(profile, { recursive: true, force: true });
    });

    const allThere = (): Promise<void> =>
      page.locator('#status-text', { hasText: /^All \d+ tiles/ }).waitFor();
    const picture = (name: string): Promise<Buffer> =>
      page.screenshot({ path: join(PICTURES, `viewer-${name}.png`) });

    /** How many of the pixels in the middle of the page have one of the colours. */
    async function share(colors: readonly string[]): Promise<number> {
      const png = (await page.screenshot()).toString('base64');
      return page.evaluate(`(async () => {
        const image = await createImageBitmap(await (await fetch('data:image/png;base64,${png}')).blob());
        const context = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height }).getContext('2d');
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(360, 120, 320, 320);
        const wanted = new Set(${JSON.stringify(colors)});
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
          const color = '#' + [...data.slice(i, i + 3)].map((v) => v.toString(16).padStart(2, '0')).join('');
          if (wanted.has(color)) found += 1;
        }
        return found / (data.length / 4);
      })()`);
    }

    test('opens at z14, shows what tiles wait for, then the classes in their colours', async () => {
      await page.goto(`${server.url}/?opacity=100`);
      await page.waitForURL(/#14\//);
      await page.locator('.cell[data-phase=reading]').first().waitFor();
      await picture('reading');
      await allThere();
      await picture('classes');
      const legend = (await (await fetch(`${server.url}/legend.json`)).json()) as {
        classes: { name: string; color: string }[];
      };
      const found = await share(legend.classes.map(({ color }) => color));
      assert.ok(found > 0.8, `${found} of the pixels are of a class's colour`);
      const shown = (await page.locator('#legend').textContent()) ?? '';
      for (const { name } of legend.classes) assert.match(shown, new RegExp(name.replace('_', '.'), 'i'));
    });

    test('a click shows the NDVI series of the pixel', async () => {
      await page.mouse.click(520, 300);
      await page.locator('.chart .dot').first().waitFor();
      assert.ok((await page.locator('.chart .dot').count()) >= 3);
      await picture('point');
      await page.keyboard.press('Escape');
    });

    test('confidence and true colour are other pictures', async () => {
      for (const layer of ['Confidence', 'True colour']) {
        await page.locator('#layer-buttons label', { hasText: layer }).click();
        await allThere();
        await picture(layer.toLowerCase().replace(' ', '-'));
      }
    });

    test('opacity lets the baseline through', async () => {
      await page.locator('#layer-buttons label').first().click();
      await allThere();
      await page.locator('#opacity').fill('50');
      await page.waitForURL(/opacity=50/);
      await picture('half');
    });

    test('a phone', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await allThere();
      await picture('phone');
    });

    test('the browser complained about nothing', () => assert.deepEqual(complaints, []));
  },
);
