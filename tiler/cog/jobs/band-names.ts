import type { Dataset } from '../../../engine/raster-files/dataset.js';
import type { Expression } from '../post.js';

/** A band's description as rio-tiler has it: the file's, else its number. */
export function bandDescription(dataset: Dataset, band: number): string {
  return dataset.bands[band - 1]?.description || `b${band}`;
}

/** Name and description of a band of an answer. */
export interface NamedBand {
  readonly name: string;
  readonly description: string;
}

/** Bands of the file under their own numbers; what an expression makes counts from 1 and is described by it. */
export function namedBands(
  dataset: Dataset,
  bands: readonly number[],
  expression: Expression | null,
): readonly NamedBand[] {
  if (expression === null) {
    return bands.map((band) => ({ name: `b${band}`, description: bandDescription(dataset, band) }));
  }
  const described = (block: string): string =>
    // Of the small letters that blocks are written in only digits are found by rio-tiler's own pattern.
    block.replace(/\bb[0-9A-Z]+\b/g, (name) => bandDescription(dataset, Number(name.slice(1))));
  return expression.text
    .split(';')
    .filter((block) => block !== '')
    .map((block, at) => ({ name: `b${at + 1}`, description: described(block.toLowerCase()) }));
}
