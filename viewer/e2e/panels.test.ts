import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { assertAccessible } from './accessible.js';
import { allThere, DESKTOP, PHONE, TestBrowser, withoutBrowser } from './browser.js';
import { onFakePage } from './fake-page.js';
import type { FakePageOptions } from './fake-page.js';
import type { FakeServer } from './fake-server.js';
import { assertLooks } from './golden.js';
import { settled } from './on-screen.js';

/** In a field of the made-up land, in the part of the map that no panel covers. */
const FIELD = { desktop: [760, 430], phone: [180, 330] } as const;
/** On the desktop's free part of the map: around fields, woodland and the river. */
const CORNERS = [
  [500, 300],
  [800, 280],
  [860, 560],
] as const;

/** What a panel covers on a desktop, with some of the map; and all but the card of choices, which has pictures of its own. */
const PANEL = { x: 900, y: 0, width: 540, height: 900 };
const MAP_AND_PANEL = { x: 300, y: 0, width: 1140, height: 900 };

const PARCEL = {
  type: 'Feature',
  properties: { name: 'Parcel 12' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [29.995, -17.855],
        [30.004, -17.855],
        [30.004, -17.862],
        [29.995, -17.862],
        [29.995, -17.855],
      ],
    ],
  },
};
const PARCEL_FILE = {
  name: 'parcel.geojson',
  mimeType: '',
  buffer: Buffer.from(JSON.stringify(PARCEL)),
};
const KML = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>
29.995,-17.855,1200 30.004,-17.855,1200 30.004,-17.862,1200 29.995,-17.862,1200 29.995,-17.855,1200
</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>`;

void describe('the panels', { skip: withoutBrowser }, () => {
  let browser: TestBrowser;
  before(async () => (browser = await TestBrowser.launch()));
  after(() => browser.close());

  const open = (
    options: FakePageOptions,
    body: (page: Page, server: FakeServer) => Promise<void>,
  ): Promise<void> =>
    onFakePage(browser, options, async (page, server) => {
      await allThere(page);
      await body(page, server);
    });
  const text = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';
  const announced = (page: Page, what: string | RegExp): Promise<void> =>
    page.locator('#announcer', { hasText: what }).waitFor();
  const looks = async (page: Page, state: string, part = PANEL): Promise<void> => {
    await assertAccessible(page, state);
    const desktop = page.viewportSize()?.width === DESKTOP.width;
    await assertLooks(page, state, [], desktop ? part : undefined);
  };
  const clickPixel = async (page: Page, [x, y]: readonly [number, number]): Promise<void> => {
    await page.mouse.click(x, y);
    await page.locator('#point .chart .dot').first().waitFor();
    await page.mouse.move(0, 0);
  };
  const drawArea = async (page: Page): Promise<void> => {
    await page.locator('#open-area').click();
    await page.locator('#area-draw').click();
    for (const [at, [x, y]] of CORNERS.entries()) {
      await page.mouse.click(x, y);
      await page.locator('.corners', { hasText: new RegExp(`^${at + 1} corner`) }).waitFor();
    }
  };
  const counted = (page: Page): Promise<void> => page.locator('table.hectares').waitFor();

  describe('of a pixel', () => {
    test('has its series with clouded dates, its season, its probabilities and its scenes', () =>
      open({}, async (page) => {
        await clickPixel(page, FIELD.desktop);
        const panel = page.locator('#point');
        const dots = await panel.locator('.chart .dot').count();
        const crosses = await panel.locator('.chart .masked').count();
        assert.ok(dots >= 10 && crosses >= 1);
        const figures = panel.locator('.figures:not(.small) dd');
        assert.deepEqual(
          [await text(figures.nth(0)), await text(figures.nth(1))],
          [String(dots), String(crosses)],
        );
        // every date can be read by keyboard: clear ones with their value, clouded ones with the reason
        await panel.locator('.chart').focus();
        const read = new Set<string>();
        for (let i = 0; i < dots + crosses; i += 1) {
          await page.keyboard.press('ArrowRight');
          read.add(await text(panel.locator('.series .reading')));
        }
        assert.equal(read.size, dots + crosses);
        const values = [...read].filter((line) => /^\d+ \w{3} \d{4}: −?0\.\d\d$/.test(line));
        const reasons = [...read].filter((line) =>
          /: (cloud|thin cirrus|cloud shadow|beside a cloud)$/.test(line),
        );
        assert.deepEqual([values.length, reasons.length], [dots, crosses]);
        // 96 and 228 days after 1 September 2024, as the answer says
        assert.match(
          await text(panel.locator('.phenology p')),
          /6 Dec 2024.*8 Feb 2025.*18 Apr 2025: 132 days/,
        );
        assert.equal(await panel.locator('.chart .moment-name').count(), 3);
        const bars = panel.locator('.bars .number');
        assert.match(await text(bars.first()), /^\d+ %$/);
        await page
          .locator('.sheet-body')
          .first()
          .evaluate((body) => ((body as { scrollTop: number }).scrollTop = 0));
        await page.locator('.chart').blur();
        await looks(page, 'point-desktop', MAP_AND_PANEL);
        await panel.locator('summary', { hasText: 'Scenes used (24)' }).click();
        const rows = panel.locator('table.scenes tbody tr');
        assert.equal(await rows.count(), 24);
        assert.equal(await rows.filter({ hasText: /clear$/ }).count(), dots);
        await panel.locator('summary', { hasText: 'Scenes left out (2)' }).click();
        assert.match(
          await text(panel.locator('.left-out')),
          /17 Jan 2025: clouds cover 87 %, more than 60 %/,
        );
        await assertAccessible(page, 'the scenes of a pixel');
      }));

    test('copies the series, with a confirmation that is seen and heard', () =>
      open({}, async (page) => {
        await clickPixel(page, FIELD.desktop);
        const button = page.getByRole('button', { name: 'Copy: series as CSV' });
        await button.click();
        await button.locator('xpath=self::*[contains(., "Copied")]').waitFor();
        await announced(page, 'Copied: series as CSV.');
        const csv = await page.evaluate<string>('navigator.clipboard.readText()');
        const [head, ...lines] = csv.trim().split(/\r?\n/);
        assert.equal(head, 'date,scene,ndvi,ndre,masked');
        assert.equal(lines.length, 24);
        assert.deepEqual([...lines].sort(), lines);
        assert.ok(lines.some((line) => /^\d{4}-\d\d-\d\d,\w+,,,cloud$/.test(line)));
      }));

    test('says what failed and asks again, and gives the focus back when it closes', () =>
      open(
        {
          expected: /500/,
          before: (server) =>
            (server.settings.point = [500, 'internal', 'The pixel could not be read.', 'Try later.']),
        },
        async (page, server) => {
          await page.mouse.click(...FIELD.desktop);
          await page.locator('#point .problem', { hasText: 'The pixel could not be read.' }).waitFor();
          await looks(page, 'point-failed-desktop');
          server.settings.point = null;
          await page.getByRole('button', { name: 'Try again' }).click();
          await page.locator('#point .chart').waitFor();
          await page.keyboard.press('Escape');
          assert.equal(await page.locator('#point').isVisible(), false);
          await page.locator('#canvas').focus();
          await page.keyboard.press('Enter');
          await page.locator('#point .chart').waitFor();
          await page.keyboard.press('Escape');
          assert.equal(await page.evaluate('document.activeElement.id'), 'canvas');
        },
      ));

    test('is a sheet on a phone, and the pixel stays in sight', () =>
      open({ viewport: PHONE }, async (page) => {
        await clickPixel(page, FIELD.phone);
        const sheet = await page.locator('#point').boundingBox();
        assert.equal(sheet?.width, PHONE.width);
        const inSight = `document.querySelector('#marker').getBoundingClientRect().top < ${sheet.y}`;
        await page.waitForFunction(inSight);
        await looks(page, 'point-phone');
      }));
  });

  describe('of an area', () => {
    test('offers drawing, files, circles and corners', () =>
      open({}, async (page) => {
        await page.locator('#open-area').click();
        await page.locator('.area-form').waitFor();
        for (const summary of await page.locator('.area-form summary').all()) await summary.click();
        await page.mouse.move(0, 0);
        await looks(page, 'area-form-desktop');
        await page.locator('#area-lat').fill('seventeen');
        await page.getByRole('button', { name: 'Measure the circle' }).click();
        await page.locator('.wrong', { hasText: 'Latitude: a number from -85 to 85.' }).waitFor();
        assert.equal(await page.evaluate('document.activeElement.id'), 'area-lat');
        await page.locator('#area-list').fill('-17.86, 30.0\nnorth of the river');
        await page.getByRole('button', { name: 'Measure', exact: true }).click();
        await page.locator('.wrong', { hasText: 'Line 2 is not a latitude and a longitude.' }).waitFor();
        await assertAccessible(page, 'an area form with mistakes');
      }));

    test('drawn by clicks: hectares as chart and table with confidence and adjusted areas, and as CSV', () =>
      open({}, async (page) => {
        await drawArea(page);
        await page.mouse.move(0, 0);
        await looks(page, 'area-drawing-desktop', MAP_AND_PANEL);
        await page.getByRole('button', { name: 'Done' }).click();
        await counted(page);
        await announced(page, /^The area has [\d.,]+ hectares\. \w+: [\d.,]+ hectares\./);
        const rows = page.locator('table.hectares tbody tr');
        assert.match(await text(rows.first()), /^\p{L}+[\d.,]+\d+ %[\d.,]+ ± [\d.,]+$/u);
        assert.equal(await rows.count(), await page.locator('.bars.hectares li').count());
        await page.mouse.move(0, 0);
        await looks(page, 'area-desktop', MAP_AND_PANEL);
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download CSV' }).click(),
        ]);
        assert.equal(download.suggestedFilename(), 'geocrop-summer-2024-Ensemble-area.csv');
        const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
        assert.match(lines[0] ?? '', /^row,id,name,pixels,hectares,share,mean_confidence,adjusted_hectares/);
        assert.match(lines.at(-2) ?? '', /^whole_area,/);
        await announced(page, 'The table was saved as CSV.');
        await page.getByRole('button', { name: 'Another area' }).click();
        await page.locator('.area-form').waitFor();
        await page.waitForURL((url) => !url.searchParams.has('area'));
      }));

    test('drawn by keyboard alone', () =>
      open({}, async (page) => {
        await page.locator('#open-area').focus();
        await page.keyboard.press('Enter');
        await page.locator('#area-draw').focus();
        await page.keyboard.press('Enter');
        await page.locator('.corners').waitFor();
        assert.equal(await page.evaluate('document.activeElement.id'), 'canvas');
        await page.keyboard.press('Enter');
        await announced(page, '1 corner');
        for (const [at, key] of (['ArrowRight', 'ArrowDown'] as const).entries()) {
          for (let i = 0; i < 2; i += 1) await page.keyboard.press(key);
          // the map glides: a corner is where its middle is then
          await settled(page);
          await page.keyboard.press('Enter');
          await announced(page, `${at + 2} corners`);
        }
        await page.getByRole('button', { name: 'Done' }).focus();
        await page.keyboard.press('Enter');
        await counted(page);
        assert.equal(await page.evaluate('document.activeElement.id'), 'area');
      }));

    test('from a file, chosen or dropped; what is no area is said', () =>
      open({}, async (page) => {
        const choose = (name: string, content: string) =>
          page.locator('#area-file').setInputFiles({ name, mimeType: '', buffer: Buffer.from(content) });
        await page.locator('#open-area').click();
        await choose('fields.csv', 'field,crop\n1,maize');
        await page.locator('.wrong', { hasText: 'The file is neither GeoJSON nor KML.' }).waitFor();
        await looks(page, 'area-wrong-file-desktop');
        await choose('parcel.geojson', JSON.stringify(PARCEL));
        await counted(page);
        const size = await text(page.locator('#area h2'));
        assert.match(size, /^\d[\d.,]* ha$/);
        await page.getByRole('button', { name: 'Another area' }).click();
        await choose('parcel.kml', KML);
        await counted(page);
        assert.equal(await text(page.locator('#area h2')), size);
        await page.keyboard.press('Escape');
        await drop(page, 'dragenter', JSON.stringify(PARCEL));
        await page.locator('#drop').waitFor();
        await drop(page, 'drop', JSON.stringify(PARCEL));
        await counted(page);
        assert.equal(await page.locator('#drop').isVisible(), false);
        assert.equal(await text(page.locator('#area h2')), size);
      }));

    test('a circle by its middle and radius has the area of that circle', () =>
      open({}, async (page) => {
        await page.locator('#open-area').click();
        await page.locator('summary', { hasText: 'A circle' }).click();
        await page.getByRole('button', { name: 'Use the map’s middle' }).click();
        await page.locator('#area-radius').fill('800');
        await page.getByRole('button', { name: 'Measure the circle' }).click();
        await counted(page);
        const hectares = Number((await text(page.locator('#area h2'))).replace(/[^\d.]/g, ''));
        // The fake server's pixels are those of a sphere: a third of a per cent.
        assert.ok(Math.abs(hectares / (Math.PI * 64) - 1) < 0.01, String(hectares));
      }));

    for (const [size, viewport] of [
      ['desktop', DESKTOP],
      ['phone', PHONE],
    ] as const) {
      test(`of two seasons is counted on both, with the change, on a ${size}`, () =>
        open({ viewport, link: '?opacity=100&compare=year:2022' }, async (page) => {
          await page.locator('#swipe-right', { hasText: '2022/23' }).waitFor();
          await page.locator('#open-area').click();
          // What is said next takes its place: the map moves, and its tiles come.
          await page.evaluate(`(() => {
            const announcer = document.getElementById('announcer');
            window.heard = [];
            new MutationObserver(() => window.heard.push(announcer.textContent)).observe(announcer, { childList: true });
          })()`);
          await page.locator('#area-file').setInputFiles(PARCEL_FILE);
          await page.locator('table.change').waitFor();
          const heard = await page.evaluate<string[]>('window.heard');
          const said = /^The area has [\d.,]+ hectares\. \w+: [\d.,]+, then [\d.,]+ hectares\./;
          assert.ok(
            heard.some((words) => said.test(words)),
            heard.join(' | '),
          );
          assert.deepEqual(await page.locator('table.change > thead th').allTextContents(), [
            'Class',
            'Summer 2022/23',
            'Summer 2024/25',
            'Change',
          ]);
          const changes = await page.locator('table.change > tbody td:last-child').allTextContents();
          assert.ok(changes.length > 3);
          for (const change of changes) assert.match(change, /^([+−][\d.,]+|0\.\d+)$/);
          await settled(page);
          await page.mouse.move(0, 0);
          await looks(page, `area-change-${size}`, MAP_AND_PANEL);
          await page.locator('summary', { hasText: 'Summer 2022/23, in full' }).click();
          await page.locator('.in-full[open] table.hectares').waitFor();
          await assertAccessible(page, 'a season in full');
        }));
    }

    test('beside Dynamic World is counted on both, each with its own classes', () =>
      open({ link: '?opacity=100&compare=baseline' }, async (page, server) => {
        await page.locator('#swipe-right', { hasText: 'Dynamic World' }).waitFor();
        await page.locator('#open-area').click();
        await page.locator('#area-file').setInputFiles(PARCEL_FILE);
        await page.locator('#area h3', { hasText: 'Dynamic World 2024' }).waitFor();
        assert.equal(await page.locator('table.hectares').count(), 2);
        assert.equal(await page.locator('table.change').count(), 0);
        await page.locator('table.hectares th', { hasText: 'Crops' }).waitFor();
        assert.ok(server.requests.includes('/statistics?layer=dynamic_world&year=2024'));
      }));

    test('on one of two maps that fails says which, and keeps the other', () =>
      open(
        {
          link: '?opacity=100&compare=year:2022',
          expected: /500/,
          before: (server) =>
            (server.settings.statisticsOf = {
              2022: [500, 'internal', 'The area could not be read.', 'Try later.'],
            }),
        },
        async (page, server) => {
          await page.locator('#swipe-right', { hasText: '2022/23' }).waitFor();
          await page.locator('#open-area').click();
          await page.locator('#area-file').setInputFiles(PARCEL_FILE);
          await page.locator('#area .problem', { hasText: 'Summer 2022/23' }).waitFor();
          await page.locator('#area h3', { hasText: 'Summer 2024/25' }).waitFor();
          assert.equal(await page.locator('table.hectares').count(), 1);
          await looks(page, 'area-one-failed-desktop');
          server.settings.statisticsOf = {};
          await page.getByRole('button', { name: 'Try again' }).click();
          await page.locator('table.change').waitFor();
        },
      ));

    test('says what is not computed yet, shows how far it is, and counts on by itself', () =>
      open({ before: (server) => (server.settings.computed = 0.4) }, async (page, server) => {
        await drawArea(page);
        await page.getByRole('button', { name: 'Done' }).click();
        await page
          .locator('.note.computing', { hasText: /^\d+ % of the area is not computed yet/ })
          .waitFor();
        assert.ok(Number(await page.locator('progress').getAttribute('value')) >= 1);
        await page.mouse.move(0, 0);
        await looks(page, 'area-computing-desktop');
        server.settings.computed = 1;
        await page.locator('.note.computing').waitFor({ state: 'detached' });
        await counted(page);
        const waits = server.requests.filter((url) => url.startsWith('/statistics'));
        assert.doesNotMatch(waits[0] ?? '', /wait=/);
        assert.match(waits[1] ?? '', /wait=20\b/);
      }));

    test('a refusal is said with what to do', () =>
      open(
        {
          expected: /413/,
          before: (server) =>
            (server.settings.statistics = [
              413,
              'area-too-large',
              'The area has 900,000 ha.',
              'Ask for parts of it.',
            ]),
        },
        async (page) => {
          await drawArea(page);
          await page.getByRole('button', { name: 'Done' }).click();
          const problem = page.locator('#area .problem');
          await problem.waitFor();
          assert.match(await text(problem), /The area has 900,000 ha\.Ask for parts of it\.Try again/);
        },
      ));

    test('fits a phone', () =>
      open({ viewport: PHONE }, async (page) => {
        await page.locator('#open-area').click();
        await page.locator('#area-file').setInputFiles(PARCEL_FILE);
        await counted(page);
        await settled(page);
        const wide = await page.evaluate<number>('document.querySelector("#area .sheet-body").scrollWidth');
        assert.ok(wide <= PHONE.width);
        await looks(page, 'area-phone');
      }));
  });

  describe('for sharing', () => {
    test('copies link, XYZ and WMTS and saves the QGIS layer, each confirmed and announced', () =>
      open({}, async (page, server) => {
        await page.locator('#open-share').click();
        const copied = async (what: string): Promise<string> => {
          const button = page.getByRole('button', { name: `Copy: ${what}` });
          await button.click();
          await page.locator('.confirmed', { hasText: 'Copied' }).last().waitFor();
          await announced(page, `Copied: ${what}.`);
          return page.evaluate<string>('navigator.clipboard.readText()');
        };
        assert.ok((await copied('Link to this view')).startsWith(server.url));
        const xyz = await copied('XYZ tiles');
        assert.ok(xyz.startsWith(`${server.url}tiles/{z}/{x}/{y}.png?`), xyz);
        assert.match(xyz, /season=summer&year=2024&model=Ensemble&layer=classes&v=0a1b2c3d$/);
        const tile = await fetch(xyz.replace('{z}/{x}/{y}', '14/9557/9014'));
        assert.equal(tile.headers.get('content-type'), 'image/png');
        assert.equal(await copied('WMTS'), `${server.url}wmts/1.0.0/WMTSCapabilities.xml`);
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download: QGIS layer' }).click(),
        ]);
        assert.equal(download.suggestedFilename(), 'geocrop-summer-2024-classes.qlr');
        assert.ok(server.requests.some((url) => url.startsWith('/qgis/classes.qlr?season=summer&year=2024')));
        await announced(page, 'Saved: QGIS layer.');
      }));

    for (const [size, viewport] of [
      ['desktop', DESKTOP],
      ['phone', PHONE],
    ] as const) {
      test(`looks right on a ${size}`, () =>
        open({ viewport }, async (page) => {
          await page.locator('#open-share').click();
          await page.locator('.address').first().waitFor();
          // the server's port is another each time
          await page.evaluate(
            `document.querySelectorAll('.address input').forEach((field) => (field.value = 'https://maps.example.org/'))`,
          );
          await page.mouse.move(0, 0);
          await looks(page, `share-${size}`);
        }));
    }

    test('a link brings back the layer, the pixel and the area', () =>
      open({}, async (page, server) => {
        await page.locator('#layer-buttons label', { hasText: 'Confidence' }).click();
        await drawArea(page);
        await page.getByRole('button', { name: 'Done' }).click();
        await counted(page);
        const hectares = await text(page.locator('#area h2'));
        await clickPixel(page, FIELD.desktop);
        const place = await text(page.locator('#point .place span'));
        await page.waitForURL(/point=.*area=|area=.*point=/);
        const link = page.url();
        await browser.visit(link, async (other) => {
          await other.locator('#point .chart .dot').first().waitFor();
          assert.equal(await text(other.locator('#point .place span')), place);
          assert.equal(
            await other.locator('#layer-buttons input:checked').getAttribute('value'),
            'confidence',
          );
          await other.locator('#open-area').click();
          await counted(other);
          assert.equal(await text(other.locator('#area h2')), hectares);
        });
        const without = new URL(link);
        without.searchParams.delete('point');
        await browser.visit(without.href, async (other) => {
          await counted(other);
          assert.equal(await text(other.locator('#area h2')), hectares);
        });
        assert.ok(server.requests.length > 0);
      }));
  });
});

/** As a file manager does it: an event with a file in it. */
async function drop(page: Page, kind: string, content: string): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(content)}], 'parcel.geojson'));
    return transfer;
  })()`);
  await page.dispatchEvent('#canvas', kind, { dataTransfer: transfer });
}
