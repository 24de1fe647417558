import { GeoCropError, messageOf } from '../../engine/errors.js';
import type { Io } from './io.js';

/** Message and hint; with `verbose` all that is known: code, context, causes, stacks. */
export function printError(io: Pick<Io, 'err'>, error: unknown, verbose: boolean): void {
  const lines = [`geocrop: ${messageOf(error)}`];
  if (error instanceof GeoCropError && error.hint !== undefined) lines.push(`  ${error.hint}`);
  if (verbose) lines.push(...details(error));
  else if (!isInterrupt(error) && (!(error instanceof GeoCropError) || error.code === 'internal')) {
    lines.push('  This is a mistake of ours; --verbose shows where.');
  }
  io.err(`${lines.join('\n')}\n`);
}

const isInterrupt = (error: unknown) => error instanceof Error && error.name === 'AbortError';

function details(error: unknown): string[] {
  const lines: string[] = [];
  if (error instanceof GeoCropError) {
    lines.push(`  code: ${error.code}`);
    for (const [name, value] of Object.entries(error.context)) lines.push(`  ${name}: ${String(value)}`);
  }
  if (error instanceof Error) {
    if (error.stack !== undefined) lines.push(...error.stack.split('\n').slice(1));
    if (error.cause !== undefined)
      lines.push(`  because: ${messageOf(error.cause)}`, ...details(error.cause));
  }
  return lines;
}
