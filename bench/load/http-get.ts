import { get, type Agent, type IncomingHttpHeaders } from 'node:http';

/** An answer that came whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of the body. */
  readonly bytes: number;
  /** The body where it was asked for. */
  readonly body?: Buffer;
}

export interface GetOptions {
  readonly agent: Agent | false;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly keepBody?: boolean;
}

/** GET over HTTP. Rejects where no whole answer comes: refused, cut, given up. */
export function httpGet(url: string, { agent, headers = {}, signal, keepBody }: GetOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { agent, headers: { ...headers }, ...(signal === undefined ? {} : { signal }) };
    get(url, options, (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (keepBody === true) pieces.push(piece);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          ...(keepBody === true ? { body: Buffer.concat(pieces) } : {}),
        }),
      );
    }).on('error', reject);
  });
}

/** A word for why there was no answer, to count by. */
export function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return code ?? name ?? 'failed';
}
