import { get } from 'node:http';

/** What a client sees of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly etag: string | null;
  /** `X-GeoCrop-Cache`: where the server had it from. */
  readonly tier: string | null;
  /** `X-GeoCrop-Tile`. */
  readonly state: string | null;
  /** Seconds; null where it does not say. */
  readonly retryAfter: number | null;
  /** Of a problem. */
  readonly code: string | null;
}

/** One client with a connection of its own. Rejects where there is no whole answer. */
export function ask(url: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url + path, { agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const header = (name: string): string | null => response.headers[name]?.toString() ?? null;
        const retryAfter = header('retry-after');
        resolve({
          status: response.statusCode ?? 0,
          body,
          etag: header('etag'),
          tier: header('x-geocrop-cache'),
          state: header('x-geocrop-tile'),
          retryAfter: retryAfter === null ? null : Number(retryAfter),
          code: header('content-type') === 'application/problem+json' ? codeOf(body) : null,
        });
      });
    }).on('error', reject);
  });
}

function codeOf(problem: Buffer): string {
  return (JSON.parse(problem.toString('utf8')) as { code: string }).code;
}

/** One answer, for a failed assertion. */
export function told({ status, code, tier, state, retryAfter }: Answer): string {
  return JSON.stringify({ status, code, tier, state, retryAfter });
}
