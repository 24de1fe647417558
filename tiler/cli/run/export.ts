import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { MultiPolygon, Polygon } from 'geojson';
import { categoryNamesAuxXml } from '../../../engine/encode/gdal-metadata.js';
import { productItem } from '../../../engine/encode/stac-item.js';
import type { FinishedCog } from '../../../engine/encode/streaming-cog.js';
import { GeoCropError } from '../../../engine/errors.js';
import { aoiBounds, checkAoi } from '../../../engine/geo/aoi.js';
import type { Coverage } from '../../../engine/geo/coverage.js';
import {
  areasCut,
  circleCut,
  wholeCut,
  type PixelCut,
  type PixelWindow,
} from '../../../engine/geo/pixel-cut.js';
import { areaBounds, type Area } from '../../../engine/geo/polygon.js';
import type { Bounds } from '../../../engine/geo/tile-matrix.js';
import { windowOf } from '../../areas/area-window.js';
import { describeExport, percentOf } from '../../areas/describe-export.js';
import { exportArea, type ExportSummary } from '../../areas/export-area.js';
import { planExport, type ExportPlan } from '../../areas/export-plan.js';
import { checkSpace, freeBytes } from '../../areas/free-space.js';
import type { MapDefinition } from '../../tiles/maps.js';
import type { Engine } from '../../tiles/open-engine.js';
import { recipeOf } from '../../tiles/tile-identity.js';
import type { LayerInfo } from '../../tiles/tile-service.js';
import { SOFTWARE_VERSION } from '../../version.js';
import { bytesText } from '../../warm/describe.js';
import { readAreaFile } from '../area-file.js';
import type { ExportOptions, RunExport } from '../commands/export.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { checkOutput, writeOutput } from '../output-file.js';
import { startProgress, type Progress } from '../progress.js';
import { withEngine } from '../with-engine.js';

export const runExport: RunExport = async (options, io) => {
  const { out, overwrite, complete } = options;
  const itemPath = out.replace(/\.tiff?$/i, '.json');
  const areas = options.area.kind === 'file' ? await readAreaFile(options.area.path) : [];
  return withEngine({ ...options.config, compute: 'none' }, io, async (engine) => {
    const definition = engine.maps.definition(engine.maps.resolve(askedMap(options)));
    const layer = engine.maps.layer(definition.key, options.product);
    const signal = io.interrupt();
    const where = placeOf(options, areas, engine.coverage);
    await checkOutput(out, overwrite);
    await checkOutput(itemPath, overwrite);
    const plan = await shown(io, 'Looking', LOOKS_WORTH_A_BAR, (onProgress) =>
      planExport(engine, { definition, layer, ...where, signal, onProgress }),
    );
    const fill = fillCommand(options, definition, layer);
    checkPlan(plan, complete, fill);
    checkSpace(out, plan.estimate, await freeBytes(out));
    const { cog, finished, summary } = await shown(io, 'Exporting', 1, (onProgress) =>
      exportArea({ archive: engine.archive, pool: engine.compute.pool }, plan, {
        definition,
        layer,
        path: out,
        signal,
        onProgress,
      }),
    );
    try {
      if (complete && summary.metatiles.missing > 0) throw notWhole(summary.metatiles, fill);
      const names = layer.kind === 'classes' ? (definition.bundle?.classes ?? null) : null;
      const auxXml = names === null ? null : categoryNamesAuxXml(names);
      const item = await itemOf(options, { definition, layer, plan, finished, summary, areas, auxXml });
      signal.throwIfAborted();
      // The picture last: who sees it has its names and its item too.
      if (auxXml !== null) await writeOutput(`${out}.aux.xml`, auxXml);
      await writeOutput(itemPath, `${JSON.stringify(item, null, 2)}\n`);
      await finished.commit();
    } catch (error) {
      await cog.abort();
      throw error;
    }
    const { width, height } = plan.window;
    io.err(
      `${out}: ${width} × ${height} pixels, ${bytesText(finished.bytes)}, ${describeMap(definition, layer)}.\n`,
    );
    io.err(describeExport(summary, fill));
    return EXIT.ok;
  });
};

function askedMap({ year, season, model }: ExportOptions): Parameters<Engine['maps']['resolve']>[0] {
  return {
    ...(year === null ? {} : { year }),
    ...(season === null ? {} : { season }),
    ...(model === null ? {} : { model }),
  };
}

/** Its pixels, and which of them belong to the area. @throws bad-request, outside-coverage */
function placeOf(
  { area, cut }: ExportOptions,
  areas: readonly Area[],
  coverage: Coverage,
): { readonly window: PixelWindow; readonly cut: PixelCut } {
  const bounds = boundsOf(area, areas, coverage);
  if (!coverage.meetsBox(bounds)) {
    throw new GeoCropError('outside-coverage', `The area ${bounds.join(', ')} lies outside the coverage.`, {
      hint: 'West, south, east, north: longitude first.',
    });
  }
  const window = windowOf(bounds);
  if (!cut || area.kind === 'bbox') return { window, cut: wholeCut(window) };
  return { window, cut: area.kind === 'aoi' ? circleCut(area.aoi, window) : areasCut(areas, window) };
}

