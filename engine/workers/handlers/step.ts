import { decodeBlock } from '../../windows/decode.js';
import type { StepInput, StepOutput } from '../tasks.js';
import type { WorkerArena } from '../worker-entry.js';

export async function step(input: StepInput, arena: WorkerArena): Promise<StepOutput> {
  const { planes, nPad, stride } = input;
  const { kernels, buffer, scratch } = arena;
  let decodeMs = 0;
  let sampleMs = 0;
  for (const sample of input.samples) {
    const begun = performance.now();
    const pixels = await decodeBlock(sample.spec, sample.bytes);
    const decoded = performance.now();
    decodeMs += decoded - begun;
    if (pixels.length * Uint16Array.BYTES_PER_ELEMENT > scratch.bytes) {
      throw new RangeError(`block of ${pixels.length} pixels is larger than the worker's scratch`);
    }
    new Uint16Array(buffer, scratch.start, pixels.length).set(pixels);
    kernels.sampleBlock(
      scratch.start,
      planes.candidates,
      planes.scene,
      planes.got,
      stride,
      sample.rect.x,
      sample.rect.y,
      sample.rect.width,
      sample.rect.height,
      sample.rank,
      1 << sample.band,
      sample.nodata,
      sample.block,
      sample.index.blockOf,
      sample.index.offset,
      planes.dn + Uint16Array.BYTES_PER_ELEMENT * nPad * sample.band,
    );
    sampleMs += performance.now() - decoded;
  }
  const begun = performance.now();
  const { needs, unknownRanks } = demand(input, arena);
  return { needs, unknownRanks, decodeMs, sampleMs: sampleMs + performance.now() - begun };
}

function demand(
  { planes, stride, allBands, demand: asked }: StepInput,
  { kernels, buffer, scratch }: WorkerArena,
): Pick<StepOutput, 'needs' | 'unknownRanks'> {
  if (asked === null) return { needs: [], unknownRanks: [] };
  const { rect } = asked;
  const needs: StepOutput['needs'][number][] = [];
  const known = new Set<number>();
  // Ranks rise: a pixel that gives a scene up moves to a later one, which is asked after it.
  for (const { rank, groups } of [...asked.ranks].sort((a, b) => a.rank - b.rank)) {
    known.add(rank);
    groups.forEach(({ bands, index, blocks }, group) => {
      const flags = new Uint8Array(buffer, scratch.start, blocks).fill(0);
      kernels.demand(
        planes.candidates,
        planes.scene,
        planes.got,
        stride,
        rect.x,
        rect.y,
        rect.width,
        rect.height,
        rank,
        bands,
        index.blockOf,
        scratch.start,
      );
      flags.forEach((missing, block) => {
        if (missing !== 0) needs.push({ rank, group, block, bands: missing });
      });
    });
  }
  const unknown = new Set<number>();
  const scene = new Uint8Array(buffer, planes.scene);
  const got = new Uint8Array(buffer, planes.got);
  for (let y = rect.y; y < rect.y + rect.height; y += 1) {
    // Usually a date has one scene, whose headers are known: then there is nothing to look for.
    if (known.size + unknown.size === asked.scenes) break;
    for (let i = y * stride + rect.x, end = i + rect.width; i < end; i += 1) {
      const rank = scene[i] ?? 0;
      if (rank !== 0 && got[i] !== allBands && !known.has(rank)) unknown.add(rank);
    }
  }
  return { needs, unknownRanks: [...unknown] };
}
