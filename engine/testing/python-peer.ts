import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** A script of Python that answers each line of its input with a line. */
export interface PythonPeer {
  /** One question at a time. @throws where the script has ended */
  ask(line: string): Promise<string>;
}

const peers = new Map<string, PythonPeer>();

/**
 * For tests only: one run of the script for all questions of this process, as its imports take longer than most answers. Ends
 * with this process.
 * @param script path from the repository's root
 */
export function pythonPeer(python: string, script: string): PythonPeer {
  const peer = peers.get(script) ?? start(python, script);
  peers.set(script, peer);
  return peer;
}

function start(python: string, script: string): PythonPeer {
  const child = spawn(python, [resolve(script)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // Only a question that waits keeps this process alive.
  const handles = [child, child.stdin as Socket, child.stdout as Socket];
  handles.forEach((handle) => handle.unref());
  return {
    ask: async (line) => {
      handles.forEach((handle) => handle.ref());
      child.stdin.write(`${line}\n`);
      const answer = await lines.next();
      handles.forEach((handle) => handle.unref());
      if (answer.done === true) throw new Error(`${script} has ended`);
      return answer.value;
    },
  };
}
