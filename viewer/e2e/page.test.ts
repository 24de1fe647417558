import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { allThere, colorsAt, gridPixel, TestBrowser, withoutBrowser } from './browser.js';
import { fakeLand, startFakeServer } from './fake-server.js';
import type { FakeLand, FakeServer, Tile } from './fake-server.js';
import { shows, showsNo } from './on-screen.js';

/** The built page in a real browser, against a server that makes its answers up and moves its tiles only when told. */
const VIEW = { width: 1000, height: 640 };
/** Where the fake server's map opens: the middle of the view, in pixels of the zoom-14 grid. */
const CENTER = gridPixel(30.0, -17.86);

void describe('the viewer', { skip: withoutBrowser }, () => {
  let browser: TestBrowser;
  let land: FakeLand;

  before(async () => {
    browser = await TestBrowser.launch({ viewport: VIEW });
    land = await fakeLand();
  });
  after(() => browser.close());

  /** Opens the page on a server of its own. */
  async function open(
    options: {
      archived?: boolean;
      link?: string;
      expected?: RegExp;
      before?: (server: FakeServer) => void;
    },
    body: (page: Page, server: FakeServer) => Promise<void>,
  ): Promise<void> {
    const server = await startFakeServer({ archived: options.archived ?? false });
    options.before?.(server);
    try {
      await browser.visit(
        server.url + (options.link ?? '?opacity=100'),
        (page) => body(page, server),
        options.expected === undefined ? {} : { expected: options.expected },
      );
    } finally {
      await server.close();
    }
  }

  const allAre = (page: Page, phase: string) =>
    page.waitForFunction(
      `document.querySelectorAll('.cell').length > 0 && !document.querySelector('.cell:not([data-phase=${phase}])')`,
    );
  const classAt = (x: number, y: number) => {
    const { id } = land.landAt(
      Math.floor(CENTER[0] + x + 0.5 - VIEW.width / 2),
      Math.floor(CENTER[1] + y + 0.5 - VIEW.height / 2),
    );
    return land.CLASSES[id] as FakeLand['CLASSES'][number];
  };
  /** Away from the card, the edges of fields and the furniture. */
  const inFields = (): [number, number][] => {
    const places: [number, number][] = [];
    for (let y = 120; y < 480; y += 37) {
      for (let x = 340; x < 860; x += 61) {
        const name = classAt(x, y).name;
        const alike = [-2, 2].every(
          (d) => classAt(x + d, y).name === name && classAt(x, y + d).name === name,
        );
        if (alike) places.push([x, y]);
      }
    }
    return places;
  };

  test('tiles show their way from waiting to picture, and the picture has the classes’ own colours', () =>
    open({}, async (page, server) => {
      await allAre(page, 'queued');
      const blank = await colorsAt(page, inFields());
      assert.ok(!blank.includes('#ffffff'), 'nothing is white while tiles load');
      const [first, second] = server.pending() as [Tile, Tile];
      server.set(first, 'reading', { progress: 0.5 });
      server.set(second, 'computing');
      await page.locator('.cell[data-phase=reading]', { hasText: 'reading scenes 50 %' }).waitFor();
      await page.locator('.cell[data-phase=computing]').waitFor();
      assert.match(
        (await page.textContent('#status-text')) ?? '',
        /^0 of \d+ tiles · computing 1 · reading scenes 1 · waiting \d+$/,
      );
      for (const tile of server.pending()) server.set(tile, 'ready');
      await allThere(page);
      await page.waitForFunction(`!document.querySelector('.cell')`);
      const places = inFields();
      assert.ok(places.length > 20);
      await shows(
        page,
        places,
        places.map(([x, y]) => classAt(x, y).color),
      );
    }));

  test('a click shows the pixel’s class, its series and its probabilities; the keyboard reads the dates', () =>
    open({ archived: true }, async (page) => {
      await allThere(page);
      const [x, y] = inFields()[0] as [number, number];
      await page.mouse.click(x, y);
      const name = classAt(x, y).name;
      await page.locator('#point h2', { hasText: new RegExp(name.replace('_', ' '), 'i') }).waitFor();
      const dots = await page.locator('.chart .dot').count();
      const observations = await page.locator('.figures:not(.small) dd').first().textContent();
      assert.equal(String(dots), observations);
      assert.ok(dots >= 10);
      await page.locator('.chart').focus();
      await page.keyboard.press('ArrowRight');
      assert.match((await page.textContent('.series .reading')) ?? '', /^\d+ Sep 2024: −?0\.\d\d$/);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('#point').isVisible(), false);
      await page.keyboard.press('Enter');
      await page.locator('#point h2').waitFor();
      await page.keyboard.press('Escape');
      // A slow press is a click, too.
      await page.mouse.click(x, y, { delay: 500 });
      await page.locator('#point h2').waitFor();
    }));

  test('layers, opacity and baseline change the picture, the legend and the link', () =>
    open({ archived: true }, async (page, server) => {
      await allThere(page);
      const places = inFields().slice(0, 1);
      const classes = places.map(([x, y]) => classAt(x, y).color)[0] ?? '';
      await shows(page, places, [classes]);
      await page.locator('#opacity').fill('0');
      await page.waitForURL(/opacity=0/);
      await showsNo(page, places, classes);
      const [baseline = ''] = await colorsAt(page, places);
      await page.locator('#baseline').uncheck();
      await page.waitForURL(/baseline=0/);
      await showsNo(page, places, baseline);
      await page.locator('#opacity').fill('100');
      await page.locator('#layer-buttons label', { hasText: 'Confidence' }).click();
      await page.locator('#legend .ramp').waitFor();
      await page.waitForURL(/layer=confidence/);
      await allThere(page);
      assert.ok(server.requests.some((url) => /^\/tiles\/14\/.*layer=confidence.*wait=0/.test(url)));
      await showsNo(page, places, classes);
      await page.locator('#layer-buttons label', { hasText: 'Features' }).click();
      await page.locator('#feature').selectOption('ndvi_sos');
      await page.waitForURL(/layer=ndvi_sos/);
      await page.locator('#legend-title', { hasText: 'NDVI, start of season' }).waitFor();
      await page.locator('#zoom-in').click();
      await page.waitForURL(/#15\//);
    }));

  test('a failed tile says why, and is asked for again when the person says so', () =>
    open({}, async (page, server) => {
      await allAre(page, 'queued');
      const tile = server.pending()[0] as Tile;
      server.set(tile, 'failed', { message: 'The scenes of this place could not be read.' });
      await page.locator('.cell-failed').click();
      const dialog = page.getByRole('dialog');
      assert.match((await dialog.textContent()) ?? '', /The scenes of this place could not be read\./);
      const path = `/tiles/${tile.z}/${tile.x}/${tile.y}.png`;
      const before = server.requests.filter((url) => url.startsWith(path)).length;
      await dialog.getByRole('button', { name: 'Try again' }).click();
      await allAre(page, 'queued');
      assert.equal(server.requests.filter((url) => url.startsWith(path)).length, before + 1);
    }));

  test('a stale tile shows its picture, says so, and changes when the new one is there', () =>
    open(
      { archived: true, before: (server) => (server.settings.quality = 'stale') },
      async (page, server) => {
        await allThere(page);
        const badges = page.locator('.cell', { hasText: 'stale' });
        await badges.first().waitFor();
        await page.locator('#legend-notes', { hasText: 'newer scenes exist' }).waitFor();
        server.settings.quality = 'final';
        const keys: string[] = await page.evaluate(
          `[...document.querySelectorAll('.cell')].map((cell) => cell.dataset.tile)`,
        );
        for (const key of keys) {
          const [z, x, y] = key.split('/').map(Number) as [number, number, number];
          server.set({ z, x, y }, 'ready');
        }
        await page.waitForFunction(`!document.querySelector('.cell')`);
        assert.equal(await page.locator('#legend-notes li').count(), 0);
      },
    ));

  test('a server that is away is said in plain words, and the page goes on when it is back', () =>
    open({ archived: true, expected: /ERR_|Failed to load/ }, async (page, server) => {
      await allThere(page);
      server.settings.down = true;
      await page.locator('#layer-buttons label', { hasText: 'True colour' }).click();
      const toast = page.locator('.toast', { hasText: 'The map server does not answer.' });
      await toast.waitFor();
      server.settings.down = false;
      await allThere(page);
      await toast.waitFor({ state: 'detached' });
    }));

  test('a link to a model that is not here shows the default map and says so', () =>
    open(
      {
        archived: true,
        link: '?model=Nobody&season=summer',
        expected: /404/,
        before: (server) => {
          server.settings.tilejson = [
            404,
            'unknown-model',
            'There is no model “Nobody”.',
            'Use Ensemble or Demo.',
          ];
        },
      },
      async (page, server) => {
        await page.locator('.toast', { hasText: 'There is no model “Nobody”.' }).waitFor();
        server.settings.tilejson = null;
        await allThere(page);
      },
    ));

  test('on a phone the choices fold away and the pixel opens as a sheet', () =>
    open({ archived: true }, async (page) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await allThere(page);
      assert.equal(await page.locator('#controls-body').isVisible(), false);
      await page.getByRole('button', { name: 'Layers' }).click();
      assert.equal(await page.locator('#legend').isVisible(), true);
      await page.locator('#controls-toggle').click();
      await page.mouse.click(200, 600);
      await page.locator('#point h2').waitFor();
      const sheet = await page.locator('#point').boundingBox();
      const marker = await page.locator('#marker').boundingBox();
      assert.equal(sheet?.width, 390);
      assert.ok((marker?.y ?? Infinity) < (sheet?.y ?? 0), 'the chosen pixel stays in sight');
    }));
});
