import type { Image } from '../../../engine/raster-files/image.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import { GeoCropError, isGeoCropError } from '../../../engine/errors.js';
import type { Expression } from '../post.js';
import { fault } from './fault.js';
import { bufferOf, kindOf, stackedKind, type Kind } from './kinds.js';
import { parseBlocks, type Block } from './parse.js';
import { evaluate } from './program.js';
import { typeTree } from './term.js';
import { collectBands } from './tree.js';

/** Corners of the bands' ranges whose results are looked at: 2 to the power of the bands. */
const MAX_RANGED_BANDS = 10;

/**
 * An expression as rio-tiler and numexpr read it, a band for each part between semicolons.
 * @throws bad-request with the place of the mistake and what may stand there
 */
export function parseExpression(text: string): Expression {
  const blocks = parseBlocks(text);
  const bands = new Set<number>();
  for (const block of blocks) {
    const own = new Set<number>();
    collectBands(block.tree, own);
    if (own.size === 0) throw fault(text, block.tree.at, 'a part of it reads no band');
    for (const band of own) bands.add(band);
  }
  return {
    text,
    bands: [...bands].sort((a, b) => a - b),
    blocks: blocks.map((block) => block.text),
    apply: (image) => applyBlocks(text, blocks, image),
  };
}

/** What rio-tiler's `ImageData.apply_expression` does: a pixel is invalid where it is in any band of the image. */
function applyBlocks(text: string, blocks: readonly Block[], image: Image): Image {
  const bands = new Map<number, NumberArray>();
  image.names.forEach((name, at) => {
    const number = /^b(\d+)$/.exec(name)?.[1];
    const values = image.bands[at];
    if (number !== undefined && values !== undefined) bands.set(Number(number), values);
  });
  const values = evaluateBlocks(text, blocks, bands, image.width * image.height);
  const valid = validInAll(image);
  const statistics = image.statistics && rangesOf(text, blocks, [...bands.keys()], image.statistics);
  const { statistics: _, ...rest } = image;
  return {
    ...rest,
    bands: values,
    names: blocks.map((block) => block.text),
    valid: values.map(() => valid),
    ...(statistics === undefined ? {} : { statistics }),
  };
}

/** All blocks, in one type that holds each, as numpy stacks arrays. */
function evaluateBlocks(
  text: string,
  blocks: readonly Block[],
  bands: ReadonlyMap<number, NumberArray>,
  length: number,
): NumberArray[] {
  const kindOfBand = (band: number): Kind => {
    const values = bands.get(band);
    if (values !== undefined) return kindOf(values);
    const there = [...bands.keys()].map((number) => `b${number}`).join(', ');
    throw new GeoCropError('bad-request', `The expression reads band b${band}, which is not there.`, {
      hint: `Bands: ${there}.`,
      context: { parameter: 'expression', band },
    });
  };
  const terms = blocks.map((block) => {
    const term = typeTree(text, block.tree, kindOfBand);
    // where(1 > 0, 1, b1) is a number without a band: numexpr gives a single value for it, which is no picture.
    if (term.type === 'constant') {
      throw fault(text, block.tree.at, 'this part of it is one number, whatever the bands hold');
    }
    return term;
  });
  const kind = stackedKind(...terms.map((term) => term.kind));
  return terms.map((term) => {
    const values = evaluate(term, bands, length);
    if (term.kind === kind) return values;
    const stacked = bufferOf(kind, length);
    stacked.set(values);
    return stacked;
  });
}

function validInAll(image: Image): Uint8Array {
  const out = new Uint8Array(image.width * image.height).fill(1);
  for (const band of image.valid) {
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) & (band[i] as number);
  }
  return out;
}

/** The result's smallest and largest value where each band is at an end of its range: rio-tiler's estimate. */
function rangesOf(
  text: string,
  blocks: readonly Block[],
  names: readonly number[],
  ranges: readonly (readonly [number, number])[],
): (readonly [number, number])[] | undefined {
  if (names.length > MAX_RANGED_BANDS || names.length !== ranges.length) return undefined;
  const corners = 2 ** names.length;
  const bands = new Map(
    names.map((name, at) => {
      const ends = ranges[at] as readonly [number, number];
      return [
        name,
        Float64Array.from({ length: corners }, (_, corner) => ends[(corner >> at) & 1] as number),
      ];
    }),
  );
  let results: readonly NumberArray[];
  try {
    results = evaluateBlocks(text, blocks, bands, corners);
  } catch (error) {
    // The ends are numbers with decimals, of which there are no bits: the expression is good for the bands themselves.
    if (isGeoCropError(error, 'bad-request')) return undefined;
    throw error;
  }
  return results.map((values) => [Math.min(...values), Math.max(...values)]);
}
