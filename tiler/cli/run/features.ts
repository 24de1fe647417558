import type { RunFeatures } from '../commands/features.js';
import { EXIT } from '../exit-codes.js';
import { withEngine } from '../with-engine.js';

export const runFeatures: RunFeatures = ({ config, point, year, season, model }, io) =>
  withEngine(config, io, async ({ service }) => {
    const map = service.resolveMap({
      ...(year === null ? {} : { year }),
      ...(season === null ? {} : { season }),
      ...(model === null ? {} : { model }),
    });
    const answer = await service.point(map, point.lon, point.lat, io.interrupt());
    io.out(`${JSON.stringify(answer, null, 2)}\n`);
    return EXIT.ok;
  });
