import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PEERS } from '../folders.js';
import { ONE_THREAD } from '../python.js';

/** A script of bench/peers that answers each line with a line. */
export interface PeerProcess {
  ask(line: string): Promise<string>;
  close(): void;
}

/** Starts it and waits for its first line. */
export async function startPeer(
  python: string,
  script: string,
  args: readonly string[],
): Promise<PeerProcess> {
  const child = spawn(python, [join(PEERS, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...ONE_THREAD },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`${script} ${args.join(' ')} ended`);
    return next.value;
  };
  await answer();
  return {
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return answer();
    },
    close: () => child.stdin.end(),
  };
}
