import { featureScratchBytes, featureTables } from '../pixels/feature-tables.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import { compileKernels, createKernelMemory, instantiateKernels, STATIC_BYTES } from './load.js';
import type { Kernels } from './kernels.js';

type Typed = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** Kernels and a memory in which arrays are laid one after the other, each at a multiple of 16. */
export class KernelArena {
  private free = STATIC_BYTES;

  private constructor(
    readonly kernels: Kernels,
    readonly memory: WebAssembly.Memory,
  ) {}

  static async create(bytes = 64 << 20): Promise<KernelArena> {
    const memory = createKernelMemory(bytes);
    return new KernelArena(instantiateKernels(await compileKernels(), memory), memory);
  }

  /** Forgets all arrays; what they held stays, as leftovers that no kernel may depend on. */
  reset(): void {
    this.free = STATIC_BYTES;
  }

  /** A copy of `values` inside the memory: pass its `byteOffset` to a kernel and read results from it. */
  put<T extends Typed>(values: T): T {
    const at = this.free;
    this.free = Math.ceil((at + values.byteLength) / 16) * 16;
    const constructor = values.constructor as new (buffer: ArrayBufferLike, at: number, length: number) => T;
    const copy = new constructor(this.memory.buffer, at, values.length);
    copy.set(values);
    return copy;
  }
}

/** Numbers in [0, 1) that look random and are always the same (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number in [from, to]. */
export function between(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** What the features kernel reads, in plain arrays; layouts as in kernels.ts. */
export interface FeatureInput {
  readonly t: Int32Array;
  readonly nodes: number;
  readonly nPad: number;
  readonly bandCount: number;
  readonly dn: Uint16Array;
  readonly scene: Uint8Array;
  readonly got: Uint8Array;
  readonly reflectance: Float64Array;
  readonly planeOf: Int32Array;
}

export interface FeatureOutput {
  /** f32[51][nPad] */
  readonly features: Float32Array;
  readonly observations: Uint8Array;
  /** Of the kernel alone, for benchmarks. */
  readonly milliseconds: number;
}

/** All pixels of the input through the kernel, in chunks of `chunk` (a multiple of 4). */
export function runFeatures(arena: KernelArena, input: FeatureInput, chunk = input.nPad): FeatureOutput {
  arena.reset();
  const { t, nodes, nPad, bandCount } = input;
  const at = (values: Typed) => arena.put(values).byteOffset;
  const days = at(t);
  const dn = at(input.dn);
  const scene = at(input.scene);
  const got = at(input.got);
  const reflectance = at(input.reflectance);
  const planeOf = at(input.planeOf);
  const tables = at(featureTables(nodes));
  const scratch = at(new Uint8Array(featureScratchBytes(t.length, nodes)).fill(0xaa));
  const guard = arena.put(new Uint8Array(64).fill(0x5a));
  const features = arena.put(new Float32Array(FEATURE_ORDER_V1.length * nPad));
  const observations = arena.put(new Uint8Array(nPad));
  const begun = performance.now();
  for (let start = 0; start < nPad; start += chunk) {
    arena.kernels.features(
      t.length,
      days,
      nodes,
      dn,
      nPad,
      bandCount,
      scene,
      got,
      (1 << bandCount) - 1,
      reflectance,
      planeOf,
      tables,
      scratch,
      start,
      Math.min(chunk, nPad - start),
      features.byteOffset + 4 * start,
      nPad,
      observations.byteOffset + start,
    );
  }
  const milliseconds = performance.now() - begun;
  if (guard.some((value) => value !== 0x5a)) throw new Error('the kernel wrote beyond its scratch');
  return { features: features.slice(), observations: observations.slice(), milliseconds };
}

/** The 51 numbers of one pixel of a kernel's output. */
export function featuresOf(output: FeatureOutput, nPad: number, pixel: number): number[] {
  return FEATURE_ORDER_V1.map((_, feature) => output.features[feature * nPad + pixel]!);
}
