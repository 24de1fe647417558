import { join } from 'node:path';
import { startPeer as start } from '../../engine/testing/python-peer.js';
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
  const command = [join(PEERS, script), ...args];
  const { child, ask, answer } = start(python, command, { env: { ...process.env, ...ONE_THREAD } });
  await answer();
  return { ask, close: () => child.stdin.end() };
}
