import { Agent, get } from 'node:http';

export interface Load {
  /** Milliseconds from request to last byte, in the order in which they ended. */
  readonly latencies: readonly number[];
  readonly bytes: number;
}

/**
 * Asks for the addresses one after another, `atOnce` at a time over connections that stay open.
 * @throws where an answer is not 200 from the expected tier
 */
export async function load(urls: readonly string[], atOnce: number, tier: string): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const latencies: number[] = [];
  let next = 0;
  let bytes = 0;
  const lane = async (): Promise<void> => {
    for (let url = urls[next++]; url !== undefined; url = urls[next++]) {
      const begun = performance.now();
      const size = await fetchTile(url, agent, tier);
      latencies.push(performance.now() - begun);
      bytes += size;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  agent.destroy();
  return { latencies, bytes };
}

function fetchTile(url: string, agent: Agent, tier: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode } = response;
        const [state, from] = [response.headers['x-geocrop-tile'], response.headers['x-geocrop-cache']];
        if (statusCode === 200 && state === 'final' && from === tier) resolve(bytes);
        else
          reject(new Error(`${url}: ${statusCode}, ${String(state)} from ${String(from)}, not from ${tier}`));
      });
    }).on('error', reject);
  });
}
