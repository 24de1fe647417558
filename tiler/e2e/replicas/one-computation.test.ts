import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { describeOnRedis, startRedis, type RedisServer } from '../../../cache/redis-server.js';
import { pixelCentreLonLat, TILE_SIZE, type TileId } from '../../../engine/geo/tile-matrix.js';
import { eventually } from '../../queue/eventually.js';
import type { Role } from '../../role.js';
import { nativeTiles } from '../../tiles/job-runner.js';
import type { PointAnswer, TileEvent } from '../../tiles/tile-service.js';
import { tilePath } from '../stage.js';
import { TILE, UPPER } from '../world.js';
import { told, type Answer } from './ask.js';
import { Replicas, type Replica } from './replicas.js';

const PATIENT = 'wait=55';
const REQUESTS = 200;
const TILES = nativeTiles(UPPER);
const [LON, LAT] = pixelCentreLonLat(14, TILE.x * TILE_SIZE + 40, TILE.y * TILE_SIZE + 100);
const POINT = `/point/${LON.toFixed(6)},${LAT.toFixed(6)}?year=2021&season=summer&wait=55`;

/** What a tile is asked for in, and in which layers besides `classes`. */
const path = (tile: TileId, suffix: string, layer = 'classes'): string =>
  tilePath(tile, `layer=${layer}&${PATIENT}`, suffix);
const ASKED = TILES.flatMap((tile) => [path(tile, '.npy'), path(tile, '.png')]);
/** Layers of the same metatile that the 200 did not ask for. */
const OTHERS = ['confidence', 'observations', 'truecolor'].flatMap((layer) =>
  ['.npy', '.png', '.tif'].map((suffix) => path(TILE, suffix, layer)),
);

const LAYOUTS: readonly (readonly [name: string, roles: readonly Role[]])[] = [
  ['two servers that do all', ['all', 'all']],
  ['an api and two workers', ['api', 'worker', 'worker']],
];

