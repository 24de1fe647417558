import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendRange } from '../../engine/windows/byte-source/faulty-server.js';
import { COLLECTION, type World, type WorldItem } from './world.js';

/** A request that came: `search` of the catalogue, or a range of a file. */
export interface Seen {
  readonly kind: 'search' | 'file';
  /** `{scene}/{asset}.tif`; empty for a search. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A catalogue and its files on loopback; tests count what is asked and put faults in place of answers. */
export class WorldServer {
  readonly seen: Seen[] = [];
  /** Asked for each file: another answer than the file. */
  onFile: (path: string) => Answer | undefined = () => undefined;
  onSearch: () => Answer | undefined = () => undefined;
  /** What the catalogue says of an item; null: nothing. */
  describe: (item: WorldItem) => object | null = (item) => item;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private readonly world: World,
  ) {}

  static async start(world: World, port = 0): Promise<WorldServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const started = new WorldServer(server, (server.address() as AddressInfo).port, world);
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      started.answer(request, response),
    );
    return started;
  }

  /** What `--stac` is given. */
  get stac(): string {
    return `${this.url}/stac`;
  }

  get searches(): number {
    return this.seen.filter(({ kind }) => kind === 'search').length;
  }

  get files(): readonly Seen[] {
    return this.seen.filter(({ kind }) => kind === 'file');
  }

  /** Back to a good server that has seen nothing. */
  mend(): void {
    this.seen.length = 0;
    this.onFile = () => undefined;
    this.onSearch = () => undefined;
    this.describe = (item) => item;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    request.resume();
    if (path === '/stac') {
      const links = [{ rel: 'search', method: 'POST', href: `${this.stac}/search` }];
      sendJson(response, { type: 'Catalog', id: 'world', stac_version: '1.0.0', links });
    } else if (path === '/stac/search') {
      this.seen.push({ kind: 'search', path: '', start: 0, end: 0 });
      const broken = this.onSearch();
      if (broken !== undefined) broken(response, request);
      else sendJson(response, { type: 'FeatureCollection', features: this.features(), links: [] });
    } else this.sendFile(path.replace('/files/', ''), request, response);
  }

  private sendFile(path: string, request: IncomingMessage, response: ServerResponse): void {
    const [, start, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    this.seen.push({ kind: 'file', path, start: Number(start), end: Number(last) + 1 });
    const file = this.world.files.get(path);
    const broken = this.onFile(path);
    if (broken !== undefined) broken(response, request);
    else if (file === undefined) response.writeHead(404).end();
    else sendRange(request, response, file);
  }

  /** What the catalogue answers. */
  features(): object[] {
    const absolute = (item: WorldItem): WorldItem => ({
      ...item,
      assets: Object.fromEntries(
        Object.entries(item.assets).map(([name, asset]) => [
          name,
          { ...asset, href: `${this.url}/files/${asset.href}` },
        ]),
      ),
    });
    return this.world.items.flatMap((item) => this.describe(absolute(item)) ?? []);
  }
}

export { COLLECTION };

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/geo+json' }).end(JSON.stringify(value));
}

/** An answer of a status and a text, whatever was asked. */
export function says(status: number, text = '', type = 'text/plain'): Answer {
  return (response) => void response.writeHead(status, { 'content-type': type }).end(text);
}
