import type { ColormapName } from './colormap.js';

/** How a layer of numbers is drawn where the request does not say. */
export interface RampStyle {
  readonly colormap: ColormapName;
  readonly min: number;
  readonly max: number;
  /** As people write it; null for what has none. */
  readonly unit: string | null;
}

/** Indices over cropland: bare soil to closed canopy. */
const GREENNESS: RampStyle = { colormap: 'rdylgn', min: -0.2, max: 0.9, unit: null };

/**
 * First match decides. The ranges hold what southern African fields and woodland take in a season, so that pictures of
 * different places can be compared; they are style, not science, and `rescale` overrides them.
 */
const FAMILIES: readonly (readonly [RegExp, RampStyle])[] = [
  [/^ndvi_(sos|pos|eos|los)$/, { colormap: 'viridis', min: 0, max: 273, unit: 'days' }],
  [/^ndvi_auc(_season)?$/, { colormap: 'viridis', min: 0, max: 180, unit: 'NDVI · days' }],
  [/_rate$/, { colormap: 'viridis', min: 0, max: 0.03, unit: 'per day' }],
  [/_(cos|sin)[12]$/, { colormap: 'rdylgn', min: -0.4, max: 0.4, unit: null }],
  [/_std$/, { colormap: 'magma', min: 0, max: 0.3, unit: null }],
  [/_amplitude$/, { colormap: 'viridis', min: 0, max: 0.8, unit: null }],
  [/^(blue|green|red)_median$/, { colormap: 'greys', min: 0, max: 0.3, unit: 'reflectance' }],
  [/_median$/, { colormap: 'greys', min: 0, max: 0.5, unit: 'reflectance' }],
  [/^ndmi_/, { colormap: 'blues', min: -0.4, max: 0.6, unit: null }],
  [/^bsi_/, { colormap: 'cividis', min: -0.5, max: 0.4, unit: null }],
  [/^(ndvi|evi|savi|ndre)_/, GREENNESS],
];

export const PERCENT_STYLE: RampStyle = { colormap: 'viridis', min: 0, max: 100, unit: '%' };
export const COUNT_STYLE: RampStyle = { colormap: 'blues', min: 0, max: 50, unit: 'observations' };

/** The default of a feature's layer. */
export function featureStyle(name: string): RampStyle {
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? GREENNESS;
}
