import { availableParallelism } from 'node:os';
import { GeoCropError } from '../../../engine/errors.js';
import { boxArea, type Area } from '../../../engine/geo/polygon.js';
import { METATILE_ZOOM } from '../../../engine/geo/tile-matrix.js';
import { systemClock } from '../../http/clock.js';
import { startHousekeeping } from '../../housekeeping/background.js';
import { houseRules } from '../../housekeeping/house-rules.js';
import type { Log } from '../../log.js';
import type { MapDefinition } from '../../tiles/maps.js';
import type { Engine } from '../../tiles/open-engine.js';
import { metatilesOfAreas } from '../../warm/area-metatiles.js';
import {
  describeEstimate,
  describeFailures,
  describeResult,
  durationText,
  plural,
  rateText,
} from '../../warm/describe.js';
import { estimateWarming, type EstimateDeps, type WarmingEstimate } from '../../warm/estimate-warming.js';
import { Pace } from '../../warm/pace.js';
import { presenceToday } from '../../warm/presence.js';
import { warmArea, type WarmingResult } from '../../warm/warm-area.js';
import { warmingReport } from '../../warm/warming-report.js';
import { writeRecord } from '../../warm/warming-record.js';
import { readAreaFile } from '../area-file.js';
import type { RunWarm, WarmOptions } from '../commands/warm.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { lowerPriority } from '../lower-priority.js';
import { writeOutput } from '../output-file.js';
import { startProgress } from '../progress.js';
import { withEngine } from '../with-engine.js';

/** Lines of plain output: a country takes days. */
const STEPS = 100;

export const runWarm: RunWarm = async (options, io) => {
  const areas = await areasOf(options);
  lowerPriority();
  // Who may not compute by asking for tiles may do so by this command.
  const config = { ...options.config, compute: 'public' } as const;
  const run = async (engine: Engine, log: Log): Promise<number> => {
    const startedAt = new Date();
    const definition = engine.maps.definition(engine.maps.resolve(askedMap(options)));
    if (options.zooms.highest < METATILE_ZOOM) {
      io.out('Nothing is computed: these zooms are made of what is archived.\n');
      if (!options.dryRun) await lowZooms(engine, definition, options, io.interrupt(), io);
      return EXIT.ok;
    }
    const metatiles = metatilesOfAreas(areas, engine.coverage);
    if (metatiles.length === 0) throw outside(engine);
    const deps = estimateDeps(engine, options);
    const signal = io.interrupt();
    const estimate = await estimateOf(deps, definition, metatiles, signal, io);
    const { season, year, model } = definition.key;
    io.out(`Warming ${season} ${year} by ${model}:\n${describeEstimate(estimate, deps.threads)}`);
    if (options.dryRun || estimate.toDo === 0) {
      if (estimate.toDo === 0) io.out('All of it is there: nothing to do.\n');
      await report(options, { definition, startedAt, estimate, result: null });
      if (!options.dryRun) await lowZooms(engine, definition, options, signal, io);
      return EXIT.ok;
    }
    // Who computes fills the store, and keeps it within its quotas.
    const housekeeping = engine.sharesWork
      ? null
      : startHousekeeping({ store: engine.store, rules: houseRules(config, engine.store), log });
    const result = await warm(engine, definition, estimate, options, signal, io).finally(() =>
      housekeeping?.stop(),
    );
    await report(options, { definition, startedAt, estimate, result });
    if (result.ended === 'interrupted') return EXIT.interrupted;
    await lowZooms(engine, definition, options, signal, io);
    return result.failed.length > 0 || result.ended === 'gave-up' ? EXIT.failed : EXIT.ok;
  };
  return withEngine(config, io, run, { shareWork: true });
};

async function areasOf({ area }: WarmOptions): Promise<readonly Area[]> {
  return area.kind === 'bbox' ? [boxArea(area.bounds)] : readAreaFile(area.path);
}

function askedMap({ year, season, model }: WarmOptions): Parameters<Engine['maps']['resolve']>[0] {
  return {
    ...(year === null ? {} : { year }),
    ...(season === null ? {} : { season }),
    ...(model === null ? {} : { model }),
  };
}

function outside({ coverage }: Engine): GeoCropError {
  return new GeoCropError('outside-coverage', 'The area lies outside the coverage.', {
    hint: `Longitude first. The coverage: ${coverage.bounds.join(', ')} (west, south, east, north).`,
  });
}

