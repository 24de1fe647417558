/** A process of its own that is the catalogue and the bucket of an endless world. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendRange } from '../../engine/windows/byte-source/faulty-server.js';
import { EndlessWorld } from './endless-world.js';

export interface WorldOrder {
  readonly sideMetres: number;
}

export interface WorldReport {
  /** What `GEOCROP_STAC` is given. */
  readonly stac: string;
}

async function serve({ sideMetres }: WorldOrder): Promise<WorldReport> {
  const world = await EndlessWorld.make(sideMetres);
  let url = '';
  const search = async (request: IncomingMessage): Promise<object[]> => {
    let text = '';
    for await (const piece of request.setEncoding('utf8')) text += String(piece);
    const { bbox, datetime } = JSON.parse(text) as { bbox?: number[]; datetime?: string };
    const [start = '', end = ''] = (datetime ?? '').split('/').map((instant) => instant.slice(0, 10));
    return bbox === undefined ? [] : world.items(bbox, start, end, `${url}/files`);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (path === '/stac') {
      const links = [{ rel: 'search', method: 'POST', href: `${url}/stac/search` }];
      sendJson(response, { type: 'Catalog', id: 'endless', stac_version: '1.0.0', links });
    } else if (path === '/stac/search') {
      sendJson(response, { type: 'FeatureCollection', features: await search(request), links: [] });
    } else {
      const file = world.file(path.replace('/files/', ''));
      if (file === undefined) response.writeHead(404).end();
      else sendRange(request, response, file);
    }
  };
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { stac: `${url}/stac` };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/geo+json' }).end(JSON.stringify(value));
}

process.once('message', (order: WorldOrder) => {
  void serve(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});

process.on('disconnect', () => process.exit());
