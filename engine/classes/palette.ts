import { createHash } from 'node:crypto';

/**
 * Colours of classes that are common on Zimbabwe's maps, so that models without a palette agree with each other and with
 * what people expect: crops warm and bright, nature green, water blue. A test holds them apart (CIE76 ≥ 12).
 */
const KNOWN: Readonly<Record<string, string>> = {
  maize: '#f2c230',
  tobacco: '#8c5a2b',
  soybean: '#9bd13c',
  cotton: '#e8e4f2',
  groundnut: '#e0823d',
  fallow: '#cbb58a',
  woodland: '#1f6b3a',
  grass: '#a9c99a',
  water: '#2f7fd1',
  built_up: '#c23b4b',
  wheat: '#fbe58a',
  sugarcane: '#14a085',
  sorghum: '#6d2440',
  sunflower: '#ff9f0f',
  bare: '#8f8a84',
  other: '#6f6a9e',
};

/** Other spellings of the same class. */
const ALIASES: Readonly<Record<string, string>> = {
  corn: 'maize',
  soy: 'soybean',
  soya: 'soybean',
  soybeans: 'soybean',
  groundnuts: 'groundnut',
  peanut: 'groundnut',
  forest: 'woodland',
  trees: 'woodland',
  grassland: 'grass',
  built: 'built_up',
  urban: 'built_up',
  sugar_cane: 'sugarcane',
  bare_soil: 'bare',
  other_crop: 'other',
};

/** `#rrggbb` of a class from its name alone: the same in every bundle and on every machine. */
export function colorOfClass(name: string): string {
  const key = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return KNOWN[ALIASES[key] ?? key] ?? hashedColor(key);
}

/** Colours by class id: those given, else derived from the name. */
export function paletteOf(classes: readonly string[], given?: ReadonlyMap<string, string> | null): string[] {
  return classes.map((name) => given?.get(name) ?? colorOfClass(name));
}

/** Any hue, at a lightness and chroma that read well over both imagery and a dark map. */
function hashedColor(key: string): string {
  const hash = createHash('sha256').update(key).digest();
  const hue = (hash.readUInt16BE(0) / 65536) * 2 * Math.PI;
  const lightness = 0.55 + 0.3 * (hash.readUInt16BE(2) / 65536);
  const chroma = 0.09 + 0.06 * (hash.readUInt16BE(4) / 65536);
  return oklchToHex(lightness, chroma, hue);
}

/** OKLab to sRGB, clipped. Source: Björn Ottosson, "A perceptual color space for image processing", 2020. */
function oklchToHex(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear.map((x) => hexByte(encodeSrgb(Math.min(1, Math.max(0, x))))).join('')}`;
}

/** IEC 61966-2-1 transfer function. */
const encodeSrgb = (x: number) => (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);

const hexByte = (x: number) =>
  Math.round(255 * x)
    .toString(16)
    .padStart(2, '0');
