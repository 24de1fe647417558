import type { CompiledForest } from '../forest/runtime/compiled-forest.js';

/** A model and all that it needs, checked: what loadBundle returns. Contract: docs/architecture.md, "Bundles". */
export interface Bundle {
  readonly name: string;
  readonly version: string;
  /** Kernel of the majority filter: 0 (none), 3, 5 or 7. */
  readonly smoothing: 0 | 3 | 5 | 7;
  /** Names in the order of the ONNX input's columns: of FEATURE_ORDER_V1, or `dw_class`. */
  readonly features: readonly string[];
  /** Names in the order of the class ids that are served. */
  readonly classes: readonly string[];
  /** `#rrggbb`, by class id. */
  readonly palette: readonly string[];
  readonly members: readonly BundleMember[];
  readonly scaler: { readonly mean: readonly number[]; readonly scale: readonly number[] } | null;
  readonly card: Readonly<Record<string, unknown>>;
  /** SHA-256 over all that decides classes and their colours: file contents in a fixed order. */
  readonly digest: string;
}

export interface BundleMember {
  readonly file: string;
  /** The ONNX file itself, in shared memory so that every worker loads the same bytes. */
  readonly model: Uint8Array;
  readonly weight: number;
  /** For each served class id: the column of this member's probabilities, or -1 where it lacks the class. */
  readonly columnOfClass: readonly number[];
  readonly inputName: string;
  readonly outputName: string;
  /** The member's trees as the forest kernel runs them; null where ONNX Runtime runs it. */
  readonly compiled: CompiledForest | null;
  /** Why ONNX Runtime runs it, in words for people; null where the kernel does. */
  readonly fallback: string | null;
}

/** What a worker needs of a bundle: plain data that postMessage clones, the models' shared bytes excepted, which it shares. */
export type BundleData = Pick<Bundle, 'name' | 'features' | 'classes' | 'members' | 'scaler'>;

/** A class id is a uint8, and 255 means nodata: so ids are 0 to 254. */
export const NODATA_CLASS = 255;
export const MAX_CLASSES = 255;

/** The one feature beside FEATURE_ORDER_V1: Dynamic World's class at the pixel, 0 to 8, or -1 where there is none (docs/features.md section 6). */
export const DW_CLASS_FEATURE = 'dw_class';
