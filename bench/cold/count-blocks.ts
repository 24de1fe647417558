import type { CogReader } from '../../engine/windows/cog-reader.js';

export interface BlockCounts {
  /** Different blocks that computing asked for. */
  readonly asked: number;
  /** Blocks that came from the source. */
  readonly fetched: number;
  readonly decoded: number;
}

/** From now on counts what is asked of a reader. Gives the counts so far, with the blocks that were decoded. */
export function countBlocks(reader: CogReader): (decoded: number) => BlockCounts {
  const asked = new Set<string>();
  const before = reader.stats.fetched;
  const blocks = reader.blocks.bind(reader);
  reader.blocks = (header, requests, signal) => {
    for (const { level, block, plane = 0 } of requests) {
      asked.add(`${header.href} ${level} ${plane} ${block}`);
    }
    return blocks(header, requests, signal);
  };
  return (decoded) => ({ asked: asked.size, fetched: reader.stats.fetched - before, decoded });
}
