/** Of the normal distribution, two-sided 95 %: as the paper writes it. */
const Z_95 = 1.96;

/** An area with what it may be wrong by, in the unit of the mapped areas. */
export interface ErrorAdjusted {
  readonly area: number;
  readonly standardError: number;
  /** Ends of the 95 % interval, cut at 0 and at the whole area. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * Areas of classes on the ground, from areas on the map and a sample of what the map gets wrong: the stratified estimator of Olofsson et al.
 * 2014 (Good practices for estimating area and assessing accuracy of land change, Remote Sensing of Environment 148, 42–57,
 * doi:10.1016/j.rse.2014.02.015), the mapped classes being the strata:
 *
 *   p̂ₖ = Σᵢ Wᵢ · nᵢₖ / nᵢ·                                          (eq. 9)
 *   S(p̂ₖ) = √ Σᵢ Wᵢ² · (nᵢₖ / nᵢ·)(1 − nᵢₖ / nᵢ·) / (nᵢ· − 1)          (eq. 10)
 *   Âₖ = A · p̂ₖ, S(Âₖ) = A · S(p̂ₖ), interval Âₖ ± 1.96 · S(Âₖ)          (eq. 11)
 *
 * @param samples counts nᵢₖ, [mapped class i][class on the ground k]
 * @param mapped area of each mapped class, any unit; Wᵢ is its share of their sum A. A class without area needs no sample
 * @returns by class on the ground; null where a class that is on the map has fewer than two samples: nothing is known of its errors
 */
export function errorAdjustedAreas(
  samples: readonly (readonly number[])[],
  mapped: readonly number[],
): readonly ErrorAdjusted[] | null {
  const whole = mapped.reduce((sum, area) => sum + area, 0);
  if (!(whole > 0) || unknownClass(samples, mapped) !== null) return null;
  return mapped.map((_, ground) => {
    let proportion = 0;
    let variance = 0;
    for (const [at, row] of samples.entries()) {
      const weight = (mapped[at] ?? 0) / whole;
      if (weight === 0) continue;
      const size = sum(row);
      const share = (row[ground] ?? 0) / size;
      proportion += weight * share;
      variance += (weight * weight * share * (1 - share)) / (size - 1);
    }
    const area = whole * proportion;
    const standardError = whole * Math.sqrt(variance);
    const [low, high] = [area - Z_95 * standardError, area + Z_95 * standardError];
    return { area, standardError, interval: [Math.max(0, low), Math.min(whole, high)] };
  });
}

/** The first class that is on the map and has fewer than two samples, which the variance needs; null: there is none. */
export function unknownClass(
  samples: readonly (readonly number[])[],
  mapped: readonly number[],
): number | null {
  const at = mapped.findIndex((area, id) => area > 0 && sum(samples[id] ?? []) < 2);
  return at < 0 ? null : at;
}

const sum = (row: readonly number[]): number => row.reduce((total, count) => total + count, 0);
