import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { digest } from '../../engine/digest.js';
import { overviews } from '../../engine/encode/overviews.js';
import { projectPoint } from '../../engine/geo/project.js';
import { checkOffset } from '../../engine/scenes/offset-check.js';
import { BANDS } from '../../engine/scenes/scene.js';
import { CLOUD_OPACITY, Clouds } from './clouds.js';
import { BORDER_X, CENTRE, lonLatOf } from './ground.js';
import { areaOf, DN_STEP, outsideSwath, renderScene, type RenderedScene } from './render-scene.js';
import { groundOfPixel, sceneGrid, type GroundArea, type SceneGrid } from './scene-grid.js';
import { surveyGround, type SceneGround } from './scene-ground.js';
import { PASSES, type PassPlan } from './season-plan.js';
import { sensedAt } from './stac-item.js';
import { sunAt } from './sun.js';

/** A strip across the zones' border, with the dam, bush and fields in it. */
const STRIP: GroundArea = { west: BORDER_X - 700, east: BORDER_X + 700, south: -2200, north: 300 };
const passOf = (date: string): PassPlan => PASSES.find((pass) => pass.date === date) as PassPlan;
const sunOf = (pass: PassPlan) => sunAt(sensedAt(pass), ...CENTRE);
const render = (ground: SceneGround, date: string): RenderedScene =>
  renderScene(ground, passOf(date), sunOf(passOf(date)));

let west: SceneGround;
let east: SceneGround;
before(() => {
  west = surveyGround(sceneGrid(35, STRIP));
  east = surveyGround(sceneGrid(36, STRIP));
});

/** The 20 m pixel that contains a place on the ground. */
function pixelAt(grid: SceneGrid, x: number, y: number): { col: number; row: number } {
  const [easting, northing] = projectPoint(grid.epsg, ...lonLatOf(x, y));
  return { col: Math.floor((easting - grid.left) / 20), row: Math.floor((grid.top - northing) / 20) };
}

describe('a scene', () => {
  test('is the same every time', () => {
    const scene = render(west, '2025-01-27');
    const again = render(surveyGround(sceneGrid(35, STRIP)), '2025-01-27');
    const bytes = (of: RenderedScene): Uint8Array =>
      Buffer.concat([of.scl, ...BANDS.map((band) => Buffer.from(of.bands[band].buffer))]);
    assert.equal(digest(bytes(scene)), digest(bytes(again)));
    assert.equal(digest(bytes(scene)), '25f5a4ae9accc0aa99a51af51e14b3209c6f12478c566dba00ebb4d769df9621');
  });

  test('has DN that a satellite could have sent', () => {
    for (const date of ['2024-09-14', '2025-01-27', '2025-02-16']) {
      const scene = render(east, date);
      for (const band of BANDS) {
        for (const dn of scene.bands[band]) {
          if (dn % DN_STEP !== 0 || dn < 900 || dn > 9500) assert.fail(`${date} ${band}: ${dn}`);
        }
      }
    }
  });

  test('is classified as its sky is', () => {
    const pass = passOf('2025-01-07');
    const scene = render(west, pass.date);
    const { grid } = west;
    const clouds = new Clouds(pass, sunOf(pass), areaOf(grid));
    let counted = 0;
    for (let row = 0; row < grid.height / 2; row += 3) {
      for (let col = 0; col < grid.width / 2; col += 3) {
        const { x, y } = groundOfPixel(grid, 2 * col + 0.5, 2 * row + 0.5);
        const value = scene.scl[row * (grid.width / 2) + col] as number;
        const [cloud, shadow] = [clouds.opacity(x, y), clouds.shadow(x, y)];
        // Between the limits a pixel's four parts decide.
        if (cloud > CLOUD_OPACITY + 0.15) assert.ok(value === 8 || value === 9, `cloud ${cloud}: ${value}`);
        else if (cloud < CLOUD_OPACITY - 0.15 && shadow > 0.6) assert.equal(value, 3);
        else if (cloud === 0 && shadow === 0) assert.ok(![3, 8, 9].includes(value), `clear: ${value}`);
        else continue;
        counted += 1;
      }
    }
    assert.ok(counted > 500, `${counted}`);
    assert.ok((scene.sclCounts[3] as number) > 100 && (scene.sclCounts[9] as number) > 100);
  });

  test('throws shadows away from the sun', () => {
    const pass = passOf('2025-01-07');
    const sun = sunOf(pass);
    assert.ok(sun.elevation > 45 && sun.elevation < 70 && sun.azimuth > 60 && sun.azimuth < 130);
    const clouds = new Clouds(pass, sun, STRIP);
    const towards = 1500 / Math.tan((sun.elevation * Math.PI) / 180);
    const radians = (sun.azimuth * Math.PI) / 180;
    for (let x = STRIP.west; x < STRIP.east; x += 90) {
      const shading = clouds.opacity(x + towards * Math.sin(radians), -600 + towards * Math.cos(radians));
      assert.ok(Math.abs(clouds.shadow(x, -600) - shading) < 1e-9);
    }
  });

  test('has nodata where the swath does not reach, and only there', () => {
    const pass: PassPlan = { ...passOf('2024-09-14'), swathEnds: { side: 'east', at: BORDER_X } };
    const scene = renderScene(west, pass, sunOf(pass));
    const { grid } = west;
    let empty = 0;
    for (let i = 0; i < scene.bands.red.length; i++) {
      const g = grid.ground;
      const [col, row] = [i % grid.width, Math.floor(i / grid.width)];
      const outside = outsideSwath(
        pass,
        g.x0 + col * g.xCol + row * g.xRow,
        g.y0 + col * g.yCol + row * g.yRow,
      );
      assert.equal(scene.bands.red[i] === 0, outside);
      assert.equal(scene.bands.nir[i] === 0, outside);
      if (outside) empty += 1;
    }
    assert.ok(empty > 1000 && empty < scene.bands.red.length - 1000);
    scene.scl.forEach((value, i) => assert.equal(value === 0, scene.bands.swir16[i] === 0));
  });
});

