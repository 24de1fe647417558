import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A script of Python that answers each line of its input with a line. */
export interface PythonPeer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** One question at a time. @throws where the script has ended */
  readonly ask: (line: string) => Promise<string>;
  /** The next line of what it says. @throws where the script has ended */
  readonly answer: () => Promise<string>;
}

/** @param command the script and its arguments @param options env: this process's where there is none */
export function startPeer(
  python: string,
  command: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv } = {},
): PythonPeer {
  const child = spawn(python, [...command], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`${command.join(' ')} has ended`);
    return next.value;
  };
  return {
    child,
    answer,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return answer();
    },
  };
}

const peers = new Map<string, Pick<PythonPeer, 'ask'>>();

/**
 * For tests only: one run of the script for all questions of this process, as its imports take longer than most answers. Ends
 * with this process.
 * @param script path from the repository's root
 */
export function pythonPeer(python: string, script: string): Pick<PythonPeer, 'ask'> {
  const peer = peers.get(script) ?? inBackground(startPeer(python, [resolve(script)]));
  peers.set(script, peer);
  return peer;
}

/** Only a question that waits keeps this process alive. */
function inBackground({ child, ask }: PythonPeer): Pick<PythonPeer, 'ask'> {
  const handles = [child, child.stdin as Socket, child.stdout as Socket];
  handles.forEach((handle) => handle.unref());
  return {
    ask: async (line) => {
      handles.forEach((handle) => handle.ref());
      try {
        return await ask(line);
      } finally {
        handles.forEach((handle) => handle.unref());
      }
    },
  };
}
