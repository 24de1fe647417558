import { Command, Option } from 'commander';
import type { Bounds } from '../../../engine/geo/tile-matrix.js';
import { KEEPING_FLAGS, SCENE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import { bboxArgument, durationArgument, fileArgument, yearArgument, zoomsArgument } from '../arguments.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface WarmOptions {
  readonly config: Config;
  /** A box in degrees [west, south, east, north], or the path of a GeoJSON file of polygons. */
  readonly area:
    { readonly kind: 'bbox'; readonly bounds: Bounds } | { readonly kind: 'file'; readonly path: string };
  /** null: the default of each. */
  readonly year: number | null;
  readonly season: string | null;
  readonly model: string | null;
  readonly zooms: { readonly lowest: number; readonly highest: number };
  /** Milliseconds; null: until all is there. */
  readonly forMs: number | null;
  readonly dryRun: boolean;
  /** Path of a JSON file, replaced where it exists; null: none. */
  readonly report: string | null;
}

/** The exit code is 0 where nothing failed. */
export type RunWarm = (options: WarmOptions, io: Io) => Promise<number>;

interface Given {
  readonly bbox?: Bounds;
  readonly area?: string;
  readonly year?: number;
  readonly season?: string;
  readonly model?: string;
  readonly zoom: WarmOptions['zooms'];
  readonly for?: number;
  readonly dryRun: boolean;
  readonly report?: string;
}

export function warmCommand(run: RunWarm, io: Io, finish: (code: number) => void): Command {
  const command = new Command('warm')
    .summary('compute the map of an area before anybody looks')
    .description(
      'Has the metatiles of an area computed and archived, those that are missing only, so that whoever looks there does not wait. ' +
        'Says first what it will take.',
    )
    .addOption(new Option('--bbox <w,s,e,n>', 'a box, in degrees').argParser(bboxArgument).conflicts('area'))
    .addOption(
      new Option('--area <file.geojson>', 'polygons; outside the coverage nothing is computed').argParser(
        fileArgument('.geojson', '.json'),
      ),
    )
    .option(
      '--year <year>',
      'the year in which the season starts (default: the latest closed season)',
      yearArgument,
    )
    .option('--season <name>', 'default: the first that is configured')
    .option('--model <name>', 'default: the one that is configured')
    .addOption(
      new Option('--zoom <lowest-highest>', 'zooms that are to be there')
        .argParser(zoomsArgument)
        .default(zoomsArgument('6-14'), '6-14'),
    )
    .option(
      '--for <time>',
      'stop after this time, such as 6h; the same command goes on later',
      durationArgument,
    )
    .option('--dry-run', 'say what it would take, and stop', false)
    .option(
      '--report <file.json>',
      'write what was estimated, done and failed; replaced where it exists',
      fileArgument('.json'),
    )
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing failed (also where --for ended it), 1 something failed, 130 interrupted. Doing it again goes on where it ended.

Examples:
  geocrop warm --bbox 29.5,-18.5,30.5,-17.5 --year 2021 --dry-run
  geocrop warm --area mashonaland.geojson --year 2021 --season summer --model Ensemble
  geocrop warm --area zimbabwe.geojson --year 2021 --for 6h --report warm.json`,
    )
    .action(async (given: Given) => {
      if (given.bbox === undefined && given.area === undefined) {
        command.error("error: one of '--bbox <w,s,e,n>' and '--area <file.geojson>' is needed", {
          code: 'geocrop.missingArea',
        });
      }
      finish(
        await run(
          {
            config: configOf(command, io),
            area:
              given.area !== undefined
                ? { kind: 'file', path: given.area }
                : { kind: 'bbox', bounds: given.bbox as Bounds },
            year: given.year ?? null,
            season: given.season ?? null,
            model: given.model ?? null,
            zooms: given.zoom,
            forMs: given.for ?? null,
            dryRun: given.dryRun,
            report: given.report ?? null,
          },
          io,
        ),
      );
    });
  return addSettingFlags(command, [...SCENE_FLAGS, ...KEEPING_FLAGS]);
}
