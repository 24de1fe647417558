import type { DescribedHeader } from '../windows/cog-header.js';
import type { BandInfo, RGBA } from './dataset.js';

/** TIFF tag 262. */
const MIN_IS_WHITE = 0;
const MIN_IS_BLACK = 1;
const RGB = 2;
const SEPARATED = 5;
const YCBCR = 6;
/** TIFF tag 259. */
const JPEG = 7;
/** TIFF tag 338: associated and unassociated alpha. */
const ALPHAS = [1, 2];

/** Items with these roles are the band's own fields. */
const FIELDS = ['scale', 'offset', 'unittype', 'description', 'colorinterp'];

export function bandsOf(header: DescribedHeader): BandInfo[] {
  const items = header.description.items.filter(({ sample }) => sample !== null);
  return Array.from({ length: header.samplesPerPixel }, (_, sample) => {
    const mine = items.filter((item) => item.sample === sample);
    const field = (role: string): string | null => mine.findLast((item) => item.role === role)?.value ?? null;
    const metadata: Record<string, string> = {};
    for (const { name, value, role } of mine) {
      if (role === null || !FIELDS.includes(role)) metadata[name] = value;
    }
    return {
      description: field('description'),
      colorInterpretation: field('colorinterp')?.toLowerCase() ?? interpretationOf(header, sample),
      scale: numberOr(field('scale'), 1),
      offset: numberOr(field('offset'), 0),
      units: field('unittype'),
      metadata,
    };
  });
}

function numberOr(text: string | null, otherwise: number): number {
  const value = text === null ? NaN : Number.parseFloat(text);
  return Number.isNaN(value) ? otherwise : value;
}

/** Source: GTiffRasterBand's constructor in gdal/frmts/gtiff/gtiffrasterband.cpp. */
function interpretationOf(header: DescribedHeader, sample: number): string {
  const { description, samplesPerPixel, levels } = header;
  const { extraSamples } = description;
  const photometric = description.photometric ?? MIN_IS_WHITE;
  if (sample === 0 && hasPalette(header)) return 'palette';
  const names = photometric === YCBCR && levels[0]?.compression === JPEG ? NAMES[RGB] : NAMES[photometric];
  const name = names?.[sample];
  if (name !== undefined) return name;
  const extra = extraSamples[sample - (samplesPerPixel - extraSamples.length)];
  return extra !== undefined && ALPHAS.includes(extra) ? 'alpha' : 'undefined';
}

const NAMES: Readonly<Record<number, readonly string[]>> = {
  [MIN_IS_BLACK]: ['gray'],
  [RGB]: ['red', 'green', 'blue'],
  [SEPARATED]: ['cyan', 'magenta', 'yellow', 'black'],
  [YCBCR]: ['Y', 'Cb', 'Cr'],
};

const hasPalette = (header: DescribedHeader): boolean => isBilevel(header) || colorMapOf(header) !== null;

/** GDAL takes the table that is there, whatever tag 262 says: rasterio adds one to files that were begun without. */
const colorMapOf = ({ description: { colorMap } }: DescribedHeader): readonly number[] | null => colorMap;

/** One band of one bit: GDAL makes black and white of it. */
const isBilevel = (header: DescribedHeader): boolean =>
  header.bits === 1 && header.samplesPerPixel === 1 && colorMapOf(header) === null;

const BLACK: RGBA = [0, 0, 0, 255];
const WHITE: RGBA = [255, 255, 255, 255];

/**
 * Colours by value; nodata is transparent. Values of 16 bits become 8 as GDAL divides them.
 * Source: TIFFColorMapTagToColorTable in gdal/gcore/tiff_common.cpp.
 */
export function paletteOf(header: DescribedHeader): ReadonlyMap<number, RGBA> | null {
  if (isBilevel(header)) {
    const [zero, one] = header.description.photometric === MIN_IS_WHITE ? [WHITE, BLACK] : [BLACK, WHITE];
    return new Map([
      [0, zero],
      [1, one],
    ]);
  }
  const colorMap = colorMapOf(header);
  if (colorMap === null) return null;
  const colours = colorMap.length / 3;
  const largest = colorMap.reduce((most, value) => Math.max(most, value), 0);
  const of256 = largest > 0 && colorMap.every((value) => value % 256 === 0);
  const divisor = largest > 0 && largest < 256 ? 1 : of256 ? 256 : 257;
  const eight = (at: number): number => Math.floor((colorMap[at] ?? 0) / divisor);
  const transparent = header.nodata === null ? null : Math.trunc(header.nodata);
  const palette = new Map<number, RGBA>();
  for (let value = 0; value < colours; value += 1) {
    palette.set(value, [
      eight(value),
      eight(colours + value),
      eight(2 * colours + value),
      value === transparent ? 0 : 255,
    ]);
  }
  return palette;
}
