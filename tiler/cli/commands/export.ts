import { Command, Option } from 'commander';
import type { Aoi } from '../../../engine/geo/aoi.js';
import type { Bounds } from '../../../engine/geo/tile-matrix.js';
import { KEEPING_FLAGS, SCENE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import { aoiArgument, bboxArgument, fileArgument, yearArgument } from '../arguments.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf, givenSettings } from '../setting-flags.js';

/** A box in degrees, the path of a GeoJSON file of polygons, or a circle on the ground. */
export type ExportedArea =
  | { readonly kind: 'bbox'; readonly bounds: Bounds }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'aoi'; readonly aoi: Aoi };

export interface ExportOptions {
  readonly config: Config;
  readonly area: ExportedArea;
  /** False: the whole box around the polygons or the circle. */
  readonly cut: boolean;
  /** null: the default of each. */
  readonly year: number | null;
  readonly season: string | null;
  readonly model: string | null;
  /** `classes`, `confidence`, `observations`, `truecolor` or a feature. */
  readonly product: string;
  /** Path of the COG; its STAC item is written beside it. */
  readonly out: string;
  readonly overwrite: boolean;
  /** Nothing is written where something is missing. */
  readonly complete: boolean;
  /** Flags of settings as they were given: what a command that goes on from here needs too. */
  readonly settings: readonly string[];
}

export type RunExport = (options: ExportOptions, io: Io) => Promise<number>;

interface Given {
  readonly bbox?: Bounds;
  readonly area?: string;
  readonly aoi?: Aoi;
  readonly cut: boolean;
  readonly year?: number;
  readonly season?: string;
  readonly model?: string;
  readonly product: string;
  readonly out: string;
  readonly overwrite: boolean;
  readonly complete: boolean;
}

export function exportCommand(run: RunExport, io: Io, finish: (code: number) => void): Command {
  const command: Command = new Command('export')
    .summary('write what is archived of an area as one GeoTIFF')
    .description(
      'Puts the archived map of an area, a country if need be, into one Cloud Optimized GeoTIFF with its STAC item beside it. ' +
        'Nothing is computed: what is not archived is nodata, and the end says how much that is.',
    )
    .addOption(
      new Option('--bbox <w,s,e,n>', 'a box, in degrees').argParser(bboxArgument).conflicts(['area', 'aoi']),
    )
    .addOption(
      new Option('--area <file.geojson>', 'polygons: nodata outside')
        .argParser(fileArgument('.geojson', '.json'))
        .conflicts('aoi'),
    )
    .addOption(
      new Option(
        '--aoi <lon,lat,radius_m>',
        'a circle on the ground, at most 5000 m: nodata outside',
      ).argParser(aoiArgument),
    )
    .option('--no-cut', 'keep what lies outside the polygons or the circle, in the box around them')
    .option(
      '--year <year>',
      'the year in which the season starts (default: the latest closed season)',
      yearArgument,
    )
    .option('--season <name>', 'default: the first that is configured')
    .option('--model <name>', 'default: the one that is configured')
    .option('--product <name>', 'classes, confidence, observations, truecolor or a feature', 'classes')
    .requiredOption('--out <file.tif>', 'the GeoTIFF to write', fileArgument('.tif', '.tiff'))
    .option('--overwrite', 'replace the file where it exists', false)
    .option('--complete', 'write nothing where part of the area is missing', false)
    .addHelpText(
      'after',
      `
Exit codes: 0 written (also where part of the area is missing, unless --complete), 1 nothing written, 2 wrong usage, 130 interrupted.

Examples:
  geocrop export --area zimbabwe.geojson --year 2021 --out zimbabwe.tif
  geocrop export --bbox 29.5,-18.5,30.5,-17.5 --year 2021 --product ndvi_peak --out peak.tif
  geocrop export --area district.geojson --year 2021 --model Ensemble --complete --out district.tif`,
    )
    .action(async (given: Given) => {
      const area = areaOf(given);
      if (area === null) {
        command.error(
          "error: one of '--bbox <w,s,e,n>', '--area <file.geojson>' and '--aoi <lon,lat,radius_m>' is needed",
          { code: 'geocrop.missingArea' },
        );
      }
      finish(
        await run(
          {
            config: configOf(command, io),
            area,
            cut: given.cut,
            year: given.year ?? null,
            season: given.season ?? null,
            model: given.model ?? null,
            product: given.product,
            out: given.out,
            overwrite: given.overwrite,
            complete: given.complete,
            settings: givenSettings(command),
          },
          io,
        ),
      );
    });
  return addSettingFlags(command, [...SCENE_FLAGS, ...KEEPING_FLAGS]);
}

function areaOf({ bbox, area, aoi }: Given): ExportedArea | null {
  if (bbox !== undefined) return { kind: 'bbox', bounds: bbox };
  if (area !== undefined) return { kind: 'file', path: area };
  return aoi === undefined ? null : { kind: 'aoi', aoi };
}
