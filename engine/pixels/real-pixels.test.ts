import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { featuresOf, KernelArena, runFeatures } from '../kernels/testing.js';
import { BANDS } from '../scenes/scene.js';
import { createByteSource } from '../windows/byte-source/create-byte-source.js';
import { CogReader } from '../windows/cog-reader.js';
import { readLevel } from '../windows/read-level.js';
import { mapStore } from '../windows/testing.js';
import { computeFeatures } from './features.js';
import { sclValid } from './mask.js';
import { reflectanceOf } from './reflectance.js';
import { assertFeatures, expectations, type RealCase } from './testing.js';

/** Real scenes lie beside the repository and are never committed. */
const data = new URL('../../../../shared/data/', import.meta.url);
const SCALE = 0.0001;
const MS_A_DAY = 86_400_000;

interface Observed {
  readonly day: number;
  readonly valid: Uint8Array;
  /** DN of the case's bands. */
  readonly planes: readonly Uint16Array[];
}

/** All dates of a folder within the season, read by our reader, masked by the plain implementation. */
async function readSeason(example: RealCase): Promise<{ width: number; dates: Observed[] }> {
  const reader = new CogReader({ source: createByteSource(), store: mapStore() });
  const folder = new URL(`${example.folder}/`, data);
  const start = Date.parse(example.seasonStart);
  const dates: Observed[] = [];
  let width = 0;
  for (const date of readdirSync(fileURLToPath(folder)).sort()) {
    const day = (Date.parse(date) - start) / MS_A_DAY;
    if (!(day >= 0 && day < example.days)) continue;
    const level = (asset: string) => readLevel(reader, new URL(`${date}/${asset}.tif`, folder).href, 0);
    const bands = await Promise.all(example.bands.map((band) => level(example.assets[band]!)));
    ({ width } = bands[0]!);
    let valid = new Uint8Array(bands[0]!.data.length).fill(1);
    if (example.scl) {
      const scl = await level('SCL');
      valid = Uint8Array.from(
        sclValid(scl.data as Uint8Array, scl.width, scl.height, example.cloudBufferPixels),
      );
    }
    for (const band of bands) valid.forEach((_, i) => band.data[i] === band.nodata && (valid[i] = 0));
    dates.push({ day, valid, planes: bands.map((band) => band.data as Uint16Array) });
  }
  return { width, dates };
}

for (const example of expectations('real-pixels.json').sets) {
  test(`features equal numpy's at real pixels: ${example.folder} from ${example.seasonStart}`, async (t) => {
    if (!existsSync(data)) return t.skip('needs the real scenes of ../shared/data');
    const { width, dates } = await readSeason(example);
    const places = example.pixels.map(({ row, column }) => row * width + column);

    // Plain.
    example.pixels.forEach((pixel, i) => {
      const seen = dates.filter(({ valid }) => valid[places[i]!] === 1);
      assert.equal(seen.length, pixel.observations);
      const reflectance = Object.fromEntries(
        example.bands.map((band, b) => [
          band,
          seen.map(({ planes }) => reflectanceOf(planes[b]![places[i]!]!, SCALE, 0)),
        ]),
      );
      const found = computeFeatures({ t: seen.map(({ day }) => day), reflectance }, example.nodes);
      assertFeatures(found, pixel.expected, `plain, row ${pixel.row}, column ${pixel.column}`);
    });

    // Kernel, all at once.
    const nPad = Math.ceil(places.length / 16) * 16;
    const padded = Array.from({ length: nPad }, (_, i) => places[i] ?? null);
    const across = (values: (place: number) => number) =>
      padded.map((place) => (place === null ? 0 : values(place)));
    const all = (1 << example.bands.length) - 1;
    const arena = await KernelArena.create();
    const output = runFeatures(arena, {
      t: Int32Array.from(dates, ({ day }) => day),
      nodes: example.nodes,
      nPad,
      bandCount: example.bands.length,
      dn: Uint16Array.from(
        dates.flatMap(({ planes }) => planes.flatMap((plane) => across((place) => plane[place]!))),
      ),
      scene: Uint8Array.from(dates.flatMap(({ valid }) => across((place) => valid[place]!))),
      got: Uint8Array.from(dates.flatMap(() => across(() => all))),
      reflectance: Float64Array.from({ length: dates.length * 32 }, (_, i) => (i % 2 === 0 ? SCALE : 0)),
      planeOf: Int32Array.from(BANDS, (band) => example.bands.indexOf(band)),
    });
    example.pixels.forEach((pixel, i) => {
      const found = featuresOf(output, nPad, i);
      assertFeatures(found, pixel.expected, `kernel, row ${pixel.row}, column ${pixel.column}`);
      assert.equal(output.observations[i], pixel.observations);
    });
  });
}
