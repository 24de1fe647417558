// A made-up landscape for the fake server: any pixel of the zoom-14 grid has a class, a vigour and a season's NDVI.
export const CLASSES = [
  { id: 0, name: 'maize', color: '#e3b92f' },
  { id: 1, name: 'tobacco', color: '#8f6bb3' },
  { id: 2, name: 'soybean', color: '#7fb24a' },
  { id: 3, name: 'cotton', color: '#e9dfc8' },
  { id: 4, name: 'groundnut', color: '#cf7d3c' },
  { id: 5, name: 'fallow', color: '#b9a67e' },
  { id: 6, name: 'woodland', color: '#2f6b46' },
  { id: 7, name: 'grass', color: '#b6c98a' },
  { id: 8, name: 'water', color: '#4a8fc2' },
  { id: 9, name: 'built_up', color: '#b5483c' },
];
/** Dynamic World's, and which of them each class is. */
export const BASELINE_CLASSES = [
  ['water', '#419bdf'],
  ['trees', '#397d49'],
  ['grass', '#88b053'],
  ['flooded_vegetation', '#7a87c6'],
  ['crops', '#e49635'],
  ['shrub_and_scrub', '#dfc35a'],
  ['built', '#c4281b'],
  ['bare', '#a59b8f'],
  ['snow_and_ice', '#b39fe1'],
].map(([name, color], id) => ({ id, name, color }));
export const BASELINE_OF = [4, 4, 4, 4, 4, 5, 1, 2, 0, 6];
/** Another season's fields lie so many pixels further east. */
export const PIXELS_A_YEAR = 2600;
const PEAK = [0.78, 0.72, 0.82, 0.62, 0.66, 0.36, 0.74, 0.52, -0.08, 0.2];
const BASE = [0.18, 0.17, 0.2, 0.18, 0.19, 0.2, 0.42, 0.22, -0.12, 0.14];
const PEAK_DAY = [160, 125, 165, 175, 168, 170, 170, 165, 150, 150];

export function hash(a, b, c = 0) {
  let h = (a * 374761393 + b * 668265263 + c * 2147483647) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

function noise(x, y, seed) {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const smooth = (t) => t * t * (3 - 2 * t);
  const [fx, fy] = [smooth(x - ix), smooth(y - iy)];
  const top = hash(ix, iy, seed) * (1 - fx) + hash(ix + 1, iy, seed) * fx;
  const bottom = hash(ix, iy + 1, seed) * (1 - fx) + hash(ix + 1, iy + 1, seed) * fx;
  return top * (1 - fy) + bottom * fy;
}

/** @returns {{ id: number, vigour: number, edge: boolean }} of the pixel (px, py) at zoom 14 */
export function landAt(px, py) {
  const river = Math.abs(px - 2446300 - 180 * Math.sin(py / 260) - 60 * Math.sin(py / 71));
  if (river < 5) return { id: 8, vigour: 0.5, edge: river > 4 };
  const wild = noise(px / 210, py / 210, 3) * 0.7 + noise(px / 60, py / 60, 4) * 0.3;
  if (river < 22 || wild > 0.62)
    return { id: wild > 0.56 ? 6 : 7, vigour: noise(px / 20, py / 20, 5), edge: false };
  const [u, v] = [px * 0.94 + py * 0.34, py * 0.94 - px * 0.34];
  const row = Math.floor(v / 26);
  const width = 30 + 44 * hash(row, 7);
  const column = Math.floor(u / width);
  const [du, dv] = [u - column * width, v - row * 26];
  const edge = du < 1.4 || dv < 1.4;
  const pick = hash(row, column, 11);
  const id =
    pick < 0.42
      ? 0
      : pick < 0.55
        ? 1
        : pick < 0.68
          ? 2
          : pick < 0.76
            ? 3
            : pick < 0.84
              ? 4
              : pick < 0.97
                ? 5
                : 9;
  return { id: edge ? 7 : id, vigour: 0.25 + 0.75 * hash(row, column, 13), edge };
}

export function ndviAt(px, py, day) {
  const { id, vigour } = landAt(px, py);
  const rise = 1 / (1 + Math.exp(-(day - (PEAK_DAY[id] - 45)) / 10));
  const fall = 1 / (1 + Math.exp((day - (PEAK_DAY[id] + 60)) / 12));
  const noiseTerm = (hash(px, py, day) - 0.5) * 0.05;
  return BASE[id] + (PEAK[id] - BASE[id]) * (0.65 + 0.35 * vigour) * rise * fall + noiseTerm;
}

export const rgbOf = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
