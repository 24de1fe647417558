/**
 * Spectral indices of one observation. All arguments are surface reflectances, unitless, at least 0.0001; the order of the
 * arithmetic is that of the formulas, in float64, so that every implementation rounds alike.
 */

/** Normalised difference vegetation index, [−1, 1]. Rouse et al. 1974, "Monitoring vegetation systems in the Great Plains with ERTS". */
export function ndvi(nir: number, red: number): number {
  return (nir - red) / (nir + red);
}

/** Below this the denominator of {@link evi} says nothing about vegetation: bright haze and snow. */
export const EVI_MIN_DENOMINATOR = 0.001;

/**
 * Enhanced vegetation index, clamped to [−1, 1]; NaN where its denominator is below 0.001: such an observation is left out
 * of EVI's own statistics. Huete et al. 2002, doi:10.1016/S0034-4257(02)00096-2.
 */
export function evi(nir: number, red: number, blue: number): number {
  const denominator = nir + 6 * red - 7.5 * blue + 1;
  if (denominator < EVI_MIN_DENOMINATOR) return NaN;
  return Math.min(Math.max((2.5 * (nir - red)) / denominator, -1), 1);
}

/** Soil adjusted vegetation index with L = 0.5, [−1.5, 1.5]. Huete 1988, doi:10.1016/0034-4257(88)90106-X. */
export function savi(nir: number, red: number): number {
  return (1.5 * (nir - red)) / (nir + red + 0.5);
}

/** Normalised difference red edge, [−1, 1]. Barnes et al. 2000, "Coincident detection of crop water stress, nitrogen status and canopy density". */
export function ndre(nir: number, rededge1: number): number {
  return (nir - rededge1) / (nir + rededge1);
}

/** Normalised difference moisture index (NDWI of its author), [−1, 1]. Gao 1996, doi:10.1016/S0034-4257(96)00067-3. */
export function ndmi(nir: number, swir16: number): number {
  return (nir - swir16) / (nir + swir16);
}

/** Bare soil index, [−1, 1]. Rikimaru 1996/2002, "Tropical forest cover density mapping". */
export function bsi(swir16: number, red: number, nir: number, blue: number): number {
  return (swir16 + red - (nir + blue)) / (swir16 + red + (nir + blue));
}