describe('the border of the zones', () => {
  for (const date of ['2024-09-14', '2025-01-27', '2025-03-18']) {
    test(`both show the same ground on ${date}`, () => {
      const [a, b] = [render(west, date), render(east, date)];
      const differences: Record<string, number[]> = { red: [], nir: [], swir16: [] };
      let sameClass = 0;
      let places = 0;
      for (let y = STRIP.south + 100; y < STRIP.north - 100; y += 37) {
        for (let x = BORDER_X - 500; x < BORDER_X + 500; x += 41) {
          const p = pixelAt(west.grid, x, y);
          const q = pixelAt(east.grid, x, y);
          const i = p.row * (west.grid.width / 2) + p.col;
          const j = q.row * (east.grid.width / 2) + q.col;
          places += 1;
          if (a.scl[i] === b.scl[j]) sameClass += 1;
          differences['swir16']?.push((a.bands.swir16[i] as number) - (b.bands.swir16[j] as number));
          const fine = (grid: SceneGrid, { col, row }: { col: number; row: number }): number =>
            2 * row * grid.width + 2 * col;
          for (const band of ['red', 'nir'] as const) {
            differences[band]?.push(
              (a.bands[band][fine(west.grid, p)] as number) - (b.bands[band][fine(east.grid, q)] as number),
            );
          }
        }
      }
      assert.ok(sameClass > 0.9 * places, `${sameClass} of ${places} have one SCL class`);
      for (const [band, values] of Object.entries(differences)) {
        // Medians: at the edges of clouds and roofs, half a pixel is much.
        const bias = values.sort((l, r) => l - r)[values.length >> 1] as number;
        const sorted = values.map(Math.abs).sort((l, r) => l - r);
        assert.ok(Math.abs(bias) < 12, `${band} is ${bias} DN brighter in zone 35`);
        // Pixels of the two grids overlap by half on average: edges differ, the rest does not.
        assert.ok(
          (sorted[values.length >> 1] as number) <= 40,
          `${band}: ${sorted[values.length >> 1]} DN apart`,
        );
      }
    });
  }
});

test('the offset check finds every clear scene right, and a wrong offset wrong', () => {
  const ground = surveyGround(sceneGrid(35, { west: -6200, east: -1200, south: 1500, north: 6200 }));
  for (const pass of PASSES.filter(({ cover }) => cover < 0.12)) {
    const scene = renderScene(ground, pass, sunOf(pass));
    const { width, height } = ground.grid;
    const coarse = { bands: 1, nodata: 0 } as const;
    const red = overviews({ ...coarse, data: scene.bands.red, width, height }, 'mean', 3)[2];
    const scl = overviews({ ...coarse, data: scene.scl, width: width / 2, height: height / 2 }, 'mode', 2)[1];
    assert.ok(red !== undefined && scl !== undefined);
    const right = checkOffset(red, scl, { scale: 0.0001, offset: -0.1 });
    assert.ok(right.plausible && right.median !== null, `${pass.date}: ${right.median}`);
    assert.ok(!checkOffset(red, scl, { scale: 0.0001, offset: 0 }).plausible, pass.date);
    assert.ok(!checkOffset(red, scl, { scale: 0.0001, offset: -0.2 }).plausible, pass.date);
  }
});
