import type { Dataset } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import { outputSize } from '../../../engine/raster-files/warp/grid/output-size.js';
import { calculated, readingOf } from './read-image.js';
import { bandDescriptions, infoDocument, statedMinMax } from './info-document.js';
import { namedBands } from './band-names.js';
import { boundsGeometry } from './bounds-geometry.js';
import type { CogAnswer, CogJob, CogWork, ImageJob } from './job.js';
import { checkValues } from './limits.js';
import type { CogParts } from './parts.js';
import { partSize, previewSize } from './part-size.js';
import { renderImage } from './render-image.js';

const json = (value: unknown): CogAnswer => ({ kind: 'json', value });

/** Degrees, longitude first. */
const WGS84 = 'EPSG:4326';

/** Does a job on the file at `href`. @throws what opening, reading and rendering throw; bad-request, area-too-large */
export async function runJob(
  parts: CogParts,
  href: string,
  { job, mostValues }: CogWork,
  signal?: AbortSignal,
): Promise<CogAnswer> {
  const dataset = await parts.open(href, signal);
  switch (job.kind) {
    case 'info':
      return json(infoDocument(dataset));
    case 'info-feature': {
      const bounds = parts.reader.bounds(dataset, await parts.parseCrs(job.crs));
      const geometry = boundsGeometry(bounds);
      return json({ type: 'Feature', bbox: bounds, geometry, properties: infoDocument(dataset) });
    }
    case 'tilejson':
      return json(await tilesOf(parts, dataset, job.matrixSet));
    case 'point':
      return json(await pointOf(parts, dataset, job, signal));
    case 'statistics':
      return json(await statisticsOf(parts, dataset, { job, mostValues }, signal));
    case 'tile':
    case 'preview':
    case 'part': {
      const image = await imageOf(parts, dataset, { job, mostValues }, signal);
      return renderImage(parts.post, image, job.render, dataset.palette);
    }
  }
}

async function imageOf(
  parts: CogParts,
  dataset: Dataset,
  { job, mostValues }: CogWork<ImageJob>,
  signal: AbortSignal | undefined,
): Promise<Image> {
  const { reader } = parts;
  const { expression, values, options } = readingOf(parts, dataset, job.read, signal);
  const read = async (): Promise<Image> => {
    switch (job.kind) {
      case 'tile': {
        const { matrixSet, z, x, y, size } = job;
        checkValues(size, size, values, mostValues);
        return reader.tile(dataset, { matrixSet, z, x, y, size }, options);
      }
      case 'preview': {
        const outputCrs =
          job.outputCrs === undefined ? {} : { outputCrs: await parts.parseCrs(job.outputCrs) };
        const asked = { ...job.size, ...outputCrs };
        const size = previewSize(dataset, asked);
        if (size !== null) checkValues(size.width, size.height, values, mostValues);
        return reader.preview(dataset, asked, options);
      }
      case 'part': {
        const crs = await parts.parseCrs(job.crs);
        const outputCrs = job.outputCrs === undefined ? crs : await parts.parseCrs(job.outputCrs);
        const part = { bounds: job.bounds, crs, outputCrs, ...job.size };
        const size = partSize(dataset, part);
        if (size !== null) checkValues(size.width, size.height, values, mostValues);
        return reader.part(dataset, part, options);
      }
    }
  };
  return calculated(await read(), expression);
}

/** What TileJSON says of a file; the address of its tiles is the route's to say. */
async function tilesOf(parts: CogParts, dataset: Dataset, matrixSet: string): Promise<unknown> {
  const { min, max } = parts.reader.zooms(dataset, matrixSet);
  return {
    minzoom: min,
    maxzoom: max,
    bounds: parts.reader.bounds(dataset, await parts.parseCrs(WGS84)),
    band_descriptions: bandDescriptions(dataset),
    data_type: dataset.dataType,
    minmax: statedMinMax(dataset),
  };
}

async function pointOf(
  parts: CogParts,
  dataset: Dataset,
  { x, y, crs, read }: Extract<CogJob, { kind: 'point' }>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { expression, bands, options } = readingOf(parts, dataset, read, signal);
  const pixel = await parts.reader.point(dataset, { x, y, crs: await parts.parseCrs(crs) }, options);
  const image = calculated(pixel, expression);
  const named = namedBands(dataset, bands, expression);
  return {
    coordinates: [x, y],
    values: image.bands.map((band, at) => (image.valid[at]?.[0] === 0 ? null : (band[0] ?? null))),
    band_names: named.map(({ name }) => name),
    band_descriptions: named.map(({ description }) => description),
  };
}

async function statisticsOf(
  parts: CogParts,
  dataset: Dataset,
  { job: { size, read, statistics }, mostValues }: CogWork<Extract<CogJob, { kind: 'statistics' }>>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { expression, bands, values, options } = readingOf(parts, dataset, read, signal);
  const { width, height } = outputSize(dataset.width, dataset.height, size);
  checkValues(width, height, values, mostValues);
  const image = calculated(await parts.reader.preview(dataset, size, options), expression);
  const named = namedBands(dataset, bands, expression);
  return Object.fromEntries(
    parts.post
      .statistics(image, statistics)
      .map((band, at) => [named[at]?.name ?? `b${at + 1}`, { ...band, description: named[at]?.description }]),
  );
}
