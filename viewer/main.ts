import { App } from './app.js';
import { ApiError, getJson, mapQuery, unreachable, UNREACHABLE } from './api.js';
import type { MapKey, TileJson } from './api.js';
import { byId } from './dom.js';
import { askedKey } from './map/map-keys.js';
import { MapSession } from './map/map-session.js';
import { openPanels } from './panels/panels.js';
import { strings } from './strings.js';
import { clearProblem, sayProblem } from './toasts.js';
import { parseUrl } from './url-state.js';
import { adviceFor } from './words.js';

const RETRY_MS = 4000;

/** Asks for the map that the link names; for the default one where the link names what is not there; again where nobody answers. */
async function open(asked: Partial<MapKey>): Promise<TileJson> {
  for (;;) {
    try {
      const tileJson = await getJson<TileJson>(`tilejson.json?${mapQuery(asked).toString()}`);
      clearProblem(UNREACHABLE);
      return tileJson;
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : unreachable().problem;
      const named =
        problem.code === 'unknown-model' ||
        problem.code === 'unknown-year' ||
        problem.code === 'unknown-season';
      if (named && Object.keys(asked).length > 0) {
        sayProblem({
          ...problem,
          hint: `${adviceFor(problem.code, problem.hint)} ${strings.problems.defaultShown}`,
        });
        asked = {};
        continue;
      }
      byId('status-text').textContent = strings.furniture.waitingForServer;
      sayProblem(problem, true);
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}

const url = parseUrl(location.search, location.hash);
const session = new MapSession(await open(askedKey(url)));
const app = new App(session, url);
await app.start(session);
openPanels(app.host, url.place !== null);
