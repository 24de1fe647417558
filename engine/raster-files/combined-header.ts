import { blockSpec, type BlockSpec } from '../windows/block-spec.js';
import type { CogHeader, DescribedHeader } from '../windows/cog-header.js';

/** One image of a file for reading: a level of the dataset or of its mask. */
export interface ReadableLevel {
  /** Place in the combined header. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly spec: (block: number) => BlockSpec;
}

/** A file's images in one header, so that blocks of image and mask that lie beside each other are read as one range. */
export interface CombinedHeader {
  readonly header: CogHeader;
  readonly levels: readonly ReadableLevel[];
  /** Largest first; [] without. */
  readonly masks: readonly ReadableLevel[];
}

const combined = new WeakMap<DescribedHeader, CombinedHeader>();

/** The same object for the same header: decoded blocks are kept by it. */
export function combinedHeader(header: DescribedHeader): CombinedHeader {
  const known = combined.get(header);
  if (known !== undefined) return known;
  const { description, ...plain } = header;
  const masks = description.masks?.levels ?? [];
  const all: CogHeader = { ...plain, levels: [...header.levels, ...masks] };
  const { bits: _, ...kind } = plain;
  const ofMask: CogHeader = {
    ...kind,
    dataType: 'uint8',
    samplesPerPixel: 1,
    // A block of the mask that is missing says that nothing is valid there.
    nodata: null,
    ...(description.masks?.bits === 1 ? { bits: 1 } : {}),
    levels: all.levels,
  };
  const made: CombinedHeader = {
    header: all,
    levels: header.levels.map(({ width, height }, index) => ({
      index,
      width,
      height,
      spec: (block) => blockSpec(all, index, block),
    })),
    masks: masks.map(({ width, height }, i) => {
      const index = header.levels.length + i;
      return { index, width, height, spec: (block) => blockSpec(ofMask, index, block) };
    }),
  };
  combined.set(header, made);
  return made;
}
