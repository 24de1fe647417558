import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { SUMMERS } from '../../tiler/e2e/browsed-server.js';
import type { BrowsedServer, ClassGrid } from '../../tiler/e2e/browsed-server.js';
import type { PointAnswer } from '../api.js';
import { allThere, gridPixel, PHONE, TestBrowser, withoutBrowser } from './browser.js';
import { gridPlace, settled, shows, showsNo } from './on-screen.js';
import { startRealServer } from './real-server.js';
import {
  assertShows,
  copied,
  countedBy,
  looks,
  saved,
  stateOf,
  tableRows,
  text,
  xmlAttributes,
} from './real-page.js';

const [THIS, BEFORE] = SUMMERS;
const VIEW = { width: 1000, height: 640 };
/** Where the card of choices and its shadow end. */
const BESIDE_CARD = 345;
const LAYERS = ['Confidence', 'Observations', 'True colour', 'Features', 'Dynamic World'] as const;
/** Zoomed out so far that the view has more metatiles than may wait. */
const WIDE_ZOOM = 12;
/** How much sooner timers of this length end in the test of a full queue. */
const HASTE = 40;

/** The built page on a real server, with scenes of two summers: every ability from the map that is computed to the file that is saved. */
void describe('the viewer on a real server', { skip: withoutBrowser }, () => {
  let server: BrowsedServer;
  let browser: TestBrowser;
  let middle: readonly [number, number];
  /** Colours by class id, as the server's legend has them. */
  const colors = new Map<number, string>();
  const names = new Map<number, string>();
  const grids = new Map<number, ClassGrid>();

  before(async () => {
    server = await startRealServer();
    browser = await TestBrowser.launch({ viewport: VIEW });
    middle = gridPixel(...server.center);
    const legend = (await (await fetch(`${server.url}/legend.json`)).json()) as {
      classes: { id: number; name: string; color: string }[];
    };
    for (const { id, name, color } of legend.classes) {
      colors.set(id, color);
      names.set(id, name);
    }
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const open = (
    link: string,
    body: (page: Page) => Promise<void>,
    before?: (page: Page) => Promise<void>,
  ): Promise<void> => browser.visit(`${server.url}/${link}`, body, before === undefined ? {} : { before });

  /** The pixel of the zoom-14 grid that a place of the page shows where the map opens. */
  const pixelAt = ([x, y]: readonly [number, number]): [number, number] => [
    Math.floor(middle[0] + x + 0.5 - VIEW.width / 2),
    Math.floor(middle[1] + y + 0.5 - VIEW.height / 2),
  ];
  async function classAt(year: number, place: readonly [number, number]): Promise<number> {
    const grid = grids.get(year) ?? (await server.classes(year));
    grids.set(year, grid);
    return grid.at(...pixelAt(place));
  }
  /** Places of the page whose surroundings have one class in each of the years. */
  async function inFields(years: readonly number[]): Promise<[number, number][]> {
    const { right, top, bottom } = server.scenes;
    const y0 = top - middle[1] + VIEW.height / 2;
    const places: [number, number][] = [];
    for (let y = Math.ceil(y0) + 12; y < y0 + bottom - top - 12; y += 13) {
      for (let x = BESIDE_CARD; x < right - middle[0] + VIEW.width / 2 - 12; x += 17) {
        let alike = true;
        for (const year of years) {
          const here = await classAt(year, [x, y]);
          alike &&= colors.has(here);
          for (const d of [-2, 2]) {
            alike &&=
              (await classAt(year, [x + d, y])) === here && (await classAt(year, [x, y + d])) === here;
          }
        }
        if (alike) places.push([x, y]);
      }
    }
    assert.ok(places.length > 20, `${places.length} places of ${years.join()}`);
    return places;
  }
  const colorsOf = (year: number, places: readonly (readonly [number, number])[]): Promise<string[]> =>
    Promise.all(places.map(async (place) => colors.get(await classAt(year, place)) ?? ''));
  /** A field of the analyst's: four corners inside the scenes. */
  function parcel(): { type: 'Polygon'; coordinates: [number, number][][] } {
    const { left, right, top, bottom } = server.scenes;
    const corner = (x: number, y: number): [number, number] =>
      gridPlace(left + x * (right - left), top + y * (bottom - top));
    return {
      type: 'Polygon',
      coordinates: [
        [corner(0.15, 0.2), corner(0.8, 0.12), corner(0.85, 0.8), corner(0.2, 0.7), corner(0.15, 0.2)],
      ],
    };
  }
  const upload = async (page: Page): Promise<void> => {
    await page.locator('#open-area').click();
    await page.locator('#area-file').setInputFiles({
      name: 'parcel.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(JSON.stringify({ type: 'Feature', properties: {}, geometry: parcel() })),
    });
    await page.locator('table.hectares').first().waitFor();
    await page.locator('.note.computing, .waiting').first().waitFor({ state: 'detached' });
  };
  const mapQuery = (year: number, model = 'Ensemble'): string => `season=summer&year=${year}&model=${model}`;
  const compareWith = (page: Page, label: string) => page.locator('#compare').selectOption({ label });

  // First, and of the summer that nobody else sees cold: what the catalogue was asked for before would not be waited for.
  test('tiles that a full queue refuses are asked for again when Retry-After says so', async () => {
    const release = server.hold();
    const refused = new Map<string, number>();
    const asked = new Map<string, number>();
    await open(
      `?opacity=100&year=${BEFORE}#${WIDE_ZOOM}/${server.center[1].toFixed(5)}/${server.center[0].toFixed(5)}`,
      async (page) => {
        await page.locator('.toast[data-code=queue-full]').waitFor();
        while (refused.size === 0) await page.evaluate('new Promise(requestAnimationFrame)');
        release();
        await allThere(page);
        const waits = await page.evaluate<number[]>('window.waits');
        for (const [url, seconds] of refused) {
          assert.ok(seconds > 0 && waits.includes(1000 * seconds), `${seconds} s are waited for ${url}`);
          assert.ok((asked.get(url) ?? 0) > 1, `${url} is asked for again`);
        }
        // It goes after twelve seconds, which may be over by now or not.
        await page.evaluate(`document.querySelectorAll('.toast button').forEach((close) => close.click())`);
        await looks(page, 'real-wide');
      },
      async (page) => {
        // What it waits for is written down, and comes sooner; toasts stay for their twelve seconds.
        await page.addInitScript(`{
          const real = setTimeout;
          window.waits = [];
          window.setTimeout = (callback, ms, ...rest) => {
            window.waits.push(ms);
            return real(callback, ms >= 3000 && ms !== 12000 ? ms / ${HASTE} : ms, ...rest);
          };
        }`);
        page.on('request', (request) => {
          const url = request.url();
          if (url.includes('/tiles/')) asked.set(url, (asked.get(url) ?? 0) + 1);
        });
        page.on('response', (response) => {
          if (response.status() !== 503) return;
          void response
            .json()
            .then(({ code }: { code: string }) => {
              if (code === 'queue-full')
                refused.set(response.url(), Number(response.headers()['retry-after']));
            })
            .catch(() => undefined);
        });
      },
    );
  });

  test('Dynamic World shows at once; computed tiles take its place as they come', async () => {
    const release = server.hold();
    const asked: string[] = [];
    await open(
      '?opacity=100',
      async (page) => {
        await page.waitForFunction(`(() => {
          const cells = [...document.querySelectorAll('.cell')];
          const came = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/baselines/dw/${THIS}/'));
          return cells.length > 0 && cells.every(({ dataset }) => dataset.phase === 'queued') && came.length >= cells.length;
        })()`);
        await looks(page, 'real-waiting');
        release();
        await allThere(page);
        const places = await inFields([THIS]);
        await shows(page, places, await colorsOf(THIS, places));
        await looks(page, 'real-computed');
        assert.ok(asked.some((path) => path.startsWith('/events?')));
        const tiles = asked.filter((path) => path.startsWith('/tiles/'));
        assert.ok(tiles.length > 0 && tiles.every((path) => path.includes('wait=0')));
      },
      async (page) => {
        page.on('request', (request) => {
          const { pathname, search } = new URL(request.url());
          asked.push(pathname + search);
        });
      },
    );
  });

  test('the year slider shows the summer before, and its address', () =>
    open('?opacity=100', async (page) => {
      await allThere(page);
      await page.locator('#year').focus();
      await page.keyboard.press('ArrowLeft');
      await page.waitForURL(new RegExp(`year=${BEFORE}`));
      await page.locator('#subtitle', { hasText: `${BEFORE}/${String(THIS).slice(2)}` }).waitFor();
      await allThere(page);
      const places = await inFields([BEFORE]);
      await shows(page, places, await colorsOf(BEFORE, places));
      const both = await inFields([THIS, BEFORE]);
      assert.notDeepEqual(await colorsOf(THIS, both), await colorsOf(BEFORE, both), 'the summers differ');
      await page.getByRole('button', { name: 'The year after' }).click();
      await page.waitForURL(new RegExp(`year=${THIS}`));
      await allThere(page);
      const again = await inFields([THIS]);
      await shows(page, again, await colorsOf(THIS, again));
    }));

  test('two summers beside each other, with the hectares of both and the change', () =>
    open('?opacity=100', async (page) => {
      await allThere(page);
      await compareWith(page, `Summer ${BEFORE}/${String(THIS).slice(2)}`);
      await page.locator('#swipe-right', { hasText: String(BEFORE) }).waitFor();
      await allThere(page);
      const places = await inFields([THIS, BEFORE]);
      const sides = [places.filter(([x]) => x < 470), places.filter(([x]) => x > 530)] as const;
      await shows(page, sides[0], await colorsOf(THIS, sides[0]));
      await shows(page, sides[1], await colorsOf(BEFORE, sides[1]));
      await looks(page, 'real-compare');

      await upload(page);
      const [before, now] = [
        await countedBy(server.url, parcel(), mapQuery(BEFORE)),
        await countedBy(server.url, parcel(), mapQuery(THIS)),
      ];
      assert.ok(before.completeness.complete && now.completeness.complete);
      assert.deepEqual(await page.locator('#area table.change thead th').allTextContents(), [
        'Class',
        `Summer ${BEFORE}/${String(THIS).slice(2)}`,
        `Summer ${THIS}/${String(THIS + 1).slice(2)}`,
        'Change',
      ]);
      const found = now.classes.filter(({ id, pixels }) => pixels + (before.classes[id]?.pixels ?? 0) > 0);
      const rows = await tableRows(page);
      assert.equal(rows.length, found.length);
      for (const { id, name, hectares } of found) {
        const earlier = before.classes[id]?.hectares ?? NaN;
        const row = rows.find(([title]) => title?.toLowerCase() === name);
        assertShows(row?.[1] ?? '', earlier, `${name} before`);
        assertShows(row?.[2] ?? '', hectares, `${name} now`);
        assertShows(row?.[3] ?? '', hectares - earlier, `change of ${name}`);
      }
      const { name, content } = await saved(page, 'Download CSV');
      assert.equal(name, `geocrop-summer-${BEFORE}-${THIS}-Ensemble-area.csv`);
      const lines = content.split('\r\n').map((line) => line.split(','));
      const columns = lines[0] ?? [];
      const cell = (line: readonly string[], column: string): string => line[columns.indexOf(column)] ?? '';
      for (const [year, counted] of [
        [BEFORE, before],
        [THIS, now],
      ] as const) {
        const ofYear = lines.filter((line) => cell(line, 'year') === String(year));
        const ofClasses = ofYear.filter(([row]) => row === 'class');
        assert.deepEqual(
          ofClasses.map((line) => [cell(line, 'name'), Number(cell(line, 'hectares'))]),
          counted.classes.map((entry) => [entry.name, entry.hectares]),
        );
        const changes = ofClasses.map((line) => cell(line, 'change_hectares'));
        if (year === BEFORE) assert.deepEqual([...new Set(changes)], ['']);
        else
          now.classes.forEach(({ id, hectares }, at) => {
            const change = hectares - (before.classes[id]?.hectares ?? NaN);
            assert.ok(Math.abs(Number(changes[at]) - change) < 1e-4);
          });
      }
      await allThere(page);
      await looks(page, 'real-area-change');
    }));

  test('an area that is drawn has the hectares of POST /statistics, in the panel and in the CSV', () =>
    open('?opacity=100', async (page) => {
      await allThere(page);
      await page.locator('#open-area').click();
      await page.locator('#area-draw').click();
      for (const [at, [x, y]] of (
        [
          [350, 200],
          [560, 210],
          [450, 440],
        ] as const
      ).entries()) {
        await page.mouse.click(x, y);
        await page.locator('.corners', { hasText: new RegExp(`^${at + 1} corner`) }).waitFor();
      }
      const [posted] = await Promise.all([
        page.waitForRequest((request) => request.url().includes('/statistics?')),
        page.getByRole('button', { name: 'Done' }).click(),
      ]);
      const counted = await countedBy(server.url, posted.postDataJSON(), mapQuery(THIS));
      await page.locator('table.hectares').waitFor();
      assertShows(
        (await text(page.locator('#area h2'))).replace(' ha', ''),
        counted.area.hectares,
        'the area',
      );
      const rows = await tableRows(page);
      const found = counted.classes.filter(
        ({ pixels, adjusted }) => pixels > 0 || (adjusted?.hectares ?? 0) > 0,
      );
      assert.equal(rows.length, found.length);
      for (const { name, hectares, meanConfidence, adjusted } of found) {
        const row = rows.find(([title]) => title?.toLowerCase() === name) ?? [];
        assertShows(row[1] ?? '', hectares, name);
        if (meanConfidence !== null) assertShows(row[2] ?? '', meanConfidence, `confidence of ${name}`);
        const [estimate = '', margin = ''] = (row[3] ?? '').split(' ± ');
        assertShows(estimate, adjusted?.hectares ?? NaN, `adjusted ${name}`);
        assertShows(margin, 1.96 * (adjusted?.standardError ?? NaN), `interval of ${name}`);
      }
      const [total] = await tableRows(page, 'tfoot');
      assertShows(total?.[1] ?? '', counted.completeness.classified.hectares, 'total');
      const { content } = await saved(page, 'Download CSV');
      const lines = content.split('\r\n').map((line) => line.split(','));
      assert.deepEqual(
        lines.slice(1, 1 + counted.classes.length).map((line) => line.slice(1, 8)),
        counted.classes.map(({ id, name, pixels, hectares, share, meanConfidence, adjusted }) =>
          [id, name, pixels, hectares, share, meanConfidence ?? '', adjusted?.hectares ?? ''].map(String),
        ),
      );
      await allThere(page);
      await looks(page, 'real-area');
    }));

  test('a pixel has the series, the probabilities and the scenes that the server answers', () =>
    open('?opacity=100', async (page) => {
      await allThere(page);
      const answerAt = async (url: string): Promise<PointAnswer> =>
        (await (await fetch(`${url}&wait=50`)).json()) as PointAnswer;
      const places = await inFields([THIS]);
      let place = places[0] as [number, number];
      for (const candidate of places) {
        const [lon, lat] = gridPlace(...pixelAt(candidate));
        const { masked, series } = await answerAt(`${server.url}/point/${lon},${lat}?${mapQuery(THIS)}`);
        if (masked.length === 0 || series.length < 3) continue;
        place = candidate;
        break;
      }
      const [response] = await Promise.all([
        page.waitForResponse((given) => given.url().includes('/point/') && given.status() === 200),
        page.mouse.click(...place),
      ]);
      const shown = (await response.json()) as PointAnswer;
      const own = await answerAt(response.url());
      const [x, y] = pixelAt(place);
      assert.ok(
        Math.abs(own.pixel.x - x) <= 1 && Math.abs(own.pixel.y - y) <= 1,
        'the pixel under the pointer',
      );
      assert.ok(own.masked.length > 0);
      assert.deepEqual([shown.series, shown.masked, shown.class], [own.series, own.masked, own.class]);
      assert.deepEqual(shown.probabilities, own.probabilities);
      assert.equal(shown.class?.id, await classAt(THIS, place), 'the class of the tile');

      const panel = page.locator('#point');
      await panel.locator('.chart .dot').first().waitFor();
      const heading = await text(panel.locator('h2'));
      assert.match(heading, new RegExp(`^${own.class?.name}${own.class?.confidence} %`, 'i'));
      await panel.locator('.chart').focus();
      const read: string[] = [];
      for (let i = 0; i < own.series.length + own.masked.length; i += 1) {
        await page.keyboard.press('ArrowRight');
        read.push(await text(panel.locator('.series .reading')));
      }
      const day = new Intl.DateTimeFormat('en-GB', {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        timeZone: 'UTC',
      });
      for (const { date, ndvi } of own.series) {
        const value = (ndvi ?? NaN).toFixed(2).replace('-', '−');
        assert.ok(read.includes(`${day.format(new Date(date))}: ${value}`), `${date} in ${read.join(' | ')}`);
      }
      for (const { date } of own.masked) {
        const line = read.find((words) => words.startsWith(`${day.format(new Date(date))}: `));
        assert.match(line ?? '', /: (cloud|thin cirrus|cloud shadow|beside a cloud|no data)$/);
      }
      const bars = await panel.locator('.bars .bar').allTextContents();
      const probabilities = Object.entries(own.probabilities ?? {})
        .sort((a, b) => b[1] - a[1])
        .filter(([, value], at) => at === 0 || value >= 0.005);
      assert.deepEqual(
        bars.map((words) => words.toLowerCase()),
        probabilities.map(([name, value]) => `${name}${Math.round(100 * value)} %`),
      );
      await panel.locator('.chart').blur();
      await panel.locator('.sheet-body').evaluate((body) => ((body as { scrollTop: number }).scrollTop = 0));
      await looks(page, 'real-point');
      await panel.locator('summary', { hasText: `Scenes used (${own.scenes.scenes.length})` }).click();
      const rows = panel.locator('table.scenes tbody tr');
      assert.equal(await rows.count(), own.scenes.scenes.length);
      assert.equal(await rows.filter({ hasText: /clear$/ }).count(), own.series.length);
    }));

  test('what is copied and saved for other programs works there', () =>
    open('?opacity=100', async (page) => {
      await allThere(page);
      const { left, top } = server.scenes;
      const address = (template: string): string =>
        template
          .replace('{z}', '14')
          .replace('{x}', String(left >> 8))
          .replace('{y}', String(top >> 8));
      const pictureAt = async (url: string): Promise<Buffer> => {
        const response = await fetch(url);
        assert.equal(response.status, 200, url);
        assert.equal(response.headers.get('content-type'), 'image/png', url);
        return Buffer.from(await response.arrayBuffer());
      };
      await page.locator('#open-share').click();
      const xyz = await copied(page, 'XYZ tiles');
      const picture = await pictureAt(address(xyz));

      const wmts = await copied(page, 'WMTS');
      const capabilities = await (await fetch(wmts)).text();
      const templates = await xmlAttributes(page, capabilities, 'ResourceURL', 'template');
      const ofClasses = templates.find((url) => url.includes('/classes/') && url.includes('.png'));
      const resource = (ofClasses ?? '')
        .replace(/\{season\}/i, 'summer')
        .replace(/\{year\}/i, String(THIS))
        .replace(/\{model\}/i, 'Ensemble')
        .replace(/\{style\}/i, 'default')
        .replace(
          /\{TileMatrixSet\}/i,
          (await xmlAttributes(page, capabilities, 'TileMatrixSet', 'none'))[0]?.trim() ?? '',
        )
        .replace(/\{TileMatrix\}/i, '14')
        .replace(/\{TileRow\}/i, String(top >> 8))
        .replace(/\{TileCol\}/i, String(left >> 8));
      assert.deepEqual(await pictureAt(resource), picture, 'WMTS has the same tile');

      const layer = await saved(page, 'Download: QGIS layer');
      assert.equal(layer.name, `geocrop-summer-${THIS}-classes.qlr`);
      const sources = await xmlAttributes(page, layer.content, 'datasource', 'none');
      const addresses = sources.map((source) => new URLSearchParams(source).get('url') ?? '');
      const map = addresses.find((url) => url !== '') ?? '';
      assert.ok(map.startsWith(server.url), map);
      assert.ok((await (await fetch(map)).text()).includes('<Capabilities'));
      const numbers = sources.find((source) => source.includes('/tiles/')) ?? '';
      const [template] = await xmlAttributes(page, numbers, 'ServerUrl', 'none');
      const tile = await fetch(address((template ?? '').replaceAll('${', '{')));
      assert.equal(tile.status, 200);
      assert.match(tile.headers.get('content-type') ?? '', /^image\/tiff\b/);

      await page.locator('#layer-buttons label', { hasText: 'Dynamic World' }).click();
      await page.waitForURL(/layer=dynamic_world/);
      await allThere(page);
      const baseline = await copied(page, 'XYZ tiles');
      assert.notDeepEqual(await pictureAt(address(baseline)), picture);
      const saidOf = await saved(page, 'Download: QGIS layer');
      assert.equal(saidOf.name, `geocrop-summer-${THIS}-dynamic_world.qlr`);
    }));

  test('a link brings everything back on a new page', () =>
    open(`?opacity=100#14/${server.center[1].toFixed(5)}/${server.center[0].toFixed(5)}`, async (page) => {
      await allThere(page);
      await page.getByRole('button', { name: 'The year before' }).click();
      await page.waitForURL(new RegExp(`year=${BEFORE}`));
      await page.locator('#opacity').fill('70');
      await page.locator('#baseline').uncheck();
      await page.locator('.classes label', { hasText: 'Tobacco' }).click();
      await page.locator('#hatch').fill('60');
      await compareWith(page, 'Forest');
      await page.locator('#swipe-right', { hasText: 'Forest' }).waitFor();
      await page.locator('#swipe-handle').focus();
      await page.keyboard.press('ArrowRight');
      await upload(page);
      const hectares = await tableRows(page);
      await page.locator('#zoom-out').click();
      await settled(page);
      // The pixel in the middle: left of the divider.
      await page.locator('#canvas').focus();
      await page.keyboard.press('Enter');
      await page.locator('#point .chart .dot').first().waitFor();
      const pixel = await text(page.locator('#point'));
      await allThere(page);
      await page.locator('#open-share').click();
      const link = await copied(page, 'Link to this view');
      const state = await stateOf(page);
      await page.keyboard.press('Escape');
      assert.equal(await text(page.locator('#point')), pixel, 'the pixel’s panel is back');
      await browser.visit(link, async (other) => {
        await other.locator('#point .chart .dot').first().waitFor();
        await allThere(other);
        assert.deepEqual(await stateOf(other), state);
        assert.equal(await text(other.locator('#point')), pixel);
        assert.equal(new URL(other.url()).hash, new URL(link).hash);
        await allThere(other);
        await looks(other, 'real-link');
        await other.locator('#open-area').click();
        await other.locator('table.hectares.change').waitFor();
        assert.deepEqual(await tableRows(other), hectares);
      });
    }));

  test('each layer has its picture and its legend; classes are switched and hatched without a new tile', () =>
    open('?opacity=100&baseline=0', async (page) => {
      await allThere(page);
      const places = await inFields([THIS]);
      const expected = await colorsOf(THIS, places);
      let asked = 0;
      page.on('request', (request) => (asked += request.url().includes('layer=classes') ? 1 : 0));
      const name = [...names].find(([id]) => expected.includes(colors.get(id) ?? ''))?.[1] ?? '';
      const off = [...colors].find(([id]) => names.get(id) === name)?.[1] ?? '';
      await page.locator('.classes label', { hasText: new RegExp(name, 'i') }).click();
      await page.waitForURL(new RegExp(`off=${name}`));
      const others = places.filter((_, at) => expected[at] !== off);
      const switched = places.filter((_, at) => expected[at] === off);
      await shows(page, others, await colorsOf(THIS, others));
      await showsNo(page, switched, off);
      await looks(page, 'real-class-off');
      await page.getByRole('button', { name: 'Show all classes' }).click();
      await page.locator('#hatch').fill('80');
      await page.waitForURL(/hatch=80/);
      await looks(page, 'real-hatched');
      assert.equal(asked, 0);
      for (const layer of LAYERS) {
        await page.locator('#layer-buttons label', { hasText: layer }).click();
        await page.waitForURL(/layer=/);
        await allThere(page);
        await page.locator('#legend-body > *').first().waitFor();
        await looks(page, `real-${layer.toLowerCase().replace(' ', '-')}`);
      }
      await page.setViewportSize(PHONE);
      await page
        .locator('#layer-buttons input')
        .first()
        .evaluate((input) => (input as unknown as { click(): void }).click());
      await allThere(page);
      await looks(page, 'real-phone');
    }));
});
