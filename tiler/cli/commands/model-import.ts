import { Command, InvalidArgumentError, Option } from 'commander';
import { MODEL_NAME, WEIGHT_RANGE, isWeight } from '../../../engine/classes/bundle-documents.js';
import { fileArgument } from '../arguments.js';
import type { Config } from '../../config/settings.js';
import type { Io } from '../io.js';
import { configOf } from '../setting-flags.js';

export interface ModelImportOptions {
  readonly config: Config;
  readonly name: string;
  /** Paths of the trainers' files, in the order of the vote. */
  readonly files: readonly string[];
  /** Paths of JSON documents; null where there is none. */
  readonly classes: string;
  readonly features: string;
  readonly card: string | null;
  readonly palette: string | null;
  readonly scaler: string | null;
  /** One a file; null: all alike. */
  readonly weights: readonly number[] | null;
  readonly smoothing: 0 | 3 | 5 | 7;
  readonly modelVersion: string;
  /** The bundle's folder; null: called after it, in the models folder. */
  readonly out: string | null;
  /** Replace the bundle that is there. */
  readonly force: boolean;
}

export type RunModelImport = (options: ModelImportOptions, io: Io) => Promise<number>;

interface Given {
  readonly name: string;
  readonly classes: string;
  readonly features: string;
  readonly card?: string;
  readonly palette?: string;
  readonly scaler?: string;
  readonly weights?: readonly number[];
  readonly smoothing: string;
  readonly modelVersion: string;
  readonly out?: string;
  readonly force: boolean;
}

const jsonFile = fileArgument('.json');

export function modelImportCommand(run: RunModelImport, io: Io, finish: (code: number) => void): Command {
  const command = new Command('import')
    .summary('make a bundle of trained models')
    .description(
      'Makes a bundle of trained models: XGBoost JSON or UBJ, LightGBM text, CatBoost JSON, random forests as JSON, ONNX. What a file is, its content says.',
    )
    .argument('<files...>', "the trainers' files, one a member, in the order of the vote")
    .requiredOption('--name <name>', 'what the model is called in URLs', nameArgument)
    .requiredOption(
      '--classes <file.json>',
      'the class names in the order of their ids: ["maize", …]',
      jsonFile,
    )
    .requiredOption(
      '--features <file.json>',
      'the features in the order of the models\' columns: ["ndvi_peak", …]',
      jsonFile,
    )
    .option(
      '--weights <numbers>',
      'of the vote, one a file, such as 2,1,1 (default: all alike)',
      weightsArgument,
    )
    .addOption(
      new Option('--smoothing <kernel>', 'majority filter, pixels a side; 0: none')
        .choices(['0', '3', '5', '7'])
        .default('5'),
    )
    .option('--card <file.json>', 'what the models were trained on, and how good they are', jsonFile)
    .option('--palette <file.json>', 'colours by class: {"maize": "#e6c229", …}', jsonFile)
    .option('--scaler <file.json>', '{"mean": […], "scale": […]}, a number a feature', jsonFile)
    .option('--model-version <version>', 'stands in the bundle', '1.0.0')
    .option('--out <dir>', "the bundle's folder (default: its name in the models folder)")
    .option('--force', 'replace the bundle that is there, whole', false)
    .addHelpText(
      'after',
      `
Examples:
  geocrop model import --name Mine --classes classes.json --features features.json xgb.json
  geocrop model import --name Ensemble --classes classes.json --features features.json xgb.json lgbm.txt cat.json --weights 2,1,1 --card card.json
  geocrop model import --name Mine --classes classes.json --features features.json forest.onnx --smoothing 3 --out ./models/Mine --force`,
    )
    .action(async (files: string[], given: Given) => {
      const { name, classes, features, modelVersion, force, card = null, palette = null } = given;
      const { scaler = null, weights = null, out = null } = given;
      if (weights !== null && weights.length !== files.length) {
        command.error(`error: --weights has ${weights.length} numbers for ${files.length} files`, {
          code: 'geocrop.weights',
        });
      }
      const smoothing = Number(given.smoothing) as ModelImportOptions['smoothing'];
      const documents = { classes, features, card, palette, scaler };
      const config = configOf(command, io);
      finish(
        await run({ config, name, files, ...documents, weights, smoothing, modelVersion, out, force }, io),
      );
    });
  return command;
}

function nameArgument(text: string): string {
  if (MODEL_NAME.test(text)) return text;
  throw new InvalidArgumentError(
    'Use letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit: it is part of URLs.',
  );
}

/** As people write numbers; JavaScript reads `0x10` too. */
const DECIMAL = /^\s*(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** `2,1,1`. */
function weightsArgument(text: string): number[] {
  const weights = text.split(',').map((part) => (DECIMAL.test(part) ? Number(part) : NaN));
  if (weights.every(isWeight)) return weights;
  throw new InvalidArgumentError(`Give a number ${WEIGHT_RANGE} for each file, such as 2,1,1.`);
}