function estimateDeps(engine: Engine, { config }: WarmOptions): EstimateDeps {
  const { sceneLists, archive, store, compute, hasScl } = engine;
  const inStore = config.storeS3Endpoint !== null && config.blockCacheDir === null;
  return {
    sceneLists,
    archive,
    store,
    reader: compute.reader,
    hasScl,
    threads: threadsOf(engine, config),
    cacheBytes: inStore ? Infinity : config.blockCacheBytes,
    archiveBytes: config.archiveBytes ?? Infinity,
    lanes: engine.sharesWork ? engine.desk.ordersAtOnce : 1,
    now: () => new Date(),
  };
}

/** null: others compute. */
function threadsOf({ sharesWork }: Engine, { computeThreads }: WarmOptions['config']): number | null {
  return sharesWork ? null : (computeThreads ?? availableParallelism());
}

async function estimateOf(
  deps: EstimateDeps,
  definition: MapDefinition,
  metatiles: Parameters<typeof estimateWarming>[2],
  signal: AbortSignal,
  io: Io,
): Promise<WarmingEstimate> {
  io.err(`Looking what is there of ${plural(metatiles.length, 'metatile')} ...\n`);
  return estimateWarming(deps, definition, metatiles, signal, (done, total) => {
    if (done === 0) io.err(`Looking at the scenes of ${plural(total, 'metatile')} ...\n`);
  });
}

async function warm(
  engine: Engine,
  definition: MapDefinition,
  estimate: WarmingEstimate,
  { config, forMs }: WarmOptions,
  signal: AbortSignal,
  io: Io,
): Promise<WarmingResult> {
  const { desk, compute, store } = engine;
  const { order } = estimate.walk;
  const fetchedBefore = compute.reader.stats.bytes;
  const pace = new Pace(() => systemClock.now(), estimate.seconds.value / order.length);
  const progress = startProgress(io, 'Warming', order.length, { steps: STEPS, eta: false });
  const note = (made: number, left: number, failed: number, waiting: string | null): string => {
    pace.mark(made);
    return [
      ...(pace.measured ? [rateText(pace.each)] : []),
      `${pace.measured ? '' : '~'}${durationText(pace.each * left)} left`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(waiting === null ? [] : [`waiting: ${waiting}`]),
    ].join(', ');
  };
  progress.update(0, note(0, order.length, 0, null));
  let result: WarmingResult;
  try {
    result = await warmArea({
      desk,
      definition,
      metatiles: order,
      presence: (metatile, aborting) =>
        presenceToday({ ...engine, now: () => new Date() }, definition, metatile, aborting),
      signal,
      forMs,
      clock: systemClock,
      onProgress: ({ made, there, empty, failed, left, waitingFor }) =>
        progress.update(
          made + there + empty + failed.length,
          note(made, left, failed.length, waitingFor?.code ?? null),
        ),
    });
  } finally {
    progress.stop();
  }
  const fetchedBytes =
    engine.sharesWork || !estimate.remote ? null : compute.reader.stats.bytes - fetchedBefore;
  io.out(describeResult(result, fetchedBytes));
  io.err(describeFailures(result.failed));
  await writeRecord(store, definition, {
    metatiles: result.made,
    seconds: result.seconds,
    fetchedBytes,
    threads: threadsOf(engine, config),
    at: new Date().toISOString(),
  }).catch((error: unknown) => {
    if (!(error instanceof GeoCropError)) throw error;
    io.err(`What was measured could not be kept: ${error.message}\n`);
  });
  return result;
}

/** They are kept in step with the archive as it grows; this finds what was archived before, and waits until they are. */
async function lowZooms(
  { pyramid }: Engine,
  definition: MapDefinition,
  { zooms: { lowest, highest } }: WarmOptions,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  if (lowest >= METATILE_ZOOM) return;
  await pyramid.refreshAll(definition, signal);
  const last = Math.min(highest, METATILE_ZOOM - 1);
  io.out(`Zoom${last > lowest ? `s ${lowest} to ${last} are` : ` ${lowest} is`} made of what is there.\n`);
}

async function report(
  { report: path }: WarmOptions,
  what: Parameters<typeof warmingReport>[0],
): Promise<void> {
  if (path !== null) await writeOutput(path, `${JSON.stringify(warmingReport(what), null, 2)}\n`);
}
