import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { ask, type Answer, type Ask } from './ask.js';
import { startEdge, withoutNginx, type Edge } from './edge.js';
import { ScriptedUpstream, tile } from './scripted-upstream.js';

/** An edge and the scripted server behind it, as long as a `describe` lasts. Its tests use addresses of their own. */
export interface EdgeStage {
  readonly upstream: ScriptedUpstream;
  readonly edge: Edge;
  readonly get: (path: string, options?: Ask) => Promise<Answer>;
  /** Asks until the edge says that what it keeps is no longer fresh: nginx counts whole seconds. */
  readonly untilNotFresh: (path: string) => Promise<Answer>;
}

/** A `describe` of tests that need nginx; without it one test that skips. */
export function describeEdge(name: string, body: () => void): void {
  if (withoutNginx === false) describe(name, { timeout: 300_000 }, body);
  else test(name, { skip: withoutNginx });
}

/** Call inside {@link describeEdge}. @param fresh another pair for each test, for those that end the server */
export function edgeStage(fresh: 'each' | 'all' = 'all'): EdgeStage {
  let edge: Edge | undefined;
  let upstream: ScriptedUpstream | undefined;
  const begin = async (): Promise<void> => {
    upstream = await ScriptedUpstream.start();
    edge = await startEdge(upstream.url);
  };
  const end = async (): Promise<void> => {
    await edge?.stop();
    await upstream?.die();
  };
  if (fresh === 'all') {
    before(begin);
    after(end);
  } else {
    beforeEach(begin);
    afterEach(end);
  }
  beforeEach(() => {
    upstream?.forget();
    if (upstream !== undefined) upstream.script = tile();
  });
  const stage: EdgeStage = {
    get upstream() {
      if (upstream === undefined) throw new Error('the upstream is not there yet');
      return upstream;
    },
    get edge() {
      if (edge === undefined) throw new Error('the edge is not there yet');
      return edge;
    },
    get: (path, options) => ask(stage.edge.url + path, options),
    untilNotFresh: async (path) => {
      for (;;) {
        const answer = await stage.get(path);
        if (answer.cache !== 'HIT') return answer;
        await nextTurn(20);
      }
    },
  };
  return stage;
}
