/** A process of its own that computes one cold metatile, its first tile first, and says what it cost. */
import { digest } from '../../engine/digest.js';
import { createKernelMemory, STATIC_BYTES } from '../../engine/kernels/load.js';
import { Arena } from '../../engine/metatile/arena.js';
import { MetatileComputation } from '../../engine/metatile/metatile-computation.js';
import { renderTile } from '../../tiler/render/render-tile.js';
import { archiveMetatile } from '../../tiler/tiles/archive-metatile.js';
import { nativeTiles } from '../../tiler/tiles/job-runner.js';
import { COMPUTE_BYTES, openBenchEngine, type BenchEngineOptions } from '../open-bench-engine.js';
import { BENCH_METATILE, BENCH_TILE } from '../season/make-season.js';
import { countBlocks, type BlockCounts } from './count-blocks.js';

/** Milliseconds of wall clock, and of all threads together where a stage runs in several. */
export interface ColdPart extends BlockCounts {
  readonly wallMs: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly bytes: number;
}

export interface ColdReport {
  readonly scenes: number;
  /** Opening the catalogue and looking the scenes up, with the check of their offsets. */
  readonly plan: { readonly wallMs: number; readonly requests: number; readonly bytes: number };
  readonly tile: ColdPart;
  /** Its first tile included; the scene list not. */
  readonly metatile: ColdPart;
  readonly maxRssBytes: number;
  readonly cpuMs: number;
  /** Of all products' values: equal wherever the bytes came from. */
  readonly values: string;
}

async function run(options: BenchEngineOptions): Promise<ColdReport> {
  const opened = performance.now();
  const { engine, reader, source } = await openBenchEngine(options);
  const definition = engine.maps.definition(engine.maps.resolve({}));
  const { bundle, pixels } = definition;
  const list = await engine.sceneLists.get(definition, BENCH_METATILE, new AbortController().signal);
  const plan = { wallMs: performance.now() - opened, ...source };

  const blocks = countBlocks(reader);
  const begun = performance.now();
  const arena = new Arena(3, createKernelMemory(STATIC_BYTES), STATIC_BYTES, COMPUTE_BYTES);
  const computation = new MetatileComputation(
    { ...engine.compute, arena },
    {
      metatile: BENCH_METATILE,
      list,
      season: definition.season,
      bands: pixels.bands,
      cloudBufferPixels: engine.hasScl ? pixels.cloudBufferPixels : null,
      bundle,
      features: [],
    },
  );
  const more = { encode: 0, write: 0 };
  const part = (): ColdPart => {
    const { tally } = computation.season;
    const { timings } = computation;
    return {
      wallMs: performance.now() - begun,
      stages: {
        read: tally.readMs,
        decode: tally.decodeMs,
        sample: tally.sampleMs,
        mask: tally.maskMs,
        features: timings.featuresMs,
        inference: timings.inferenceMs,
        smoothing: timings.smoothingMs,
        ...more,
      },
      requests: source.requests - plan.requests,
      bytes: source.bytes - plan.bytes,
      ...blocks(tally.blocksDecoded),
    };
  };

  await computation.tile(BENCH_TILE);
  const encoding = performance.now();
  const raster = computation.products(BENCH_TILE).get('classes');
  if (raster === undefined || bundle === null) throw new Error('there is no model to compute classes with');
  await renderTile(raster, {
    layer: { name: 'classes', kind: 'classes' },
    tile: BENCH_TILE,
    format: 'png',
    style: { kind: 'palette', colors: bundle.palette },
  });
  more.encode = performance.now() - encoding;
  const tile = part();

  await computation.readAll();
  for (const native of nativeTiles(BENCH_METATILE)) await computation.tile(native);
  const products = computation.products();
  const writing = performance.now();
  await archiveMetatile({
    archive: engine.archive,
    pool: engine.compute.pool,
    definition,
    metatile: BENCH_METATILE,
    list,
    products,
    feature: null,
    now: new Date(0),
  });
  more.write = performance.now() - writing;
  const metatile = part();
  if (computation.faults.length > 0) throw new Error(`faults: ${JSON.stringify(computation.faults)}`);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const values = digest(
    [...products].map(([name, { data }]) => [name, Buffer.from(data.buffer).toString('base64')]),
  );
  await engine.close();
  return {
    scenes: list.scenes.length,
    plan,
    tile,
    metatile,
    maxRssBytes: maxRSS * 1024,
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
    values,
  };
}

process.once('message', (options: BenchEngineOptions) => {
  void run(options).then(
    (report) => process.send?.({ report }, () => process.disconnect()),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? error.stack : String(error) }, () =>
        process.disconnect(),
      ),
  );
});
