import type { BundleData } from '../classes/bundle.js';
import type { ClassTally } from '../classes/class-tally.js';
import type { EncodedProduct, ProductOptions } from '../encode/products.js';
import type { CodedStrip, StripTask } from '../encode/strip-task.js';
import type { BlockParts, ReducedBlock } from '../encode/reduce-block.js';
import type { Rect, Target } from '../metatile/target.js';
import type { SourceGrid as SampledGrid } from '../pixels/sampling.js';
import type { WarpTask, Warped } from '../raster-files/warp/kernel/warp-task.js';
import type { Raster } from '../raster.js';
import type { BlockArray, BlockSpec } from '../windows/decode.js';
import type { CompressedBlock } from '../windows/block-spec.js';

/** What workers are asked, and what they answer: plain data; pointers are byte offsets into the arena's memory. */
export interface Tasks {
  /** Projects the target's pixel centres into a zone. */
  project: { input: ProjectInput; output: Extent };
  /** Finds block and place of each target pixel in a source grid. */
  index: { input: IndexInput; output: IndexOutput };
  /** Decides from SCL which scenes each pixel may take on a date. */
  mask: { input: MaskInput; output: MaskOutput };
  /** Samples decoded blocks into a date's planes, then says which blocks a region still needs. */
  step: { input: StepInput; output: StepOutput };
  /** Features, probabilities and the other products of some rows of the target. */
  classify: { input: ClassifyInput; output: Readonly<Record<'features' | 'inference', number>> };
  /** Majority filter and confidence of one native tile. */
  smooth: { input: SmoothInput; output: null };
  /** A raster as a Cloud Optimized GeoTIFF. */
  encode: {
    input: { readonly name: string; readonly raster: Raster; readonly options: ProductOptions };
    output: EncodedProduct;
  };
  /** Blocks of a COG that is written as its pixels come. */
  strip: { input: StripTask; output: CodedStrip };
  /** A tile of the pyramid from those below it. */
  reduce: { input: BlockParts; output: ReducedBlock };
  /** A block of any GeoTIFF, its samples' planes apart. */
  decode: { input: { readonly spec: BlockSpec; readonly bytes: Uint8Array }; output: BlockArray };
  /** Counts the classes of tiles of one metatile. */
  tally: { input: TallyInput; output: { readonly tally: ClassTally; readonly damaged: readonly number[] } };
  /** Pixels of a file in another projection or size. */
  warp: { input: WarpTask; output: Warped };
  /** Setup: makes a model known to the worker. */
  bundle: { input: { readonly digest: string; readonly data: BundleData }; output: null };
}
export type TaskName = keyof Tasks;
export type TaskInput<K extends TaskName> = Tasks[K]['input'];
export type TaskOutput<K extends TaskName> = Tasks[K]['output'];

export interface ArenaRef {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  /** One region a worker, by worker index. */
  readonly scratch: readonly { readonly start: number; readonly bytes: number }[];
}

export interface ProjectInput {
  readonly arena: ArenaRef;
  readonly target: Target;
  readonly epsg: number;
  /** f64[n] out. */
  readonly easting: number;
  readonly northing: number;
}

/** Of projected pixel centres, in the zone's metres. */
export interface Extent {
  readonly minE: number;
  readonly maxE: number;
  readonly minN: number;
  readonly maxN: number;
}

/** The sampled grid, and how many rows of blocks it has. */
export interface SourceGrid extends SampledGrid {
  readonly blocksDown: number;
}

/** u16[n] block of each target pixel, u32[n] its place in the block. */
export interface GridIndex {
  readonly blockOf: number;
  readonly offset: number;
}

export interface IndexInput {
  readonly arena: ArenaRef;
  readonly n: number;
  readonly stride: number;
  readonly easting: number;
  readonly northing: number;
  readonly grid: SourceGrid;
  readonly index: GridIndex;
  /** Also: which blocks of another grid lie within `buffer` of its pixels from a target pixel (SCL and its growing clouds). */
  readonly touch?: { readonly grid: SourceGrid; readonly buffer: number };
}

export interface IndexOutput {
  /** Every block that holds a target pixel, and the part of the target that it covers. */
  readonly blocks: readonly { readonly block: number; readonly rect: Rect }[];
  readonly touched: readonly number[];
}

/** The planes of one date: u16 candidates, u8 scene (rank), u8 got (bands), u16 DN planes one after another. */
export interface DatePlanes {
  readonly candidates: number;
  readonly scene: number;
  readonly got: number;
  readonly dn: number;
}

