import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { folderBundleFiles } from '../../../engine/classes/bundle-files.js';
import { checkBundle, reportLines } from '../../../engine/classes/check-bundle.js';
import type { BundleListing } from '../../../engine/classes/list-bundles.js';
import { loadBundle, loadBundleTimed } from '../../../engine/classes/load-bundle.js';
import { checkParity } from '../../../engine/classes/parity/check-parity.js';
import { parityLines } from '../../../engine/classes/parity/parity-lines.js';
import { asGeoCropError } from '../../../engine/errors.js';
import type { ModelCheckOptions, RunModelCheck } from '../commands/model-check.js';
import { modelsDir } from '../engine-options.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { textFile } from '../text-file.js';
import type { Models } from '../with-models.js';
import { withModels } from '../with-models.js';

export const runModelCheck: RunModelCheck = async (options, io) => {
  const dir = modelsDir(options.config);
  if (options.parity !== null) return runParity(options, options.parity, dir, io);
  const { bundles, json, config } = options;
  if (bundles.length === 0) return withModels(config, (models) => check(models, json, io));
  return check(
    { listings: await Promise.all(bundles.map((bundle) => checkOne(bundle, dir))), place: dir },
    json,
    io,
  );
};

async function check({ listings, place }: Models, json: boolean, io: Io): Promise<number> {
  if (listings.length === 0) io.err(`There is no bundle in ${place}.\n`);
  const found: object[] = [];
  for (const listing of listings) {
    const { folder } = listing;
    if ('bundle' in listing) {
      const { name, version, digest } = listing.bundle;
      if (!json) io.out(`${folder}: usable (${name} ${version}, ${digest.slice(0, 8)})\n`);
      const report = await checkBundle(listing);
      found.push({ folder, usable: true, ...report });
      if (!json) for (const line of reportLines(report)) io.out(`  ${line}\n`);
    } else {
      const { code, message, hint } = listing.error;
      found.push({ folder, usable: false, code, message, hint });
      if (!json) io.out(`${folder}: ${message} [${code}]\n${hint === undefined ? '' : `  ${hint}\n`}`);
    }
  }
  if (json) io.out(`${JSON.stringify(found, null, 2)}\n`);
  return listings.length > 0 && listings.every((listing) => 'bundle' in listing) ? EXIT.ok : EXIT.failed;
}

async function runParity(
  { bundles, json }: ModelCheckOptions,
  { table, expected }: { readonly table: string; readonly expected: string | null },
  dir: string,
  io: Io,
): Promise<number> {
  const bundle = await loadBundle(folderBundleFiles(await pathOf(bundles[0]!, dir)));
  const report = await checkParity(
    { bundle, table: textFile(table), expected: expected === null ? null : textFile(expected) },
    {
      signal: io.interrupt(),
      onRows: (rows) => io.terminal?.write(`\r${rows.toLocaleString('en')} rows`),
    },
  );
  io.terminal?.write('\r\u001b[K');
  io.out(json ? `${JSON.stringify(report, null, 2)}\n` : `${parityLines(report).join('\n')}\n`);
  return report.passed ? EXIT.ok : EXIT.failed;
}

/** @param given a folder, or the name of one in the models folder */
async function pathOf(given: string, dir: string): Promise<string> {
  const own = await stat(given).catch(() => null);
  return own?.isDirectory() === true ? resolve(given) : resolve(dir, given);
}

async function checkOne(given: string, dir: string): Promise<BundleListing> {
  const path = await pathOf(given, dir);
  const folder = dirname(path) === resolve(dir) ? basename(path) : path;
  try {
    return { folder, ...(await loadBundleTimed(folderBundleFiles(path))) };
  } catch (error) {
    return { folder, error: asGeoCropError(error) };
  }
}
