import { Command, Option } from 'commander';
import type { Aoi } from '../../../engine/geo/aoi.js';
import type { Bounds } from '../../../engine/geo/tile-matrix.js';
import { KEEPING_FLAGS, SCENE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import { aoiArgument, bboxArgument, fileArgument, yearArgument } from '../arguments.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface ClassifyOptions {
  readonly config: Config;
  /** A box in degrees [west, south, east, north], or a circle on the ground, nodata outside. */
  readonly area:
    { readonly kind: 'bbox'; readonly bounds: Bounds } | { readonly kind: 'aoi'; readonly aoi: Aoi };
  /** null: the default of each. */
  readonly year: number | null;
  readonly season: string | null;
  readonly model: string | null;
  /** Path of the COG; its STAC item is written beside it. */
  readonly out: string;
  readonly overwrite: boolean;
}

export type RunClassify = (options: ClassifyOptions, io: Io) => Promise<number>;

interface Given {
  readonly bbox?: Bounds;
  readonly aoi?: Aoi;
  readonly year?: number;
  readonly season?: string;
  readonly model?: string;
  readonly out: string;
  readonly overwrite: boolean;
}

export function classifyCommand(run: RunClassify, io: Io, finish: (code: number) => void): Command {
  const command = new Command('classify')
    .summary('write the map of an area as a GeoTIFF')
    .description(
      'Classifies an area and writes a Cloud Optimized GeoTIFF, with its STAC item beside it: the same pixels as the tiles.',
    )
    .addOption(new Option('--bbox <w,s,e,n>', 'a box, in degrees').argParser(bboxArgument).conflicts('aoi'))
    .addOption(
      new Option('--aoi <lon,lat,radius_m>', 'a circle on the ground, at most 5000 m').argParser(aoiArgument),
    )
    .option(
      '--year <year>',
      'the year in which the season starts (default: the latest closed season)',
      yearArgument,
    )
    .option('--season <name>', 'default: the first that is configured')
    .option('--model <name>', 'default: the one that is configured')
    .requiredOption('--out <file.tif>', 'the GeoTIFF to write', fileArgument('.tif', '.tiff'))
    .option('--overwrite', 'replace the file where it exists', false)
    .addHelpText(
      'after',
      `
Examples:
  geocrop classify --bbox 29.95,-17.55,30.05,-17.45 --year 2021 --out refined.tif
  geocrop classify --aoi 30.0,-17.5,2500 --year 2021 --season winter --model Ensemble --out wheat.tif
  geocrop classify --stac ./scenes --models ./models --bbox 15,46,15.2,46.2 --year 2023 --season winter --out map.tif`,
    )
    .action(async (given: Given) => {
      if (given.bbox === undefined && given.aoi === undefined) {
        command.error("error: one of '--bbox <w,s,e,n>' and '--aoi <lon,lat,radius_m>' is needed", {
          code: 'geocrop.missingArea',
        });
      }
      const area =
        given.aoi !== undefined
          ? ({ kind: 'aoi', aoi: given.aoi } as const)
          : ({ kind: 'bbox', bounds: given.bbox as Bounds } as const);
      finish(
        await run(
          {
            config: configOf(command, io),
            area,
            year: given.year ?? null,
            season: given.season ?? null,
            model: given.model ?? null,
            out: given.out,
            overwrite: given.overwrite,
          },
          io,
        ),
      );
    });
  return addSettingFlags(command, [...SCENE_FLAGS, ...KEEPING_FLAGS]);
}
