import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { PNG } from 'pngjs';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGL without a graphics card.
  '--enable-unsafe-swiftshader',
  // Pictures are alike whatever the machine's font settings.
  '--font-render-hinting=none',
  '--disable-lcd-text',
];
/** Software rendering beside other tests: patience decides nothing. */
const PATIENCE_MS = 120_000;
/** For people to look at; git ignores the folder. */
export const PICTURES = 'test-output/viewer';

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

const found = BROWSERS.find((path) => existsSync(path));

/** Why browser tests cannot run here, for `skip`; false where they can. */
export const withoutBrowser: string | false =
  found === undefined
    ? 'needs Chromium: apt-get install chromium'
    : existsSync('dist/viewer/index.html')
      ? false
      : 'needs the built page: npm run build';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface VisitOptions {
  readonly viewport?: Size;
  /** Complaints of the browser that belong to what the test does. */
  readonly expected?: RegExp;
  /** Before the page is loaded. */
  readonly before?: (page: Page) => Promise<void>;
}

/** The browser itself writes a line for each 503, and there are many while tiles are computed. */
const WAITING = /\b503\b/;

/** Chromium for one test file, with a profile of its own. Motion is reduced, and copying and saving are allowed. */
export class TestBrowser {
  private constructor(
    private readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  static async launch(options: { viewport?: Size; patienceMs?: number } = {}): Promise<TestBrowser> {
    if (found === undefined) throw new Error('no Chromium: look at withoutBrowser first');
    const profile = mkdtempSync(join(tmpdir(), 'geocrop-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: found,
      headless: true,
      args: FLAGS,
      viewport: options.viewport ?? DESKTOP,
      deviceScaleFactor: 1,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Africa/Harare',
      acceptDownloads: true,
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    context.setDefaultTimeout(options.patienceMs ?? PATIENCE_MS);
    mkdirSync(PICTURES, { recursive: true });
    return new TestBrowser(context, profile);
  }

  /** Opens a page, gives it to `body`, and fails when the browser complained: a console error, or one that nobody caught. */
  async visit(
    url: string,
    body: (page: Page) => Promise<void>,
    { viewport, expected, before }: VisitOptions = {},
  ): Promise<void> {
    const page = await this.context.newPage();
    const complaints: string[] = [];
    const complain = (text: string): void => {
      if (expected?.test(text) !== true) complaints.push(text);
    };
    page.on('pageerror', (error) => complain(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !WAITING.test(message.text())) complain(message.text());
    });
    try {
      if (viewport !== undefined) await page.setViewportSize(viewport);
      await before?.(page);
      await page.goto(url);
      await body(page);
      assert.deepEqual(complaints, [], 'the browser complained');
    } finally {
      await page.close();
    }
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** All tiles of the view are there. */
export const allThere = (page: Page): Promise<void> =>
  page.locator('#status-text', { hasText: /^(All \d+ tiles|The tile in view)/ }).waitFor();

/** `#rrggbb` of places of the page as a person sees it, [x, y] in CSS pixels. */
export async function colorsAt(
  page: Page,
  places: readonly (readonly [number, number])[],
): Promise<string[]> {
  const { data, width } = await pixels(page);
  return places.map(([x, y]) => {
    const at = 4 * (y * width + x);
    return `#${[...data.subarray(at, at + 3)].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
  });
}

/** What a person sees, RGBA. */
export async function pixels(page: Page): Promise<{ data: Uint8Array; width: number; height: number }> {
  return PNG.sync.read(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
}

/** Where a place lies in the pixels of the zoom-14 grid. */
export function gridPixel(lon: number, lat: number): [number, number] {
  const n = 256 * 2 ** 14;
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * n, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n];
}
