import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { BundleListing } from '../../../engine/classes/list-bundles.js';
import { checkBundle, reportLines } from '../../../engine/classes/check-bundle.js';
import { listBundles } from '../../../engine/classes/list-bundles.js';
import { folderBundleFiles } from '../../../engine/classes/bundle-files.js';
import { loadBundle } from '../../../engine/classes/load-bundle.js';
import { asGeoCropError } from '../../../engine/errors.js';
import type { RunModelCheck, RunModelList } from '../commands/model.js';
import { modelsDir } from '../engine-options.js';
import { EXIT } from '../exit-codes.js';

export const runModelList: RunModelList = async ({ config, json }, io) => {
  const dir = modelsDir(config);
  const listings = await listBundles(dir);
  if (json) {
    io.out(`${JSON.stringify(listings.map(summary), null, 2)}\n`);
    return EXIT.ok;
  }
  if (listings.length === 0) io.err(`There is no bundle in ${dir}.\n`);
  for (const listing of listings) {
    if ('error' in listing) {
      io.out(`${listing.folder}  does not load: ${listing.error.message}\n`);
      continue;
    }
    const { name, version, classes, features, members, card } = listing.bundle;
    const accuracy = typeof card['accuracy'] === 'number' ? `, accuracy ${card['accuracy'].toFixed(3)}` : '';
    const simulated = card['simulated'] === true ? ', simulated' : '';
    io.out(
      `${name} ${version}  ${classes.length} classes, ${features.length} features, ${members.length} members${accuracy}${simulated}\n` +
        `  ${classes.join(', ')}\n`,
    );
  }
  return EXIT.ok;
};

export const runModelCheck: RunModelCheck = async ({ config, bundles }, io) => {
  const dir = modelsDir(config);
  const listings =
    bundles.length === 0
      ? await listBundles(dir)
      : await Promise.all(bundles.map((bundle) => checkOne(bundle, dir)));
  if (listings.length === 0) io.err(`There is no bundle in ${dir}.\n`);
  for (const listing of listings) {
    if ('bundle' in listing) {
      io.out(
        `${listing.folder}: usable (${listing.bundle.name} ${listing.bundle.version}, ${listing.bundle.digest.slice(0, 8)})\n`,
      );
      const report = await checkBundle(folderBundleFiles(resolve(dir, listing.folder)));
      for (const line of reportLines(report)) io.out(`  ${line}\n`);
    } else {
      const { code, message, hint } = listing.error;
      io.out(`${listing.folder}: ${message} [${code}]\n${hint === undefined ? '' : `  ${hint}\n`}`);
    }
  }
  return listings.length > 0 && listings.every((listing) => 'bundle' in listing) ? EXIT.ok : EXIT.failed;
};

/** @param given a folder, or the name of one in the models folder */
async function checkOne(given: string, dir: string): Promise<BundleListing> {
  const own = await stat(given).catch(() => null);
  const path = own?.isDirectory() === true ? resolve(given) : resolve(dir, given);
  const folder = dirname(path) === resolve(dir) ? basename(path) : path;
  try {
    return { folder, bundle: await loadBundle(folderBundleFiles(path)) };
  } catch (error) {
    return { folder, error: asGeoCropError(error) };
  }
}

function summary(listing: BundleListing): Record<string, unknown> {
  if ('error' in listing) {
    const { code, message, hint } = listing.error;
    return { folder: listing.folder, usable: false, code, message, hint };
  }
  const { name, version, classes, features, smoothing, members, card, digest } = listing.bundle;
  return {
    folder: listing.folder,
    usable: true,
    name,
    version,
    classes,
    features,
    smoothing,
    members: members.map(({ file, weight }) => ({ file, weight })),
    card,
    digest,
  };
}
