import type { Engine } from '../tiles/open-engine.js';
import type { Clock } from '../http/clock.js';
import type { AreaLimits } from './area-limits.js';
import type { AreaService } from './area-service.js';
import { planBaselineBox } from './baseline-box.js';
import { Gate } from './gate.js';
import { planMapBox } from './map-box.js';
import { MetatileOrders } from './metatile-orders.js';
import { areaStatistics } from './statistics/area-statistics.js';
import { Deadline } from './deadline.js';

/** What the parts of the area service share. */
export interface AreaDeps {
  readonly engine: Pick<
    Engine,
    'maps' | 'service' | 'sceneLists' | 'archive' | 'coverage' | 'baselines' | 'compute'
  >;
  readonly limits: AreaLimits;
  readonly orders: MetatileOrders;
  /** For what keeps this process busy. */
  readonly gate: Gate;
  readonly deadline: Deadline;
}

/** Areas that are worked on at once, and that may wait for it. */
const AT_ONCE = 2;
const MOST_WAITING = 16;

export function openAreaService(
  engine: AreaDeps['engine'] & Pick<Engine, 'desk'>,
  { limits, clock }: { readonly limits: AreaLimits; readonly clock: Pick<Clock, 'after'> },
): AreaService {
  const deps: AreaDeps = {
    engine,
    limits,
    orders: new MetatileOrders({ desk: engine.desk, clock, owner: 'areas' }),
    gate: new Gate(AT_ONCE, MOST_WAITING),
    deadline: new Deadline(clock, limits.workMs),
  };
  return {
    statistics: (ask) => areaStatistics(deps, ask),
    box: async (ask) =>
      ask.of.kind === 'map' ? planMapBox(deps, ask, ask.of) : planBaselineBox(deps, ask, ask.of),
  };
}
