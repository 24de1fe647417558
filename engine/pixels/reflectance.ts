/** The floor of reflectance: keeps the indices' denominators positive where an offset takes dark DN to zero or below. */
export const MIN_REFLECTANCE = 0.0001;

/**
 * Surface reflectance of a DN, unitless, mostly in [0.0001, 1.6].
 * @param scale reflectance per DN (0.0001 for Sentinel-2 L2A); @param offset reflectance (−0.1 from baseline 04.00 on, else 0)
 */
export function reflectanceOf(dn: number, scale: number, offset: number): number {
  return Math.max(dn * scale + offset, MIN_REFLECTANCE);
}
