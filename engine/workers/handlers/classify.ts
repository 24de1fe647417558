import { createClassifier, type Classifier } from '../../classes/classifier.js';
import { GeoCropError } from '../../errors.js';
import { FEATURE_ORDER_V1 } from '../../pixels/feature-order.js';
import { featureScratchBytes } from '../../pixels/feature-tables.js';
import type { ClassifyInput, ProductPlanes, TaskInput, TaskOutput } from '../tasks.js';
import type { WorkerArena } from '../worker-entry.js';

/** True colour stretches reflectance 0 to 0.3 over 0 to 255. docs/architecture.md, "Storage". */
const TRUECOLOR_WHITE = 0.3;
/** Kernels start and count in groups of four pixels. */
const GROUP = 4;
const RGB_FEATURES = (['red_median', 'green_median', 'blue_median'] as const).map((name) =>
  FEATURE_ORDER_V1.indexOf(name),
);

const classifiers = new Map<string, Promise<Classifier>>();

export async function learnBundle({ digest, data }: TaskInput<'bundle'>): Promise<null> {
  if (!classifiers.has(digest)) classifiers.set(digest, createClassifier(data));
  await classifiers.get(digest);
  return null;
}

/** Bytes of scratch that a classify task needs for rectangles up to `pixels` at a time. */
export function classifyScratchBytes(dates: number, nodes: number, pixels: number): number {
  return featureScratchBytes(dates, nodes) + (FEATURE_ORDER_V1.length * 4 + 1) * pixels + 4 * 64;
}

/** Pixels that are held as features at once: a few rows. */
export const CLASSIFY_CHUNK = 16_384;

export async function classify(input: ClassifyInput, arena: WorkerArena): Promise<TaskOutput<'classify'>> {
  const { stack, rect } = input;
  const rowLength = alignedSpan(rect.y * stack.stride + rect.x, rect.width).count + GROUP;
  const rowsAtOnce = Math.max(1, Math.floor(CLASSIFY_CHUNK / rowLength));
  const timings = { features: 0, inference: 0 };
  for (let y = rect.y; y < rect.y + rect.height; y += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, rect.y + rect.height - y);
    const begun = performance.now();
    const chunk = computeRows(input, arena, y, rows);
    const computed = performance.now();
    timings.features += computed - begun;
    writeProducts(input, chunk);
    if (input.bundle !== null) await writeClasses(input, input.bundle, chunk);
    timings.inference += performance.now() - computed;
  }
  return timings;
}

/** Features of some rows of the rectangle, packed one span after another. */
interface Chunk {
  /** f32[51][stride] */
  readonly features: Float32Array;
  readonly observations: Uint8Array;
  readonly stride: number;
  /** Each row of the rectangle: where it starts in the chunk and in the target. */
  readonly rows: readonly { readonly from: number; readonly to: number }[];
}

function alignedSpan(start: number, length: number): { start: number; count: number } {
  const first = Math.floor(start / GROUP) * GROUP;
  return { start: first, count: Math.ceil((start + length - first) / GROUP) * GROUP };
}

function computeRows({ stack, rect }: ClassifyInput, arena: WorkerArena, y: number, rows: number): Chunk {
  const spans = Array.from({ length: rows }, (_, row) => {
    const to = (y + row) * stack.stride + rect.x;
    return { to, ...alignedSpan(to, rect.width) };
  });
  const stride = spans.reduce((sum, span) => sum + span.count, 0);
  const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const work = arena.scratch.start;
  const out = work + align(featureScratchBytes(stack.dates, stack.nodes));
  const obs = out + align(4 * FEATURE_ORDER_V1.length * stride);
  if (obs + stride > arena.scratch.start + arena.scratch.bytes) {
    throw new RangeError(`${stride} pixels of features are larger than the worker's scratch`);
  }
  let at = 0;
  const placed = spans.map((span) => {
    arena.kernels.features(
      stack.dates,
      stack.t,
      stack.nodes,
      stack.dn,
      stack.nPad,
      stack.bandCount,
      stack.scene,
      stack.got,
      stack.allBands,
      stack.reflectance,
      stack.planeOf,
      stack.tables,
      work,
      span.start,
      span.count,
      out + 4 * at,
      stride,
      obs + at,
    );
    const from = at + (span.to - span.start);
    at += span.count;
    return { from, to: span.to };
  });
  return {
    features: new Float32Array(arena.buffer, out, FEATURE_ORDER_V1.length * stride),
    observations: new Uint8Array(arena.buffer, obs, stride),
    stride,
    rows: placed,
  };
}

function writeProducts({ rect, planes }: ClassifyInput, chunk: Chunk): void {
  const size = planes.observations.length;
  for (const { from, to } of chunk.rows) {
    planes.observations.set(chunk.observations.subarray(from, from + rect.width), to);
    for (const { feature, data } of planes.features) {
      const start = feature * chunk.stride + from;
      data.set(chunk.features.subarray(start, start + rect.width), to);
    }
    RGB_FEATURES.forEach((feature, band) => {
      const start = feature * chunk.stride + from;
      for (let i = 0; i < rect.width; i += 1) {
        const reflectance = chunk.features[start + i] ?? NaN;
        // NaN becomes 0 in a Uint8Array; the mask says that it is no data
        const stretched = Math.round((255 * reflectance) / TRUECOLOR_WHITE);
        planes.truecolor[band * size + to + i] = Math.min(255, Math.max(0, stretched));
      }
    });
    markValid(planes, chunk, from, to, rect.width);
  }
}

function markValid(planes: ProductPlanes, chunk: Chunk, from: number, to: number, width: number): void {
  const red = (RGB_FEATURES[0] ?? 0) * chunk.stride + from;
  for (let i = 0; i < width; i += 1) {
    planes.truecolorMask[to + i] = Number.isNaN(chunk.features[red + i] ?? NaN) ? 0 : 255;
  }
}

async function writeClasses(
  { rect, planes, dwClass }: ClassifyInput,
  digest: string,
  chunk: Chunk,
): Promise<void> {
  const classifier = await classifiers.get(digest);
  if (classifier === undefined || planes.raw === null || planes.percent === null) {
    throw new GeoCropError('internal', `The model ${digest.slice(0, 8)} is not known to this thread.`);
  }
  const count = rect.width * chunk.rows.length;
  const packed = new Float32Array(FEATURE_ORDER_V1.length * count);
  const dw = dwClass === null ? undefined : new Int8Array(count);
  chunk.rows.forEach(({ from, to }, row) => {
    for (let feature = 0; feature < FEATURE_ORDER_V1.length; feature += 1) {
      const start = feature * chunk.stride + from;
      packed.set(chunk.features.subarray(start, start + rect.width), feature * count + row * rect.width);
    }
    if (dw !== undefined && dwClass !== null) dw.set(dwClass.subarray(to, to + rect.width), row * rect.width);
  });
  const result = await classifier.run({
    features: packed,
    stride: count,
    count,
    ...(dw === undefined ? {} : { dwClass: dw }),
  });
  const size = planes.raw.length;
  const classCount = planes.percent.length / size;
  chunk.rows.forEach(({ to }, row) => {
    const at = row * rect.width;
    planes.raw?.set(result.classes.subarray(at, at + rect.width), to);
    for (let id = 0; id < classCount; id += 1) {
      planes.percent?.set(
        result.percent.subarray(id * count + at, id * count + at + rect.width),
        id * size + to,
      );
    }
  });
}
