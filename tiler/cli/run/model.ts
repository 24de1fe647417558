import type { BundleListing } from '../../../engine/classes/list-bundles.js';
import type { RunModelList } from '../commands/model.js';
import { counted } from '../../../engine/counted.js';
import type { Models } from '../with-models.js';
import { withModels } from '../with-models.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';

export const runModelList: RunModelList = ({ config, json }, io) =>
  withModels(config, async (models) => print(models, json, io));

function print({ listings, place }: Models, json: boolean, io: Io): number {
  if (json) {
    io.out(`${JSON.stringify(listings.map(summary), null, 2)}\n`);
    return EXIT.ok;
  }
  if (listings.length === 0) io.err(`There is no bundle in ${place}.\n`);
  for (const listing of listings) {
    if ('error' in listing) {
      io.out(`${listing.folder}  does not load: ${listing.error.message}\n`);
      continue;
    }
    const { name, version, classes, features, members, card } = listing.bundle;
    const accuracy = typeof card['accuracy'] === 'number' ? `, accuracy ${card['accuracy'].toFixed(3)}` : '';
    const simulated = card['simulated'] === true ? ', simulated' : '';
    io.out(
      `${name} ${version}  ${counted(classes.length, 'class', 'classes')}, ${counted(features.length, 'feature')}, ${counted(members.length, 'member')}${accuracy}${simulated}\n` +
        `  ${classes.join(', ')}\n`,
    );
  }
  return EXIT.ok;
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
