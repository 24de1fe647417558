import { SingleBar } from 'cli-progress';
import type { Io } from './io.js';

/** How far long work is. */
export interface Progress {
  /** @param note what is being done right now, short */
  update(done: number, note?: string): void;
  /** Ends it, well or badly; further calls do nothing. */
  stop(): void;
}

export interface ProgressOptions {
  /** Lines of plain output for all of it; default 10. */
  readonly steps?: number;
  /** False where the notes tell the time that is left. */
  readonly eta?: boolean;
}

/** Plain output says something at every tenth. */
const PLAIN_STEPS = 10;

/** A bar where a person watches, a line at every tenth otherwise. @param total more than 0 */
export function startProgress(
  io: Pick<Io, 'terminal' | 'err'>,
  label: string,
  total: number,
  { steps = PLAIN_STEPS, eta = true }: ProgressOptions = {},
): Progress {
  return io.terminal === null ? plainLines(io, label, total, steps) : bar(io.terminal, label, total, eta);
}

function bar(stream: NodeJS.WriteStream, label: string, total: number, eta: boolean): Progress {
  const left = eta ? '  {eta_formatted} left' : '';
  const single = new SingleBar({
    format: `${label} {bar} {percentage} %  {value} of {total}${left}  {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    stopOnComplete: false,
    etaBuffer: 50,
    stream,
  });
  single.start(total, 0, { note: '' });
  let open = true;
  return {
    update: (done, note) => {
      if (open) single.update(Math.min(done, total), note === undefined ? {} : { note });
    },
    stop: () => {
      if (open) single.stop();
      open = false;
    },
  };
}

function plainLines(io: Pick<Io, 'err'>, label: string, total: number, steps: number): Progress {
  let shown = 0;
  let open = true;
  return {
    update: (done, note) => {
      const step = Math.floor((Math.min(done, total) / total) * steps);
      if (!open || step <= shown) return;
      shown = step;
      const percent = Math.floor((100 * step) / steps);
      io.err(`${label}: ${percent} % (${done} of ${total})${note === undefined ? '' : `, ${note}`}\n`);
    },
    stop: () => {
      open = false;
    },
  };
}
