import { readFile } from 'node:fs/promises';
import { GeoCropError, messageOf } from '../../../engine/errors.js';
import { readLabelledPoints } from '../../areas/labelled-points.js';
import { sampleCsv, samplePoints } from '../../areas/sample-points.js';
import type { RunSample, SampleOptions } from '../commands/sample.js';
import { EXIT } from '../exit-codes.js';
import { checkOutput, writeOutput } from '../output-file.js';
import { startProgress } from '../progress.js';
import { withEngine } from '../with-engine.js';

export const runSample: RunSample = async (options, io) => {
  await checkOutput(options.out, options.overwrite);
  const points = readLabelledPoints(await readJson(options.points), { year: yearsOf(options.year) });
  if (points.length === 0) {
    throw new GeoCropError('bad-request', `${options.points} has no features.`, {
      hint: 'Give a FeatureCollection with at least one point or polygon.',
    });
  }
  return withEngine(options.config, io, async ({ maps, sceneLists, compute, coverage, hasScl, baseline }) => {
    const progress = startProgress(io, 'Sampling', points.length);
    try {
      const rows = await samplePoints(points, {
        maps,
        sceneLists,
        compute,
        coverage,
        hasScl,
        season: options.season ?? undefined,
        ...(options.dwClass ? { baseline } : {}),
        signal: io.interrupt(),
        onNoScenes: (message) => io.err(`${message}\n`),
        onProgress: (done) => progress.update(done),
      });
      await writeOutput(options.out, sampleCsv(rows));
      progress.stop();
      const empty = rows.filter(({ observations }) => observations < 3).length;
      const without = empty === 0 ? '' : `, ${empty} with fewer than three observations`;
      io.err(`${options.out}: ${rows.length} rows${without}.\n`);
      return EXIT.ok;
    } finally {
      progress.stop();
    }
  });
};

function yearsOf(year: SampleOptions['year']): number | { readonly field: string } {
  return year.kind === 'year' ? year.year : { field: year.field };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new GeoCropError('bad-request', `${path} cannot be read as GeoJSON: ${messageOf(error)}.`, {
      hint: 'Check the path, and that the file is JSON.',
      context: { path },
      cause: error,
    });
  }
}
