import type { PngImage, Rgba } from '../../engine/encode/png.js';
import type { Raster } from '../../engine/raster.js';
import { NODATA_INDEX, RAMP_STEPS, rampColors, rampIndex } from './colormap.js';
import type { RampStyle } from './feature-style.js';
import type { Style } from './style.js';

const TRANSPARENT: Rgba = [0, 0, 0, 0];

/** A checked raster as the picture that its style says; what has no value is transparent. */
export function paint(raster: Raster, style: Style): PngImage {
  switch (style.kind) {
    case 'palette':
      return paintClasses(raster, style.colors);
    case 'rgb':
      return paintColors(raster);
    case 'ramp':
      return paintRamp(raster, style);
  }
}

/** Class ids index the colours; one more entry is nodata's. Sixteen colours or fewer make a picture of half the size. */
function paintClasses({ data, width, height, nodata }: Raster, colors: readonly string[]): PngImage {
  const indices = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const id = data[at] as number;
    if (id !== nodata && id >= colors.length) {
      throw new RangeError(`class ${id} at pixel ${at} has no colour: the legend has ${colors.length}`);
    }
    indices[at] = id === nodata ? colors.length : id;
  }
  return { kind: 'palette', width, height, data: indices, palette: [...colors.map(rgba), TRANSPARENT] };
}

function paintRamp(
  { data, width, height, nodata, mask }: Raster,
  { colormap, min, max }: RampStyle,
): PngImage {
  const indices = new Uint8Array(data.length);
  const place = (value: number): number => (value === nodata ? NODATA_INDEX : rampIndex(value, min, max));
  if (data instanceof Uint8Array) {
    const places = Uint8Array.from({ length: 256 }, (_, value) => place(value));
    for (let at = 0; at < data.length; at++) indices[at] = places[data[at] as number] as number;
  } else {
    for (let at = 0; at < data.length; at++) indices[at] = place(data[at] as number);
  }
  if (mask !== undefined)
    for (let at = 0; at < mask.length; at++) if (mask[at] === 0) indices[at] = NODATA_INDEX;
  return {
    kind: 'palette',
    width,
    height,
    data: indices,
    palette: [...rampColors(colormap).slice(0, RAMP_STEPS).map(rgba), TRANSPARENT],
  };
}

/** Bands after each other become pixels after each other; a picture without a hole needs no alpha. */
function paintColors({ data, width, height, mask }: Raster): PngImage {
  const pixels = width * height;
  if (mask === undefined || isOpaque(mask)) {
    const out = new Uint8Array(pixels * 3);
    for (let at = 0, to = 0; at < pixels; at++, to += 3) {
      out[to] = data[at] as number;
      out[to + 1] = data[pixels + at] as number;
      out[to + 2] = data[2 * pixels + at] as number;
    }
    return { kind: 'rgb', width, height, data: out };
  }
  const out = new Uint8Array(pixels * 4);
  for (let at = 0, to = 0; at < pixels; at++, to += 4) {
    if (mask[at] === 0) continue;
    out[to] = data[at] as number;
    out[to + 1] = data[pixels + at] as number;
    out[to + 2] = data[2 * pixels + at] as number;
    out[to + 3] = mask[at] as number;
  }
  return { kind: 'rgba', width, height, data: out };
}

function isOpaque(mask: Uint8Array): boolean {
  for (let at = 0; at < mask.length; at++) if (mask[at] !== 255) return false;
  return true;
}

/** @param color `#rrggbb` */
export function rgba(color: string): Rgba {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255, 255];
}
