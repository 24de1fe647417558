import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serving, type Serving } from '../cli/geocrop-process.js';
import { modelsFolder, openStage } from '../stage.js';
import { COLLECTION, FEW_SCENES, makeWorld, type WorldOptions } from '../world.js';
import { WorldServer } from '../world-server.js';
import type { Role } from '../../role.js';
import { ask, told, type Answer } from './ask.js';

/** A server of the built command, one of several. */
export interface Replica extends Serving {
  readonly role: Role;
  ask(path: string): Promise<Answer>;
  /** A sum over all labels of a metric. */
  metric(name: string, labels?: string): Promise<number>;
}

/** A world, and servers of the built command that look at it; folders and models are made here. */
export class Replicas {
  readonly #running = new Set<Replica>();
  readonly #expected = new Map<string, Pick<Answer, 'body' | 'etag'>>();

  private constructor(
    readonly world: WorldServer,
    readonly folder: string,
  ) {}

  static async open(options: WorldOptions = FEW_SCENES): Promise<Replicas> {
    const folder = await mkdtemp(join(tmpdir(), 'geocrop-replicas-'));
    await modelsFolder(folder);
    return new Replicas(await WorldServer.start(await makeWorld(options)), folder);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((replica) => this.end(replica, 'SIGKILL')));
    await this.world.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** @param environment in place of or beside a store that all have, with no Redis */
  async start(role: Role, environment: Record<string, string> = {}): Promise<Replica> {
    const server = await serving(['serve', '--port', '0'], {
      GEOCROP_ROLE: role,
      GEOCROP_STAC: this.world.stac,
      GEOCROP_COLLECTION: COLLECTION,
      GEOCROP_STORE: join(this.folder, 'store'),
      GEOCROP_MODELS: join(this.folder, 'models'),
      GEOCROP_COMPUTE_THREADS: '1',
      GEOCROP_WAIT: '55',
      ...environment,
    });
    const replica: Replica = {
      ...server,
      role,
      ask: (path) => ask(server.url, path),
      metric: async (name, labels = '') => {
        const { body } = await ask(server.url, '/metrics');
        const lines = body.toString('utf8').split('\n');
        const of = lines.filter((line) => /^\w+/.exec(line)?.[0] === name && line.includes(labels));
        return of.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
      },
    };
    this.#running.add(replica);
    return replica;
  }

  end(replica: Replica, signal: NodeJS.Signals = 'SIGTERM'): ReturnType<Replica['stop']> {
    this.#running.delete(replica);
    return replica.stop(signal);
  }

  /** Has these computed by an engine that has a store of its own and no Redis: what {@link isRight} holds answers against. */
  async expect(paths: readonly string[]): Promise<{ readonly decoded: number }> {
    const own = await mkdtemp(join(tmpdir(), 'geocrop-alone-'));
    const stage = await openStage(own, this.world.stac, {
      modelsDir: join(this.folder, 'models'),
      stopGraceMs: 60_000,
    });
    try {
      for (const path of paths) {
        const response = await stage.get(path);
        const body = Buffer.from(await response.arrayBuffer());
        assert.equal(response.status, 200, body.toString());
        this.#expected.set(path, { body, etag: response.headers.get('ETag') });
      }
    } finally {
      // Its running metatile is finished.
      await stage.close();
      await rm(own, { recursive: true });
      this.world.mend();
    }
    return { decoded: stage.decoded() };
  }

  /** What an engine alone answers; throws where {@link expect} was not told of it. */
  expected(path: string): Pick<Answer, 'body' | 'etag'> {
    const wanted = this.#expected.get(path);
    if (wanted === undefined) throw new RangeError(`${path} was not expected`);
    return wanted;
  }

  /** That an answer is final and has the very bytes and the tag of an engine that is alone. */
  isRight(path: string, answer: Answer): void {
    const wanted = this.expected(path);
    assert.deepEqual([answer.status, answer.state], [200, 'final'], `${path} ${told(answer)}`);
    assert.ok(answer.body.equals(wanted.body), `${path} has other bytes, from ${answer.tier}`);
    if (answer.etag !== null) assert.equal(answer.etag, wanted.etag, path);
  }
}
