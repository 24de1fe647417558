import type { PyramidName } from './pyramid-keys.js';

/** What the nodes of a map hold. */
export interface PyramidProducts {
  readonly products: readonly string[];
  /** Names and `#rrggbb` by class id, where there are classes. */
  readonly classes?: readonly string[];
  readonly palette?: readonly string[];
}

/** A map's part of the pyramid, and what it holds. */
export interface PyramidMap {
  readonly name: PyramidName;
  readonly made: PyramidProducts;
}