function boundsOf(area: ExportOptions['area'], areas: readonly Area[], coverage: Coverage): Bounds {
  switch (area.kind) {
    case 'bbox':
      return area.bounds;
    case 'aoi':
      return aoiBounds(checkAoi(area.aoi, coverage));
    case 'file':
      return areaBounds({ type: 'MultiPolygon', coordinates: areas.flatMap(polygonsOf) });
  }
}

const polygonsOf = (area: Area): MultiPolygon['coordinates'] =>
  area.type === 'Polygon' ? [area.coordinates] : area.coordinates;

/** @throws not-computed where nothing is there, or not all that has to be */
function checkPlan({ metatiles }: ExportPlan, complete: boolean, fill: string | null): void {
  const missing = metatiles.filter(({ archived }) => archived.state === 'missing').length;
  if (missing === metatiles.length || (complete && missing > 0)) {
    throw notWhole({ all: metatiles.length, missing }, fill);
  }
}

function notWhole({ all, missing }: { all: number; missing: number }, fill: string | null): GeoCropError {
  const [some, of] = [missing, all].map((count) => count.toLocaleString('en'));
  return new GeoCropError(
    'not-computed',
    missing === all
      ? `Nothing of the area is archived: none of ${of} metatiles.`
      : `${some} of ${of} metatiles are not archived.`,
    {
      hint: `Nothing was written. ${fill === null ? 'A feature is computed where somebody looks at it.' : `To have them computed: ${fill}`}`,
    },
  );
}

/** What computes the missing; null for a feature, which is computed where somebody looks at it. */
function fillCommand(
  { area, settings }: ExportOptions,
  { key: { year, season, model } }: MapDefinition,
  layer: LayerInfo,
): string | null {
  if (layer.kind === 'feature') return null;
  const where =
    area.kind === 'file'
      ? ['--area', area.path]
      : ['--bbox', (area.kind === 'bbox' ? area.bounds : aoiBounds(area.aoi)).map(degrees).join()];
  const map = ['--year', String(year), '--season', season, '--model', model];
  return ['geocrop', 'warm', ...where, ...map, ...settings].map(quoted).join(' ');
}

/** A metre is 0.00001°. */
const degrees = (value: number): string => String(Number(value.toFixed(6)));

/** For a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const describeMap = ({ seasonKey, bundle }: MapDefinition, { name, kind }: LayerInfo): string =>
  `${name} of ${seasonKey}${bundle !== null && (kind === 'classes' || kind === 'percent') ? ` by ${bundle.name}` : ''}`;

interface Exported {
  readonly definition: MapDefinition;
  readonly layer: LayerInfo;
  readonly plan: ExportPlan;
  readonly finished: FinishedCog;
  readonly summary: ExportSummary;
  readonly areas: readonly Area[];
  readonly auxXml: string | null;
}

async function itemOf(options: ExportOptions, exported: Exported): Promise<unknown> {
  const { definition, layer, plan, finished, summary, areas, auxXml } = exported;
  const { x, y, zoom, width, height } = plan.window;
  const { bundle, season, seasonKey, pixels } = definition;
  const isMap = bundle !== null && (layer.kind === 'classes' || layer.kind === 'percent');
  const shape = areas.length > 0 && options.cut ? geometryOf(areas) : null;
  return productItem({
    id: `geocrop-${seasonKey}-${layer.name}-${x}-${y}-${width}-${height}`,
    window: { zoom, px0: x, py0: y, width, height },
    ...(shape === null ? {} : { geometry: shape }),
    season,
    products: [
      {
        name: layer.name,
        href: `./${basename(options.out)}`,
        encoded: {
          size: finished.bytes,
          sha256: await sha256Of(finished.part),
          ...(auxXml === null ? {} : { auxXml }),
        },
      },
    ],
    ...(isMap ? { classes: { names: bundle.classes, palette: bundle.palette } } : {}),
    sceneLists: plan.scenes,
    archived: {
      percent: percentOf(summary),
      metatiles: summary.metatiles.all,
      there: summary.metatiles.there,
    },
    recipe: { ...pixels, digest: recipeOf(definition, layer) },
    ...(isMap ? { model: { name: bundle.name, version: bundle.version, digest: bundle.digest } } : {}),
    softwareVersion: SOFTWARE_VERSION,
    created: new Date(),
  });
}

function geometryOf(areas: readonly Area[]): Polygon | MultiPolygon {
  const [only] = areas;
  if (areas.length === 1 && only !== undefined) return only;
  return { type: 'MultiPolygon', coordinates: areas.flatMap(polygonsOf) };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Looking at fewer metatiles is done at once. */
const LOOKS_WORTH_A_BAR = 500;

/** With a progress bar where there is at least so much to be done, from the first thing that is done on. */
async function shown<T>(
  io: Io,
  label: string,
  least: number,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let progress: Progress | null = null;
  try {
    return await work((done, total) => {
      if (total < least) return;
      progress ??= startProgress(io, label, total);
      progress.update(done);
    });
  } finally {
    // The compiler does not see that the callback sets it.
    (progress as Progress | null)?.stop();
  }
}
