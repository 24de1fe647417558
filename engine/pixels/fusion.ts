/** What one scene shows at the pixels that are computed. */
export interface SceneSamples {
  /** 1 where the SCL is valid, 0 where it is not or the pixel lies outside. */
  readonly clear: Uint8Array;
  /** DN of each band of the set; null where the pixel lies outside or the DN is nodata. */
  readonly dn: readonly (readonly (number | null)[])[];
}

/** One date after fusion. */
export interface FusedDate {
  /** 1-based place of the scene whose observation is taken; 0 where the date has no valid observation. */
  readonly scene: Uint8Array;
  /** DN of each band; 0 where there is no observation. */
  readonly dn: readonly Uint16Array[];
}

/**
 * One observation a date: of the date's scenes, in fusion order, the first that is valid at a pixel in SCL and in every band of
 * the set is taken whole, never a band from each.
 * @param scenes at least one, higher processing baseline first, then by id
 */
export function fuseDate(scenes: readonly SceneSamples[]): FusedDate {
  const first = scenes[0]!;
  const scene = Uint8Array.from(first.clear, (_, i) => {
    const rank = scenes.findIndex(({ clear, dn }) => clear[i] === 1 && dn.every((band) => band[i] !== null));
    return rank + 1;
  });
  const dn = first.dn.map((_, band) =>
    Uint16Array.from(scene, (rank, i) => (rank === 0 ? 0 : scenes[rank - 1]!.dn[band]![i]!)),
  );
  return { scene, dn };
}

/** Fusion order of one date's scenes: higher processing baseline first, as a number, then id ascending by code unit. */
export function fusionOrder(
  a: { readonly baseline: number; readonly id: string },
  b: { readonly baseline: number; readonly id: string },
): number {
  return b.baseline - a.baseline || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
