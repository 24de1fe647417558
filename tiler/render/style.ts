import { GeoCropError } from '../../engine/errors.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import { COLORMAPS, isColormap } from './colormap.js';
import type { RampStyle } from './feature-style.js';
import { COUNT_STYLE, PERCENT_STYLE, featureStyle } from './feature-style.js';

/** What decides a picture beside the values. Plain data: it is part of the ETag. */
export type Style =
  | { readonly kind: 'palette'; readonly colors: readonly string[] }
  | { readonly kind: 'rgb' }
  | ({ readonly kind: 'ramp' } & RampStyle);

/** Query parameters as they came. */
export interface AskedStyle {
  readonly colormap?: string | undefined;
  readonly rescale?: string | undefined;
}

/**
 * The layer's style, with what was asked for in place of its defaults. `colormap` and `rescale` mean nothing to classes and
 * true colour and are checked all the same. Throws `bad-request` where one is malformed.
 * @param classColors `#rrggbb` by class id
 */
export function resolveStyle(layer: LayerInfo, asked: AskedStyle, classColors: readonly string[]): Style {
  const colormap = asked.colormap === undefined ? undefined : parseColormap(asked.colormap);
  const range = asked.rescale === undefined ? undefined : parseRescale(asked.rescale);
  const base = defaultStyle(layer, classColors);
  if (base.kind !== 'ramp') return base;
  return { ...base, ...(colormap === undefined ? {} : { colormap }), ...range };
}

function defaultStyle(layer: LayerInfo, classColors: readonly string[]): Style {
  switch (layer.kind) {
    case 'classes':
      return { kind: 'palette', colors: classColors };
    case 'rgb':
      return { kind: 'rgb' };
    case 'percent':
      return { kind: 'ramp', ...PERCENT_STYLE };
    case 'count':
      return { kind: 'ramp', ...COUNT_STYLE };
    case 'feature':
      return { kind: 'ramp', ...featureStyle(layer.name) };
  }
}

function parseColormap(text: string): RampStyle['colormap'] {
  const name = text.toLowerCase();
  if (isColormap(name)) return name;
  throw new GeoCropError('bad-request', `There is no colormap "${text}".`, {
    hint: `Colormaps: ${COLORMAPS.join(', ')}.`,
    context: { colormap: text },
  });
}

function parseRescale(text: string): { min: number; max: number } {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [min, max] = parts;
  // What lies between has to be a number, too: everything is divided by it.
  if (parts.length === 2 && Number.isFinite(max! - min!) && min! < max!) {
    return { min: min!, max: max! };
  }
  throw new GeoCropError('bad-request', `rescale "${text}" is not two numbers, the lower one first.`, {
    hint: 'Write it as rescale=min,max, for example rescale=-0.2,0.9.',
    context: { rescale: text },
  });
}
