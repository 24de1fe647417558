import type { SimulatedClass } from './classes.js';
import { groundOf } from './ground.js';
import { World } from './world.js';

/** What truly stands at a longitude and latitude of the simulated country: what its maps are judged by. */
export function simulatedTruth(): (lon: number, lat: number) => SimulatedClass {
  const world = new World();
  return (lon, lat) => {
    const { x, y } = groundOf(lon, lat);
    return world.describe(x, y).class;
  };
}
