import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import type { PixelCut, PixelWindow } from '../../engine/geo/pixel-cut.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import type { ComputeWish } from './area-service.js';
import { planExport, type ExportPlan } from './export-plan.js';
import type { AreaDeps } from './open-area-service.js';

/** Metatiles that one request may have computed: about 75 km square. */
const MOST_COMPUTED = 64;

/** A request names no coverage: it is told of the server's. */
export function outsideCoverage({ bounds }: Pick<Coverage, 'bounds'>, cause?: GeoCropError): GeoCropError {
  return new GeoCropError('outside-coverage', 'No pixel of the area lies inside the coverage.', {
    hint: `Longitude comes first. There are maps within ${bounds.join(', ')} (west, south, east, north).`,
    cause,
  });
}

async function planCovered(
  engine: AreaDeps['engine'],
  request: Parameters<typeof planExport>[1],
): Promise<ExportPlan> {
  try {
    return await planExport(engine, request);
  } catch (error) {
    throw isGeoCropError(error, 'outside-coverage') ? outsideCoverage(engine.coverage, error) : error;
  }
}

/**
 * What is archived of an area's pixels, after what is missing has been computed where that is wished.
 * @throws not-ready while it is being computed; area-too-large where that is more than one request may ask for; what planExport and the desk throw
 */
export async function planArea(
  { engine, orders }: Pick<AreaDeps, 'engine' | 'orders'>,
  request: {
    readonly definition: MapDefinition;
    readonly layer: LayerInfo;
    readonly window: PixelWindow;
    readonly cut: PixelCut;
    readonly compute: ComputeWish | null;
    readonly signal: AbortSignal;
  },
): Promise<ExportPlan> {
  const { definition, layer, compute, signal } = request;
  const plan = await planCovered(engine, request);
  const missing = plan.metatiles.filter(({ archived }) => archived.state === 'missing');
  if (compute === null || missing.length === 0) return plan;
  if (missing.length > MOST_COMPUTED) {
    throw new GeoCropError(
      'area-too-large',
      `${missing.length} metatiles of the area are not computed; one request may have ${MOST_COMPUTED} computed.`,
      {
        hint: 'Leave `wait` out to have what is there, ask for parts of the area, or have the operator run `geocrop warm`.',
        context: { missing: missing.length, most: MOST_COMPUTED },
      },
    );
  }
  const feature = layer.kind === 'feature' ? layer.name : null;
  await orders.fulfil(
    missing.map(({ tile }) => ({ definition, metatile: tile, feature })),
    { waitMs: compute.waitMs, signal },
  );
  return planExport(engine, request);
}
