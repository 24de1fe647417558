import { verifyStore, type VerifyReport } from '../../../cache/housekeeping/verify-store.js';
import { counted } from '../../../engine/counted.js';
import { sizeText } from '../../housekeeping/size-text.js';
import type { RunVerify } from '../commands/verify.js';
import { EXIT } from '../exit-codes.js';
import { startProgress, type Progress } from '../progress.js';
import { withStore } from '../with-store.js';

export const runVerify: RunVerify = ({ config, recipe, season, sample, repair }, io) => {
  const signal = io.interrupt();
  return withStore(config, { writes: repair }, async (store, place) => {
    io.err(`Reading back ${place}\n`);
    let progress: Progress | null = null;
    let last: VerifyReport | null = null;
    let done = 0;
    try {
      last = await verifyStore(store, {
        ...(recipe === null ? {} : { recipe }),
        ...(season === null ? {} : { season }),
        sample,
        repair,
        signal,
        onBegin: (things) => {
          if (things > 0) progress = startProgress(io, 'Verifying', things);
        },
        onChecked: (report) => {
          last = report;
          const broken = report.broken.length;
          progress?.update((done += 1), broken === 0 ? undefined : `${broken} broken`);
        },
      });
    } finally {
      (progress as Progress | null)?.stop();
      // What was found before an interruption, too.
      if (last !== null) io.out(reportText(last, repair));
    }
    return last.broken.length === 0 ? EXIT.ok : EXIT.failed;
  });
};

function reportText(report: VerifyReport, repair: boolean): string {
  const { metatiles, nodes, sceneLists, files, bytes, broken, waiting, unfinished, foreign } = report;
  const lines = broken.map(
    ({ key, what, repaired }) =>
      `${key}\n  ${what}${repair ? (repaired ? takenOut(key) : '; it could not be taken out') : ''}`,
  );
  lines.push(
    `${counted(metatiles, 'metatile')}, ${counted(nodes, 'node')} of lower zooms and ${counted(sceneLists, 'scene list')} read back, ${counted(files, 'file')}, ${sizeText(bytes)}: ` +
      (broken.length === 0 ? 'nothing is broken.' : `${counted(broken.length, 'file')} broken.`),
  );
  if (waiting > 0)
    lines.push(
      `${counted(waiting, 'node')} of lower zooms taken out before: a server that computes makes ${waiting === 1 ? 'it' : 'them'} anew.`,
    );
  if (unfinished > 0) lines.push(`${counted(unfinished, 'metatile')} being written, or left half-written.`);
  if (foreign > 0) lines.push(`${counted(foreign, 'file')} not of GeoCrop, left alone.`);
  return `${lines.join('\n')}\n`;
}

function takenOut(key: string): string {
  return key.startsWith('pyramid/')
    ? '; taken out: a server that computes makes it anew'
    : '; taken out: it is made anew where somebody looks';
}
