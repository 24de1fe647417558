// POST /statistics of the made-up map: pixels of the zoom-14 grid whose centre lies in the area, counted one by one.
import { BASELINE_CLASSES, BASELINE_OF, CLASSES, landAt, PIXELS_A_YEAR } from './fake-land.mjs';

const N = 256 * 2 ** 14;
const EQUATOR = 2 * Math.PI * 6378137;
const columnOf = (lon) => ((lon + 180) / 360) * N;
const rowOf = (lat) => {
  const sin = Math.sin((lat * Math.PI) / 180);
  return (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * N;
};
const latOf = (row) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / N))) * 180) / Math.PI;
const round = (value, digits) => Number(value.toFixed(digits));

/**
 * @param {{ type: string, coordinates: number[][][] | number[][][][] }} area
 * @param {{ season: string, year: number, model: string }} map
 * @param {boolean} baseline Dynamic World in place of the map
 * @param {number} computed share of the rows that are there, 0 to 1, from the north
 */
export function statisticsAnswer(area, map, baseline, computed) {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  const rings = polygons.flat().map((ring) => ring.map(([lon, lat]) => [columnOf(lon), rowOf(lat)]));
  const rows = rings.flat().map(([, y]) => y);
  const [top, bottom] = [Math.floor(Math.min(...rows)), Math.ceil(Math.max(...rows))];
  const classes = baseline ? BASELINE_CLASSES : CLASSES;
  const counts = classes.map(() => ({ pixels: 0, hectares: 0, confidence: 0 }));
  const whole = { pixels: 0, hectares: 0 };
  const missing = { pixels: 0, hectares: 0 };
  for (let y = top; y < bottom; y += 1) {
    const hectares = ((EQUATOR / N) * Math.cos((latOf(y + 0.5) * Math.PI) / 180)) ** 2 / 10_000;
    const there = y - top < computed * (bottom - top);
    for (const [from, to] of spans(rings, y + 0.5)) {
      for (let x = from; x < to; x += 1) {
        const { id, vigour, edge } = landAt(x + PIXELS_A_YEAR * (2024 - map.year), y);
        const of = there ? counts[baseline ? BASELINE_OF[id] : id] : missing;
        of.pixels += 1;
        of.hectares += hectares;
        if (there) of.confidence += edge ? 45 : 60 + 40 * vigour;
        whole.pixels += 1;
        whole.hectares += hectares;
      }
    }
  }
  const part = ({ pixels, hectares }) => ({
    pixels,
    hectares: round(hectares, 4),
    share: whole.pixels === 0 ? 0 : round(pixels / whole.pixels, 6),
  });
  const classified = { pixels: whole.pixels - missing.pixels, hectares: whole.hectares - missing.hectares };
  const all = Math.max(1, Math.ceil((bottom - top) / 60));
  return {
    source: { kind: 'map', layer: 'classes', ...map, version: '0a1b2c3d', recipe: '0a1b2c3d' },
    period: baseline ? null : [`${map.year}-09-01`, `${map.year + 1}-05-31`],
    area: { pixels: whole.pixels, hectares: round(whole.hectares, 4), bounds: [0, 0, 0, 0] },
    completeness: {
      complete: missing.pixels === 0,
      classified: part(classified),
      noData: part({ pixels: 0, hectares: 0 }),
      notComputed: part(missing),
      outsideCoverage: part({ pixels: 0, hectares: 0 }),
      metatiles: {
        all,
        final: Math.round(all * computed),
        stale: 0,
        empty: 0,
        missing: all - Math.round(all * computed),
      },
    },
    classes: classes.map(({ id, name, color }, i) => {
      const { pixels, hectares, confidence } = counts[i];
      const adjusted = hectares * (i % 2 === 0 ? 0.94 : 1.08);
      const error = hectares * 0.06;
      return {
        ...{ id, name, color, pixels, hectares: round(hectares, 4) },
        share: classified.pixels === 0 ? 0 : round(pixels / classified.pixels, 6),
        meanConfidence: pixels === 0 || baseline ? null : round(confidence / pixels, 1),
        adjusted: baseline
          ? null
          : {
              hectares: round(adjusted, 4),
              standardError: round(error / 1.96, 4),
              interval: [round(adjusted - error, 4), round(adjusted + error, 4)],
              share: classified.hectares === 0 ? 0 : round(adjusted / classified.hectares, 6),
            },
      };
    }),
    estimate: baseline
      ? { possible: false, reason: 'Nothing is known here of the errors of this map.' }
      : {
          possible: true,
          method: 'Olofsson et al. 2014',
          level: 0.95,
          samples: 1200,
          simulated: true,
          assumptions: ['The map is as right here as on the fields that the model was tested on.'],
        },
    scenes: { digests: ['f00'], count: 24, newest: '2025-05-26' },
    notes: ['Simulated data: these hectares say nothing about real fields.'],
    attribution: 'Contains modified Copernicus Sentinel data 2024–2025',
  };
}

/** Columns of a row inside the rings, by the even-odd rule. */
function spans(rings, y) {
  const crossings = [];
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const [[x0, y0], [x1, y1]] = [ring[i], ring[i + 1]];
      if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
    }
  }
  crossings.sort((a, b) => a - b);
  const found = [];
  for (let i = 0; i + 1 < crossings.length; i += 2)
    found.push([Math.ceil(crossings[i] - 0.5), Math.ceil(crossings[i + 1] - 0.5)]);
  return found;
}
