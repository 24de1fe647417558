import { noScenesMessage } from '../../../engine/scenes/scene-list.js';
import type { RunFeatures } from '../commands/features.js';
import { EXIT } from '../exit-codes.js';
import { withEngine } from '../with-engine.js';

export const runFeatures: RunFeatures = ({ config, point, year, season, model }, io) =>
  withEngine(config, io, async ({ service, maps }) => {
    const map = service.resolveMap({
      ...(year === null ? {} : { year }),
      ...(season === null ? {} : { season }),
      ...(model === null ? {} : { model }),
    });
    const answer = await service.point(map, point.lon, point.lat, io.interrupt());
    if (answer.scenes.scenes.length === 0) {
      io.err(`${noScenesMessage(answer.scenes, maps.definition(map).season)}\n`);
    }
    io.out(`${JSON.stringify(answer, null, 2)}\n`);
    return EXIT.ok;
  });
