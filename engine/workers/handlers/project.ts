import { NATIVE_ZOOM } from '../../geo/tile-matrix.js';
import { projectPixels, projectWindow } from '../../geo/project.js';
import { targetSize } from '../../metatile/target.js';
import type { Extent, ProjectInput } from '../tasks.js';

export function project({ arena, target, epsg, easting, northing }: ProjectInput): Extent {
  const n = targetSize(target);
  const eastings = new Float64Array(arena.memory.buffer, easting, n);
  const northings = new Float64Array(arena.memory.buffer, northing, n);
  if (target.kind === 'window') {
    projectWindow(
      epsg,
      NATIVE_ZOOM,
      target.px0,
      target.py0,
      target.width,
      target.height,
      eastings,
      northings,
    );
  } else {
    projectPixels(epsg, NATIVE_ZOOM, target.px, target.py, eastings, northings);
  }
  let minE = Infinity;
  let maxE = -Infinity;
  let minN = Infinity;
  let maxN = -Infinity;
  for (let i = 0; i < n; i += 1) {
    const e = eastings[i] ?? NaN;
    const north = northings[i] ?? NaN;
    if (e < minE) minE = e;
    if (e > maxE) maxE = e;
    if (north < minN) minN = north;
    if (north > maxN) maxN = north;
  }
  return { minE, maxE, minN, maxN };
}
