import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { ROOT } from '../folders.js';
import type { BenchResult, Row } from '../report.js';
import { scriptOfFrames, TRACED } from './frames.js';
import type { TraceEvent } from './frames.js';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--no-first-run'];
const VIEW = { width: 1440, height: 900 } as const;
/** What docs/architecture.md, "Budgets" allows. */
const FRAME_MS = 50;
const SCRIPT_BYTES = 350_000;
/** Pans of the measured part, there and back; each is drawn in so many steps. */
const PANS = 2;
const STEPS = 20;

interface FakeServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What the page costs the person's machine: script before the first tiles, and script in each frame of panning and zooming. */
export async function benchViewer(): Promise<BenchResult> {
  const title = `Viewer: script of the page, ${VIEW.width} × ${VIEW.height}, tiles that the server has`;
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined)
    return {
      name: 'viewer',
      title,
      rows: await scriptRows(),
      skipped: ['no Chromium: apt-get install chromium'],
    };
  const { startFakeServer } = (await import(
    pathToFileURL(join(ROOT, 'viewer/testing/fake-server.mjs')).href
  )) as { startFakeServer: (options: object) => Promise<FakeServer> };
  const server = await startFakeServer({ archived: true, root: join(ROOT, 'dist/viewer') });
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: VIEW });
    const rows = await scriptRows();
    await page.goto(`${server.url}?opacity=100`);
    await allThere(page);
    // Everything that will be seen is seen once: what is measured is panning on cached tiles.
    await pan(page);
    await allThere(page);
    rows.push(...(await frameRows(browser, 'panning', () => pan(page))));
    rows.push(...(await frameRows(browser, 'zooming out and in', () => zoom(page))));
    await page.goto(`${server.url}?opacity=100&compare=year:2023&hatch=80`);
    await allThere(page);
    await pan(page);
    await allThere(page);
    rows.push(...(await frameRows(browser, 'panning, two seasons, hatched', () => pan(page))));
    rows.push(...(await frameRows(browser, 'switching classes', () => switchClasses(page))));
    return { name: 'viewer', title, rows, skipped: [] };
  } finally {
    await browser.close();
    await server.close();
  }
}

const allThere = (page: Page): Promise<void> =>
  page.locator('#status-text', { hasText: /^All \d+ tiles/ }).waitFor({ timeout: 120_000 });

async function pan(page: Page): Promise<void> {
  const [x, y] = [VIEW.width / 2 + 100, VIEW.height / 2];
  for (let i = 0; i < PANS; i += 1) {
    const reach = i % 2 === 0 ? 300 : -300;
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - reach, y - reach / 2, { steps: STEPS });
    await page.mouse.up();
  }
}

async function zoom(page: Page): Promise<void> {
  await page.mouse.move(VIEW.width / 2 + 100, VIEW.height / 2);
  for (let i = 0; i < 2 * STEPS; i += 1) await page.mouse.wheel(0, i < STEPS ? 25 : -25);
  await allThere(page);
}

/** Every class off and on again, one a frame. */
const switchClasses = (page: Page): Promise<void> =>
  page.evaluate(`(async () => {
    for (let round = 0; round < 2; round += 1)
      for (const label of document.querySelectorAll('#legend-body .classes label')) {
        label.click();
        await new Promise(requestAnimationFrame);
      }
  })()`);

/**
 * Script of the frames while something is done, by the browser's own trace. The budget is for the processor's time: where there is no
 * graphics card, script also waits for what draws in software, and for whatever else the machine does.
 */
async function frameRows(browser: Browser, what: string, act: () => Promise<void>): Promise<Row[]> {
  await browser.startTracing(undefined, { categories: [...TRACED] });
  await act();
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
  const frames = scriptOfFrames(trace.traceEvents);
  const longest = (of: 'cpu' | 'wall'): number => Math.max(...frames.map((frame) => frame[of]));
  return [
    {
      what: `${what}: script in the longest frame`,
      value: longest('cpu'),
      unit: 'ms',
      budget: { atMost: FRAME_MS },
      note: `processor time; ${frames.length} frames`,
    },
    {
      what: `${what}: … on the wall clock`,
      value: longest('wall'),
      unit: 'ms',
      note: 'with waiting for what draws in software',
    },
  ];
}

/** What a browser loads before it can show a tile, as it is sent. */
async function scriptRows(): Promise<Row[]> {
  const folder = join(ROOT, 'dist/viewer');
  const [html, ...files] = await Promise.all([
    readFile(join(folder, 'index.html'), 'utf8'),
    ...(await readdir(folder)).map(async (name) => ({ name, body: await readFile(join(folder, name)) })),
  ]);
  const first = files.filter(({ name }) => name.endsWith('.js') && html.includes(name));
  const later = files.filter(({ name }) => name.endsWith('.js') && !html.includes(name));
  const size = (some: typeof files): number =>
    some.reduce((sum, { body }) => sum + gzipSync(body, { level: 9 }).length, 0);
  return [
    {
      what: 'compressed script before the first tiles',
      value: size(first) / 1000,
      unit: 'kB',
      budget: { atMost: SCRIPT_BYTES / 1000 },
    },
    { what: 'compressed script on demand', value: size(later) / 1000, unit: 'kB', note: 'the base map' },
  ];
}
