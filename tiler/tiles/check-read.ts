import { GeoCropError } from '../../engine/errors.js';
import type { ReadFault } from '../../engine/metatile/read-date.js';
import type { SceneList } from '../../engine/scenes/scene.js';

/**
 * Throws the first fault where a scene could not be checked or read: what was computed without it is not the map's.
 * @param whatToDo ends the hint
 */
export function checkRead(
  list: Pick<SceneList, 'unchecked'>,
  faults: readonly ReadFault[],
  whatToDo: string,
): void {
  const hint = `A scene could not be read, so the numbers would not be the map’s. ${whatToDo}`;
  const [unchecked] = list.unchecked ?? [];
  if (unchecked !== undefined) {
    throw new GeoCropError(unchecked.code, `${unchecked.id}: ${unchecked.reason}`, { hint });
  }
  const [fault] = faults;
  if (fault !== undefined) {
    const { scene, asset, error } = fault;
    throw new GeoCropError(error.code, `${scene}, ${asset}: ${error.message}`, { cause: error, hint });
  }
}
