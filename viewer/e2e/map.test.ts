import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { allThere, colorsAt, gridPixel, PHONE, TestBrowser, withoutBrowser } from './browser.js';
import type { Size } from './browser.js';
import { fakeLand, startFakeServer } from './fake-server.js';
import type { FakeLand, FakeServer } from './fake-server.js';
import { assertLooks } from './golden.js';
import { eventually, shows, showsNo } from './on-screen.js';

/** What shows on the map, and how: years, classes, hatching, two maps, bases. */
const VIEW = { width: 1200, height: 800 };
/** The middle of the view, in pixels of the zoom-14 grid; the fake land of another season lies so many pixels further east. */
const CENTER = gridPixel(30.0, -17.86);
const PIXELS_A_YEAR = 2600;
/** A page that was loaded anew has lost it. */
const MARK = 'window.sameDocument = true';

void describe('the map', { skip: withoutBrowser }, () => {
  let browser: TestBrowser;
  let land: FakeLand;

  before(async () => {
    browser = await TestBrowser.launch({ viewport: VIEW });
    land = await fakeLand();
  });
  after(() => browser.close());

  async function open(
    link: string,
    body: (page: Page, server: FakeServer) => Promise<void>,
    options: { viewport?: Size; geocrop?: object; expected?: RegExp } = {},
  ): Promise<void> {
    const server = await startFakeServer({ archived: true });
    const { geocrop, ...visit } = options;
    if (geocrop !== undefined) Object.assign(server.settings, { geocrop });
    try {
      await browser.visit(server.url + link, (page) => body(page, server), visit);
    } finally {
      await server.close();
    }
  }

  const classAt = (x: number, y: number, year = 2024) => {
    const { id } = land.landAt(
      Math.floor(CENTER[0] + x + 0.5 - VIEW.width / 2) + PIXELS_A_YEAR * (2024 - year),
      Math.floor(CENTER[1] + y + 0.5 - VIEW.height / 2),
    );
    return land.CLASSES[id] as FakeLand['CLASSES'][number];
  };
  /** Away from the card, the buttons, and the edges of fields of each of the years. */
  const inFields = (years: readonly number[] = [2024], from = 340, to = 1040): [number, number][] => {
    const places: [number, number][] = [];
    for (let y = 150; y < 620; y += 37) {
      for (let x = from; x < to; x += 41) {
        const alike = years.every((year) => {
          const { name } = classAt(x, y, year);
          return [-2, 2].every(
            (d) => classAt(x + d, y, year).name === name && classAt(x, y + d, year).name === name,
          );
        });
        if (alike) places.push([x, y]);
      }
    }
    return places;
  };
  const colorsOf = (places: readonly (readonly [number, number])[], year = 2024): string[] =>
    places.map(([x, y]) => classAt(x, y, year).color);
  const tilesOf = (server: FakeServer, what: RegExp): string[] =>
    server.requests.filter((url) => url.startsWith('/tiles/') && what.test(url));
  const switchOf = (page: Page, name: string) => page.locator('.classes label', { hasText: name });

  test('the year slider shows another year in place', () =>
    open('?opacity=100', async (page, server) => {
      await allThere(page);
      await page.evaluate(MARK);
      await page.locator('#year').focus();
      await page.keyboard.press('ArrowLeft');
      await page.waitForURL(/year=2023/);
      await page.locator('#subtitle', { hasText: '2023/24' }).waitFor();
      await allThere(page);
      assert.equal(await page.evaluate('window.sameDocument'), true);
      assert.ok(tilesOf(server, /year=2023/).length > 0);
      const places = inFields([2023]);
      await shows(page, places, colorsOf(places, 2023));
      assert.match((await page.locator('#year').getAttribute('aria-valuetext')) ?? '', /summer 2023\/24/i);
      await page.getByRole('button', { name: 'The year after' }).click();
      await page.waitForURL(/year=2024/);
      await allThere(page);
      await shows(page, inFields(), colorsOf(inFields()));
    }));

  test('classes are switched off and on without a request', () =>
    open('?opacity=100&baseline=0', async (page, server) => {
      await allThere(page);
      await page.locator('.classes .number', { hasText: '%' }).first().waitFor();
      const asked = server.requests.length;
      const places = inFields();
      const maize = places.filter(([x, y]) => classAt(x, y).name === 'maize');
      const others = places.filter(([x, y]) => classAt(x, y).name !== 'maize');
      assert.ok(maize.length > 5 && others.length > 5);
      await switchOf(page, 'Maize').click();
      await page.waitForURL(/off=maize/);
      await shows(page, others, colorsOf(others));
      await showsNo(page, maize, land.CLASSES[0]?.color ?? '');
      await assertLooks(page, 'map-class-off');
      await page.getByRole('button', { name: 'Hide all classes' }).click();
      await page.waitForURL(/off=tobacco/);
      assert.equal(await page.locator('.classes input:checked').count(), 0);
      await page.getByRole('button', { name: 'Show all classes' }).click();
      await page.waitForURL((url) => !url.search.includes('off'));
      await shows(page, places, colorsOf(places));
      assert.equal(server.requests.length, asked);
    }));

  test('a switch works by keyboard and says what it is', () =>
    open('?opacity=100', async (page) => {
      await allThere(page);
      const box = page.getByRole('checkbox', { name: /^Tobacco/ });
      await box.focus();
      await page.keyboard.press('Space');
      await page.waitForURL(/off=tobacco/);
      assert.equal(await box.isChecked(), false);
    }));

  test('low confidence is hatched below a threshold, from the confidence of the same tiles', () =>
    open('?opacity=100', async (page, server) => {
      await allThere(page);
      assert.deepEqual(tilesOf(server, /layer=confidence/), [], 'nobody asked for it yet');
      const places = inFields();
      await page.locator('#hatch').fill('75');
      await page.waitForURL(/hatch=75/);
      const plain = colorsOf(places);
      const hatched = await eventually(
        page,
        async () => (await colorsAt(page, places)).filter((color, at) => color !== plain[at]).length,
        (count) => count > 0,
      );
      assert.ok(hatched > 0 && hatched < places.length, `${hatched} of ${places.length} places are hatched`);
      const asked = server.requests.length;
      await page.locator('#hatch').fill('0');
      await page.waitForURL((url) => !url.search.includes('hatch'));
      await shows(page, places, colorsOf(places));
      assert.equal(tilesOf(server, /layer=confidence/).length > 0, true);
      assert.equal(
        server.requests.slice(asked).filter((url) => url.includes('layer=classes')).length,
        0,
        'classes are not fetched again',
      );
    }));

  test('Dynamic World is a layer of its own', () =>
    open('?opacity=100', async (page, server) => {
      await allThere(page);
      await page.locator('#layer-buttons label', { hasText: 'Dynamic World' }).click();
      await page.waitForURL(/layer=dynamic_world/);
      await allThere(page);
      await switchOf(page, 'Crops').waitFor();
      assert.equal(await page.locator('#baseline-row').isVisible(), false, 'it is not beneath itself');
      assert.ok(server.requests.some((url) => url.startsWith('/baselines/dw/2024/tiles/')));
      const places = inFields().filter(([x, y]) => classAt(x, y).name === 'maize');
      await shows(
        page,
        places,
        places.map(() => '#e49635'),
      );
    }));

  test('two seasons lie beside each other; the divider is dragged, and moved by keyboard', () =>
    open('?opacity=100', async (page) => {
      await allThere(page);
      await page.locator('#compare').selectOption({ label: 'Summer 2022/23' });
      await page.waitForURL(/compare=year(:|%3A)2022/);
      await page.locator('#swipe-right', { hasText: 'Summer 2022/23' }).waitFor();
      await allThere(page);
      const left = inFields([2024], 340, 560);
      const right = inFields([2022], 640, 1040);
      await shows(page, left, colorsOf(left));
      await shows(page, right, colorsOf(right, 2022));
      const handle = page.getByRole('slider', { name: /Divider between Summer 2024\/25/ });
      const box = await handle.boundingBox();
      assert.ok(box !== null);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(900, 420, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL(/swipe=75/);
      const wider = inFields([2024], 340, 860);
      await shows(page, wider, colorsOf(wider));
      await page.keyboard.press('Home');
      await page.waitForURL(/swipe=0/);
      assert.equal(await handle.getAttribute('aria-valuenow'), '0');
      const all = inFields([2022]);
      await shows(page, all, colorsOf(all, 2022));
      await page.locator('#compare').selectOption('');
      await page.waitForURL((url) => !url.search.includes('compare'));
      assert.equal(await page.locator('#swipe').isVisible(), false);
      await shows(page, inFields(), colorsOf(inFields()));
    }));

  test('the map is compared with another model, and with Dynamic World', () =>
    open('?opacity=100&compare=model:Demo', async (page, server) => {
      await page.locator('#swipe-right', { hasText: 'Demo' }).waitFor();
      await allThere(page);
      assert.ok(tilesOf(server, /model=Demo/).length > 0);
      await page.locator('#compare').selectOption('baseline');
      await page.locator('#swipe-right', { hasText: 'Dynamic World 2024' }).waitFor();
      await allThere(page);
      const places = inFields([2024], 640).filter(([x, y]) => classAt(x, y).name === 'maize');
      await shows(
        page,
        places,
        places.map(() => '#e49635'),
      );
      await assertLooks(page, 'map-compare-baseline');
    }));

  test('a link restores all of it', () =>
    open(
      '?year=2023&layer=classes&opacity=90&baseline=0&off=maize&off=water&hatch=60&compare=year:2021&swipe=30&note=kept#14/-17.86/30',
      async (page) => {
        await page.locator('#swipe-left', { hasText: 'Summer 2023/24' }).waitFor();
        await page.locator('#swipe-right', { hasText: 'Summer 2021/22' }).waitFor();
        await allThere(page);
        const link = page.url();
        const values = await page.evaluate(`['year', 'opacity', 'hatch', 'compare'].map(
          (id) => document.getElementById(id).value)`);
        assert.deepEqual(values, ['2', '90', '60', 'year:2021']);
        assert.equal(await page.locator('#baseline').isChecked(), false);
        assert.deepEqual(await page.locator('.classes li:has(input:not(:checked)) .name').allTextContents(), [
          'Maize',
          'Water',
        ]);
        assert.equal(await page.locator('#swipe-handle').getAttribute('aria-valuenow'), '30');
        await page.locator('#zoom-in').click();
        await page.waitForURL(/#15\//);
        const [before, now] = [new URL(link), new URL(page.url())];
        before.searchParams.delete('layer');
        assert.deepEqual(
          [...now.searchParams].filter(([name]) => name !== 'layer').sort(),
          [...before.searchParams].sort(),
          'nothing of the link is lost',
        );
        await assertLooks(page, 'map-all-at-once');
      },
    ));

  test('where another year cannot be opened, the map and the slider stay as they are', () =>
    open(
      '?opacity=100',
      async (page, server) => {
        await allThere(page);
        server.settings.tilejson = [404, 'unknown-year', 'There is no year 2023.', 'Years: 2024.'];
        await page.locator('#year').focus();
        await page.keyboard.press('ArrowLeft');
        await page.locator('.toast', { hasText: 'There is no year 2023.' }).waitFor();
        await page.waitForURL(/year=2024/);
        assert.equal(await page.locator('#year').inputValue(), '3');
        await shows(page, inFields(), colorsOf(inFields()));
      },
      { expected: /404/ },
    ));

  test('without a configuration nothing of another base is loaded', () =>
    open('', async (page, server) => {
      await allThere(page);
      const scripts = server.requests.filter((url) => url.endsWith('.js'));
      assert.ok(!scripts.some((url) => url.includes('base-map')), scripts.join());
      assert.equal(await page.locator('#base').isVisible(), false);
    }));

  test('a configured base lies beneath, with its credits; the map above it stays', () =>
    open(
      '?opacity=100',
      async (page, server) => {
        await allThere(page);
        await page.locator('#base canvas').waitFor();
        await page.locator('#attribution', { hasText: 'Example base' }).waitFor();
        await page.waitForFunction(
          `performance.getEntriesByType('resource').some(({ name }) => /\\/base\\/\\d+\\/\\d+\\/\\d+/.test(name))`,
        );
        assert.ok(server.requests.some((url) => url.includes('base-map')));
        await shows(page, inFields(), colorsOf(inFields()));
      },
      { geocrop: { base: { tiles: ['base/{z}/{x}/{y}.png'], attribution: 'Example base' } } },
    ));

  test('districts are drawn, and named under the pointer', () =>
    open(
      '',
      async (page) => {
        await allThere(page);
        await page.mouse.move(600, 400);
        await page.locator('#readout', { hasText: 'Mazowe' }).waitFor();
      },
      { geocrop: { districts: 'districts.geojson' } },
    ));

  test('on a phone two maps, their names and the choices fit', () =>
    open(
      '?opacity=100&compare=year:2023',
      async (page) => {
        await page.locator('#swipe-right', { hasText: '2023/24' }).waitFor();
        await allThere(page);
        for (const id of ['#swipe-left', '#swipe-right', '#swipe-handle']) {
          const box = await page.locator(id).boundingBox();
          assert.ok(box !== null && box.x >= 0 && box.x + box.width <= PHONE.width, `${id} is in sight`);
        }
        await assertLooks(page, 'map-compare-phone');
        await page.locator('#controls-toggle').click();
        await page.locator('#year').waitFor();
        const card = await page.locator('#controls').boundingBox();
        assert.ok(card !== null && card.width <= PHONE.width && card.height <= PHONE.height);
      },
      { viewport: PHONE },
    ));
});
