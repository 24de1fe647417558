import { join } from 'node:path';
import { breathe } from '../../../engine/breathe.js';
import type { BundleSpec, MemberSource } from '../../../engine/classes/bundle-contents.js';
import { prepareBundleFolder } from '../../../engine/classes/bundle-folder.js';
import { writeBundle } from '../../../engine/classes/write-bundle.js';
import { duplicates, quoteNames } from '../../../engine/classes/bundle-error.js';
import { KEY_DIGITS } from '../../../engine/digest.js';
import { GeoCropError } from '../../../engine/errors.js';
import type { ImportedModel } from '../../../engine/forest/forest.js';
import { forestStats } from '../../../engine/forest/forest-stats.js';
import { readModelFile } from '../../../engine/forest/read-model.js';
import type { ModelImportOptions, RunModelImport } from '../commands/model-import.js';
import { modelsDir } from '../engine-options.js';
import { EXIT } from '../exit-codes.js';
import { readInput, readJsonInput } from '../input-file.js';

/** What a file read whole may have: Node reads no more at once. */
const MAX_MODEL_BYTES = 2 * 2 ** 30 - 1;

export const runModelImport: RunModelImport = async (options, io) => {
  const dir = options.out ?? join(modelsDir(options.config), options.name);
  const signal = io.interrupt();
  await prepareBundleFolder(dir, options.force);
  const documents = await readDocuments(options);
  const members: MemberSource[] = [];
  for (const [i, file] of options.files.entries()) {
    await breathe(signal);
    const bytes = await readInput(file, MAX_MODEL_BYTES);
    const model = readModelFile(bytes, file);
    io.out(`${file}: ${'forest' in model ? describe(model) : `ONNX, kept as it is: ${model.unsupported}`}\n`);
    const weight = options.weights?.[i] ?? 1;
    members.push({ file, weight, model: 'forest' in model ? model : { onnx: bytes } });
  }
  const bundle = await writeBundle(
    {
      ...documents,
      name: options.name,
      version: options.modelVersion,
      smoothing: options.smoothing,
      members,
    },
    dir,
    { replace: options.force, signal },
  );
  io.out(`${bundle.name} ${bundle.version} (${bundle.digest.slice(0, KEY_DIGITS)}): ${dir}\n`);
  io.out(`next: geocrop model check ${/^[\w./:@-]+$/.test(dir) ? dir : `'${dir}'`}\n`);
  return EXIT.ok;
};

function describe({ forest, format, classNames }: ImportedModel): string {
  const { trees, leaves, depth, thresholds, classes } = forestStats(forest);
  return [
    format,
    `${trees} trees`,
    `${leaves} leaves`,
    `depth ${depth}`,
    `${thresholds} thresholds`,
    `${classes} classes by ${classNames === null ? 'place' : 'name'}`,
  ].join(', ');
}

type Documents = Pick<BundleSpec, 'classes' | 'features' | 'card' | 'palette' | 'scaler'>;

async function readDocuments(options: ModelImportOptions): Promise<Documents> {
  const optional = async (path: string | null) =>
    path === null ? null : objectOf(path, await readJsonInput(path));
  const classes = await readJsonInput(options.classes);
  const inner = isObject(classes) ? classes['classes'] : classes;
  return {
    classes: namesOf(options.classes, inner),
    features: namesOf(options.features, await readJsonInput(options.features)),
    card: (await optional(options.card)) ?? {},
    // What stands in them is checked where the finished bundle is loaded.
    palette: (await optional(options.palette)) as BundleSpec['palette'],
    scaler: (await optional(options.scaler)) as BundleSpec['scaler'],
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (path: string, message: string) =>
  new GeoCropError('bad-request', `${path} ${message}`, { context: { path } });

function objectOf(path: string, value: unknown): Record<string, unknown> {
  if (isObject(value)) return value;
  throw wrong(path, 'must hold a JSON object.');
}

function namesOf(path: string, value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every((name) => typeof name === 'string')) {
    throw wrong(path, 'must hold a list of names, such as ["maize", "tobacco"].');
  }
  const twice = duplicates(value);
  if (twice.length > 0) throw wrong(path, `names ${quoteNames(twice)} more than once.`);
  return value;
}
