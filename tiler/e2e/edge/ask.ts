import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** An answer as it came: nothing followed, decoded or kept. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What the edge did: `HIT`, `MISS`, `STALE` …; undefined where it keeps nothing. */
  readonly cache: string | undefined;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A request that has left, and its answer to come. */
export interface Asked {
  /** The request is on its way. */
  readonly sent: Promise<unknown>;
  readonly answer: Promise<Answer>;
}

/** On a connection of its own, so that no request stands behind another here. */
export function asking(url: string, { method = 'GET', headers = {}, signal }: Ask = {}): Asked {
  const { hostname, port, origin } = new URL(url);
  const outgoing = request({
    hostname,
    port,
    // As it is written: URL would resolve dots.
    path: url.slice(origin.length),
    method,
    headers: { ...headers },
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  const sent = once(outgoing, 'finish');
  const answer = once(outgoing, 'response').then(async ([incoming]: IncomingMessage[]) => {
    const response = incoming as IncomingMessage;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(chunks),
      cache: response.headers['x-cache-status'] as string | undefined,
    };
  });
  outgoing.end();
  return { sent, answer };
}

export function ask(url: string, options: Ask = {}): Promise<Answer> {
  return asking(url, options).answer;
}
