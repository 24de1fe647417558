import type { RGBA } from '../../../engine/raster-files/dataset.js';

/** `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, or a list of three or four whole numbers from 0 to 255; null for anything else. */
export function parseColor(value: unknown): RGBA | null {
  const channels = typeof value === 'string' ? hexChannels(value) : value;
  if (!Array.isArray(channels) || channels.length < 3 || channels.length > 4) return null;
  const [red, green, blue, alpha = 255] = channels as unknown[];
  const color = [red, green, blue, alpha];
  return color.every(isByte) ? (color as unknown as RGBA) : null;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}

function hexChannels(text: string): number[] | null {
  if (/^#[0-9a-f]{3,4}$/i.test(text)) return [...text.slice(1)].map((digit) => parseInt(digit + digit, 16));
  if (!/^#(?:[0-9a-f]{2}){3,4}$/i.test(text)) return null;
  return (text.slice(1).match(/../g) ?? []).map((pair) => parseInt(pair, 16));
}
