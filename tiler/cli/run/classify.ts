import { basename } from 'node:path';
import { encodeProduct } from '../../../engine/encode/products.js';
import { productItem } from '../../../engine/encode/stac-item.js';
import { GeoCropError } from '../../../engine/errors.js';
import { aoiBounds, checkAoi } from '../../../engine/geo/aoi.js';
import { METATILE_ZOOM } from '../../../engine/geo/tile-matrix.js';
import { noScenesMessage } from '../../../engine/scenes/scene-list.js';
import type { AreaResult } from '../../areas/classify-area.js';
import { classifyArea } from '../../areas/classify-area.js';
import type { MapDefinition } from '../../tiles/maps.js';
import type { Engine } from '../../tiles/open-engine.js';
import { SOFTWARE_VERSION } from '../../version.js';
import type { ClassifyOptions, RunClassify } from '../commands/classify.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { checkOutput, writeOutput } from '../output-file.js';
import type { Progress } from '../progress.js';
import { startProgress } from '../progress.js';
import { withEngine } from '../with-engine.js';

const LAYER = 'classes';

export const runClassify: RunClassify = async (options, io) => {
  const { out, overwrite, config } = options;
  const itemPath = out.replace(/\.tiff?$/i, '.json');
  await checkOutput(out, overwrite);
  await checkOutput(itemPath, overwrite);
  // Whole metatiles, so that they are in the archive before the command ends.
  return withEngine({ ...config, computeMinZoom: METATILE_ZOOM }, io, async (engine) => {
    const definition = definitionOf(engine, options);
    const result = await compute(engine, definition, options, io);
    const { classes, palette } = definition.bundle;
    await checkPixels(engine, definition, result);
    const encoded = await encodeProduct(LAYER, result.raster, { window: result.window, classes, palette });
    const item = await itemOf(engine, definition, result, basename(out), encoded);
    // The picture last: who sees it has its names and its item too.
    if (encoded.auxXml !== undefined) await writeOutput(`${out}.aux.xml`, encoded.auxXml);
    await writeOutput(itemPath, `${JSON.stringify(item, null, 2)}\n`);
    await writeOutput(out, encoded.tif);
    const { width, height } = result.raster;
    io.err(`${out}: ${width} × ${height} pixels of ${definition.seasonKey} by ${definition.bundle.name}.\n`);
    return EXIT.ok;
  });
};

/** A picture without a pixel in it is no map. @throws no-scenes */
async function checkPixels(
  engine: Engine,
  definition: MapDefinition,
  { raster, metatiles }: AreaResult,
): Promise<void> {
  if (raster.data.some((value) => value !== raster.nodata)) return;
  const lists = await Promise.all(metatiles.map((metatile) => engine.sceneLists.get(definition, metatile)));
  const [first] = lists;
  const used = new Set(lists.flatMap(({ scenes }) => scenes.map(({ id }) => id))).size;
  const cloudy = lists.flatMap(({ leftOut }) => leftOut.filter(({ code }) => code === 'cloudy'));
  const leftOut = new Set(cloudy.map(({ id }) => id)).size;
  const { start, end } = definition.season;
  throw new GeoCropError(
    'no-scenes',
    used === 0 && first !== undefined
      ? noScenesMessage(first, definition.season)
      : `No pixel of the area has three clear observations from ${start} to ${end}: ${used} scenes were used, ${leftOut} left out for cloud.`,
    { hint: 'Nothing was written. Try another year, or raise the cloud limit.' },
  );
}

type WithBundle = MapDefinition & { readonly bundle: NonNullable<MapDefinition['bundle']> };

function definitionOf({ maps }: Engine, { year, season, model }: ClassifyOptions): WithBundle {
  const definition = maps.definition(
    maps.resolve({
      ...(year === null ? {} : { year }),
      ...(season === null ? {} : { season }),
      ...(model === null ? {} : { model }),
    }),
  );
  const { bundle } = definition;
  if (bundle !== null) return { ...definition, bundle };
  throw new GeoCropError('unknown-model', 'There is no model to classify with.', {
    hint: 'Name a folder of bundles with --models; `geocrop model check` says what is wrong with one.',
  });
}

async function compute(
  { service, coverage }: Engine,
  { key }: MapDefinition,
  { area }: ClassifyOptions,
  io: Io,
): Promise<AreaResult> {
  let progress: Progress | null = null;
  const where =
    area.kind === 'bbox'
      ? { bounds: area.bounds }
      : { bounds: aoiBounds(checkAoi(area.aoi, coverage)), circle: area.aoi };
  try {
    return await classifyArea(service, coverage, {
      map: key,
      layer: LAYER,
      ...where,
      signal: io.interrupt(),
      onProgress: (done, total) => {
        progress ??= startProgress(io, 'Classifying', total);
        progress.update(done);
      },
    });
  } finally {
    // The compiler does not see that the callback sets it.
    (progress as Progress | null)?.stop();
  }
}

async function itemOf(
  { sceneLists }: Engine,
  definition: WithBundle,
  { raster, window, metatiles }: AreaResult,
  file: string,
  encoded: Awaited<ReturnType<typeof encodeProduct>>,
): Promise<unknown> {
  const { bundle, season, seasonKey, pixels, mapDigest } = definition;
  const { width, height } = raster;
  const lists = await Promise.all(
    metatiles.map(({ x, y }) => sceneLists.stored(definition, { z: 12, x, y })),
  );
  return productItem({
    id: `geocrop-${seasonKey}-${window.px0}-${window.py0}-${width}-${height}`,
    window: { ...window, width, height },
    season,
    products: [{ name: LAYER, href: `./${file}`, encoded }],
    classes: { names: bundle.classes, palette: bundle.palette },
    sceneLists: lists.filter((list) => list !== undefined),
    recipe: { ...pixels, digest: mapDigest },
    model: { name: bundle.name, version: bundle.version, digest: bundle.digest },
    softwareVersion: SOFTWARE_VERSION,
    created: new Date(),
  });
}
