import type { Dataset } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { ReadOptions } from '../../../engine/raster-files/read.js';
import { GeoCropError } from '../../../engine/errors.js';
import type { ReadAsk } from '../ask/read-ask.js';
import type { Expression } from '../post.js';
import type { CogParts } from './parts.js';

/** What a request reads, made out for the reader. */
export interface Reading {
  readonly expression: Expression | null;
  /** From 1. */
  readonly bands: readonly number[];
  readonly options: ReadOptions;
  /** Values that a pixel takes at most: as many bands as are read, or as an expression makes of them. */
  readonly values: number;
}

/** @throws bad-request for bands that the file does not have */
export function readingOf(
  { post }: CogParts,
  dataset: Dataset,
  { bands: asked, expression: text, ...options }: ReadAsk,
  signal: AbortSignal | undefined,
): Reading {
  const expression = text === undefined ? null : post.parseExpression(text);
  const bands = expression?.bands ?? asked ?? valueBands(dataset);
  const missing = bands.find((band) => band > dataset.bands.length);
  if (missing !== undefined) {
    throw new GeoCropError('bad-request', `The file has no band ${missing}.`, {
      hint: `It has ${dataset.bands.length}.`,
      context: { band: missing, bands: dataset.bands.length },
    });
  }
  const values = Math.max(bands.length, expression?.blocks.length ?? 0);
  return {
    expression,
    bands,
    values,
    options: { ...options, bands, ...(signal === undefined ? {} : { signal }) },
  };
}

/** All but alpha. */
function valueBands({ bands }: Dataset): readonly number[] {
  return bands.flatMap(({ colorInterpretation }, at) => (colorInterpretation === 'alpha' ? [] : [at + 1]));
}

export function calculated(image: Image, expression: Expression | null): Image {
  return expression === null ? image : expression.apply(image);
}