/** One scene of a date; its scenes come in the order of their ranks. */
export interface MaskInput {
  readonly arena: ArenaRef;
  readonly n: number;
  readonly planes: DatePlanes;
  readonly buffer: number;
  readonly rank: number;
  /** The date's first scene clears what was there; after its last, each pixel waits for its best. */
  readonly first: boolean;
  readonly last: boolean;
  /** null: the collection has no SCL; every pixel is a candidate. */
  readonly scl: {
    readonly index: GridIndex;
    /** Size of the SCL raster that the index points into. */
    readonly width: number;
    readonly height: number;
    readonly spec: BlockSpec;
    /** Upper left corner of each block in that raster (may be negative), and its compressed bytes; null: sparse. */
    readonly blocks: readonly { readonly x: number; readonly y: number; readonly bytes: Uint8Array | null }[];
  } | null;
  /** A target pixel whose scene class is wanted, for people. */
  readonly look?: number;
}

/** The scene class at the pixel that was to be looked at; null outside the scene, without SCL, and where none was. */
export type MaskOutput = number | null;

export interface StepInput {
  readonly arena: ArenaRef;
  readonly nPad: number;
  readonly stride: number;
  readonly planes: DatePlanes;
  /** A bit for every band of the stack. */
  readonly allBands: number;
  readonly samples: readonly {
    readonly rank: number;
    /** Place of the band in the stack. */
    readonly band: number;
    readonly nodata: number;
    readonly index: GridIndex;
    readonly spec: BlockSpec;
    readonly block: number;
    readonly rect: Rect;
    readonly bytes: Uint8Array | null;
  }[];
  readonly demand: {
    readonly rect: Rect;
    /** Scenes of the date. */
    readonly scenes: number;
    /** Scenes whose headers are known; the others are reported as unknown where pixels wait for them. */
    readonly ranks: readonly {
      readonly rank: number;
      readonly groups: readonly {
        readonly bands: number;
        readonly index: GridIndex;
        readonly blocks: number;
      }[];
    }[];
  } | null;
}

export interface StepOutput {
  /** `bands`: the bits of those that are missing from the block. */
  readonly needs: readonly {
    readonly rank: number;
    readonly group: number;
    readonly block: number;
    readonly bands: number;
  }[];
  readonly unknownRanks: readonly number[];
  readonly decodeMs: number;
  readonly sampleMs: number;
}

/** Where a season's observations lie in an arena; see kernels.ts `features`. */
export interface StackRef {
  readonly arena: ArenaRef;
  readonly dates: number;
  readonly days: number;
  readonly nodes: number;
  readonly nPad: number;
  readonly stride: number;
  readonly bandCount: number;
  readonly allBands: number;
  readonly t: number;
  readonly dn: number;
  readonly scene: number;
  readonly got: number;
  readonly reflectance: number;
  readonly planeOf: number;
  readonly tables: number;
}

/** Planes over the whole target, in shared memory; a worker fills the rows that it is given. */
export interface ProductPlanes {
  readonly observations: Uint8Array;
  /** 3 planes, and validity (255 or 0). */
  readonly truecolor: Uint8Array;
  readonly truecolorMask: Uint8Array;
  /** Class before smoothing, and percent by class; null without a model. */
  readonly raw: Uint8Array | null;
  readonly percent: Uint8Array | null;
  /** By place in FEATURE_ORDER_V1. */
  readonly features: readonly { readonly feature: number; readonly data: Float32Array }[];
}

export interface ClassifyInput {
  readonly stack: StackRef;
  readonly rect: Rect;
  readonly planes: ProductPlanes;
  /** Digest of a bundle that was set up, or null for products without classes. */
  readonly bundle: string | null;
  /** Dynamic World class by target pixel, −1 where there is none, for bundles that use it. */
  readonly dwClass: Int8Array | null;
}

export interface SmoothInput {
  readonly raw: Uint8Array;
  readonly percent: Uint8Array;
  /** Width of the raw planes, and their size. */
  readonly stride: number;
  readonly size: number;
  /** The tile with its halo, in the raw planes. */
  readonly rect: Rect;
  readonly kernel: 0 | 3 | 5 | 7;
  readonly halo: number;
  /** Where the result goes: upper left corner, in planes of `outStride` columns. */
  readonly classes: Uint8Array;
  readonly confidence: Uint8Array;
  readonly outX: number;
  readonly outY: number;
  readonly outStride: number;
}

export interface TallyInput {
  readonly tiles: readonly {
    /** u8 ids, 255 nodata; and percent, null: not counted. */
    readonly classes: CompressedBlock;
    readonly confidence: CompressedBlock | null;
    /** Triples: row of the tile, first column, the column behind the last. */
    readonly spans: Uint32Array;
    /** Hectares of a pixel, by row of the tile. */
    readonly hectares: Float64Array;
  }[];
}
