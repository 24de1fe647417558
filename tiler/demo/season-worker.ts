import { parentPort } from 'node:worker_threads';
import { GeoCropError, toErrorData } from '../../engine/errors.js';
import { writeBaseline } from './write-baseline.js';
import { writeFields } from './write-fields.js';
import { sceneGrid, type Zone } from './scene-grid.js';
import { surveyGround, type SceneGround } from './scene-ground.js';
import type { SeasonJob, SeasonReply, SeasonResults } from './season-jobs.js';
import { writeScenes } from './write-scene.js';

/** The worker thread's side of season-pool.ts: one job after the other, the ground of both zones kept between them. */
const grounds = new Map<Zone, SceneGround>();

async function run(job: SeasonJob): Promise<SeasonResults[SeasonJob['kind']]> {
  switch (job.kind) {
    case 'survey':
      return surveyGround(sceneGrid(job.zone, job.area));
    case 'ground':
      grounds.set(job.ground.grid.zone, job.ground);
      return null;
    case 'scenes': {
      const ground = grounds.get(job.zone);
      if (ground === undefined) throw new Error(`zone ${job.zone} is not surveyed`);
      return writeScenes(ground, job.pass, job.folder);
    }
    case 'fields':
      return writeFields(job.path, job.area, job.perClass);
    case 'baseline':
      return writeBaseline(job.path, job.area);
  }
}

/** A full disk is the one failure that a person can do something about. */
function explained(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new GeoCropError('store-full', 'The disk is full: the simulated season needs about 300 MB.', {
    hint: 'Free some space, or name a folder on another disk.',
    cause: error,
  });
}

parentPort?.on('message', (job: SeasonJob) => {
  run(job).then(
    (result) => parentPort?.postMessage({ result } satisfies SeasonReply),
    (error: unknown) =>
      parentPort?.postMessage({ error: toErrorData(explained(error)) } satisfies SeasonReply),
  );
});