describeOnRedis('one computation', () => {
  let replicas: Replicas;
  let redis: RedisServer;
  let decoded: number;
  let point: PointAnswer;

  before(async () => {
    redis = await startRedis();
    replicas = await Replicas.open();
    ({ decoded } = await replicas.expect([tilePath(UPPER), ...ASKED, ...OTHERS, POINT]));
    point = untimed(replicas.expected(POINT));
  });
  after(async () => {
    await replicas.close();
    await redis.stop();
  });

  LAYOUTS.forEach(([name, roles], database) => {
    describe(`of ${name}`, () => {
      let servers: Replica[];
      let clients: Replica[];
      let answers: { path: string; answer: Answer }[];
      let events: EventStream;
      const environment = (): Record<string, string> => ({
        GEOCROP_STORE: join(replicas.folder, `store-${database}`),
        GEOCROP_QUEUE_REDIS_URL: `${redis.url}/${2 * database}`,
        GEOCROP_CACHE_REDIS_URL: `${redis.url}/${2 * database + 1}`,
      });
      const sum = async (metric: string, labels?: string): Promise<number> => {
        const all = await Promise.all(servers.map((server) => server.metric(metric, labels)));
        return all.reduce((a, b) => a + b, 0);
      };

      before(async () => {
        replicas.world.mend();
        servers = await Promise.all(roles.map((role) => replicas.start(role, environment())));
        clients = servers.filter(({ role }) => role !== 'worker');
        events = await EventStream.open(`${clients[0]?.url}/events?year=2021&season=summer`);
      });
      after(async () => {
        events.close();
        await Promise.all(servers.map((server) => replicas.end(server, 'SIGKILL')));
        await rm(environment()['GEOCROP_STORE'] ?? '', { recursive: true, force: true });
      });

      test(`${REQUESTS} requests at once for 16 cold tiles, each answered with what a server alone gives`, async () => {
        answers = await Promise.all(
          Array.from({ length: REQUESTS }, async (_, i) => {
            // Every client asks for every tile, and in both forms.
            const client = clients[Math.floor(i / ASKED.length) % clients.length] as Replica;
            const asked = ASKED[i % ASKED.length] as string;
            return { path: asked, answer: await client.ask(asked) };
          }),
        );
        for (const { path: asked, answer } of answers) replicas.isRight(asked, answer);
        assert.ok(answers.some(({ answer }) => answer.tier === 'computed'));
      });

      test('one of them computed it, and what it read was fetched once in all', async () => {
        await eventually('it is archived', async () => {
          return (await sum('geocrop_stage_seconds_count', 'stage="write"')) > 0;
        });
        assert.equal(await sum('geocrop_stage_seconds_count', 'stage="write"'), 1);
        // The order of the tiles, which others decide, has some blocks decoded again for the rest of the metatile.
        const blocks = await sum('geocrop_blocks_decoded_total');
        assert.ok(blocks <= 1.3 * decoded, `${blocks} blocks decoded, ${decoded} by a server alone`);
        // Whole ranges, headers among them: in files this small the gap between two blocks, which is read over, may be a block.
        const ranges = replicas.world.files.map(({ path, start, end }) => `${path} ${start}-${end}`);
        assert.ok(ranges.length > 0);
        assert.deepEqual(ranges.length, new Set(ranges).size, 'no range is asked for twice');
        assert.equal(replicas.world.searches, 1);
      });

      test('whichever tier has it, a tile has the same bytes and the same tag', async () => {
        const [first, second = await replicas.start('api', environment())] = clients as [Replica, Replica?];
        for (const asked of OTHERS) {
          const archived = await first.ask(asked);
          assert.equal(archived.tier, 'archive', told(archived));
          replicas.isRight(asked, archived);
          const kept = await first.ask(asked);
          assert.equal(kept.tier, 'memory');
          replicas.isRight(asked, kept);
        }
        await eventually('Redis has them', async () => {
          return (await first.metric('geocrop_tier_written_total', 'tier="redis"')) >= OTHERS.length;
        });
        let shared = 0;
        for (const asked of OTHERS) {
          const answer = await second.ask(asked);
          replicas.isRight(asked, answer);
          assert.ok(answer.etag !== null, told(answer));
          if (answer.tier === 'redis') shared += 1;
        }
        // A machine that is too busy to answer in time is passed over.
        assert.ok(shared > 0, `${shared} of ${OTHERS.length} out of Redis`);
        if (!servers.includes(second)) servers.push(second);
      });

      test('a point is answered with the same, whoever is asked', async () => {
        for (const client of clients) {
          const answer = await client.ask(POINT);
          assert.equal(answer.status, 200, told(answer));
          assert.deepEqual(untimed(answer), point);
        }
      });

      test('events tell of a tile from the queue to the archive, wherever it was made', () => {
        const of = (tile: TileId): string[] =>
          events.tiles
            .filter((event) => event.tile.z === tile.z && event.tile.x === tile.x && event.tile.y === tile.y)
            .map(({ state }) => state);
        for (const tile of TILES)
          assert.ok(of(tile).includes('ready'), `${tile.x}/${tile.y}: ${of(tile).join()}`);
        assert.deepEqual([...new Set(of(TILE))].slice(-3), ['reading', 'computing', 'ready']);
        assert.deepEqual(of(UPPER).at(-1), 'archived');
      });
    });
  });
});

/** A point's answer, but for when its scenes were looked up. */
function untimed({ body }: Pick<Answer, 'body'>): PointAnswer {
  const answer = JSON.parse(body.toString('utf8')) as PointAnswer;
  return { ...answer, scenes: { ...answer.scenes, lookedUpAt: '' } };
}

/** What a browser hears. */
class EventStream {
  readonly tiles: TileEvent[] = [];
  readonly #leaving = new AbortController();

  static async open(url: string): Promise<EventStream> {
    const stream = new EventStream();
    const response = await fetch(url, { signal: stream.#leaving.signal });
    const body = response.body as ReadableStream<Uint8Array>;
    let heard = (): void => undefined;
    const hello = new Promise<void>((resolve) => (heard = resolve));
    void (async () => {
      let text = '';
      for await (const chunk of body) {
        text += Buffer.from(chunk).toString('utf8');
        heard();
        const messages = text.split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) stream.#hear(message);
      }
    })().catch(() => undefined);
    await hello;
    return stream;
  }

  close(): void {
    this.#leaving.abort();
  }

  #hear(message: string): void {
    const data = /^event: tile\ndata: (.*)$/m.exec(message)?.[1];
    if (data !== undefined) this.tiles.push(JSON.parse(data) as TileEvent);
  }
}
