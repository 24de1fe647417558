import type { Environment } from '../config/read-config.js';
import { environment } from '../config/environment.js';

/** What a command knows of the world around it. */
export interface Io {
  readonly environment: Environment;
  /** Results: what a script reads. */
  out(text: string): void;
  /** All that is for people. */
  err(text: string): void;
  /** Where a progress bar goes; null where nobody watches. */
  readonly terminal: NodeJS.WriteStream | null;
  /** Fires at the first SIGINT or SIGTERM; a second one ends the process. Asked for by commands that stop by it. */
  interrupt(): AbortSignal;
}

export function processIo(proc: NodeJS.Process = process): Io {
  let interrupted: AbortController | null = null;
  return {
    environment: environment(),
    out: (text) => void proc.stdout.write(text),
    err: (text) => void proc.stderr.write(text),
    terminal: proc.stderr.isTTY ? proc.stderr : null,
    interrupt: () => {
      if (interrupted === null) {
        const controller = new AbortController();
        interrupted = controller;
        const onSignal = (): void => {
          if (controller.signal.aborted) proc.exit(130);
          controller.abort(new DOMException('Interrupted.', 'AbortError'));
        };
        proc.on('SIGINT', onSignal).on('SIGTERM', onSignal);
      }
      return interrupted.signal;
    },
  };
}
