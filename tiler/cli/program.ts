import { Command, CommanderError } from 'commander';
import type { RunClassify } from './commands/classify.js';
import { classifyCommand } from './commands/classify.js';
import type { RunDemo } from './commands/demo.js';
import { demoCommand } from './commands/demo.js';
import type { RunExport } from './commands/export.js';
import { exportCommand } from './commands/export.js';
import type { RunFeatures } from './commands/features.js';
import { featuresCommand } from './commands/features.js';
import type { RunGc } from './commands/gc.js';
import { gcCommand } from './commands/gc.js';
import type { RunInitStore } from './commands/init-store.js';
import { initStoreCommand } from './commands/init-store.js';
import type { RunModelCheck } from './commands/model-check.js';
import type { RunModelList } from './commands/model.js';
import { modelCommand } from './commands/model.js';
import type { RunModelImport } from './commands/model-import.js';
import type { RunSample } from './commands/sample.js';
import { sampleCommand } from './commands/sample.js';
import type { RunServe } from './commands/serve.js';
import { serveCommand } from './commands/serve.js';
import type { RunWarm } from './commands/warm.js';
import { warmCommand } from './commands/warm.js';
import type { RunVerify } from './commands/verify.js';
import { verifyCommand } from './commands/verify.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import type { Io } from './io.js';
import { printError } from './print-error.js';

/** What the commands do: each takes checked options and resolves with an exit code. */
export interface Runners {
  readonly serve: RunServe;
  readonly demo: RunDemo;
  readonly classify: RunClassify;
  readonly sample: RunSample;
  readonly export: RunExport;
  readonly features: RunFeatures;
  readonly warm: RunWarm;
  readonly initStore: RunInitStore;
  readonly gc: RunGc;
  readonly verify: RunVerify;
  readonly modelList: RunModelList;
  readonly modelCheck: RunModelCheck;
  readonly modelImport: RunModelImport;
}

/** Runs one command line. @param argv without the program's own name; @returns the exit code */
export async function runCli(
  argv: readonly string[],
  runners: Runners,
  version: string,
  io: Io,
): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(runners, version, io, (result) => (code = result));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // commander has said what there is to say: help and version leave with 0, all else is wrong usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    printError(io, error, program.opts<{ verbose?: boolean }>().verbose === true);
    return exitCodeOf(error);
  }
}

function createProgram(runners: Runners, version: string, io: Io, finish: (code: number) => void): Command {
  const program = new Command('geocrop')
    .description('Crop maps of Zimbabwe, computed where people look.')
    .version(version, '--version', 'print the version')
    .option('--verbose', 'print causes and context of errors')
    .addHelpText(
      'after',
      `
Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed, ${EXIT.usage} wrong usage or configuration, ${EXIT.interrupted} interrupted.
Start with: geocrop demo`,
    )
    .addCommand(serveCommand(runners.serve, io, finish))
    .addCommand(demoCommand(runners.demo, io, finish))
    .addCommand(classifyCommand(runners.classify, io, finish))
    .addCommand(exportCommand(runners.export, io, finish))
    .addCommand(sampleCommand(runners.sample, io, finish))
    .addCommand(featuresCommand(runners.features, io, finish))
    .addCommand(warmCommand(runners.warm, io, finish))
    .addCommand(initStoreCommand(runners.initStore, io, finish))
    .addCommand(gcCommand(runners.gc, io, finish))
    .addCommand(verifyCommand(runners.verify, io, finish))
    .addCommand(modelCommand(runners.modelList, runners.modelCheck, runners.modelImport, io, finish));
  prepare(program, io);
  return program;
}

/** Subcommands made on their own inherit nothing: each one gets the same manners. */
function prepare(command: Command, io: Io): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .showHelpAfterError('(add --help for examples)')
    .showSuggestionAfterError();
  command.commands.forEach((child) => prepare(child, io));
}
