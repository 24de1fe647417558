import { askBoth, type Ask, type ComparedFile } from './both.js';
import { compare } from './compare.js';
import { worded, type Difference } from './difference.js';
import { DIFFERENCES, type KnownDifference } from './differences.js';
import { factsOf } from './facts.js';
import { apartQuestions, fewQuestions, plainQuestions, questions } from './questions.js';
import type { Seen } from './seen.js';

export interface Servers {
  readonly titiler: Ask;
  readonly ours: Ask;
}

/** A difference that was found. */
export interface Found {
  /** id of the question. */
  readonly question: string;
  /** What was asked, without the file. */
  readonly path: string;
  readonly difference: Difference;
  /** null: nothing explains it. */
  readonly reason: KnownDifference | null;
}

export interface FileReport {
  /** ids of the questions. */
  readonly asked: readonly string[];
  readonly found: readonly Found[];
  /** Differences that the table says this file shows, and it does not. */
  readonly stale: readonly string[];
}

/** What decoders differ by would be multiplied. */
const STRETCHED = /expression$|^png-/;

/** Asks both servers everything that there is to ask of a file. */
export async function compareFile(servers: Servers, file: ComparedFile): Promise<FileReport> {
  const { lossy = false, apart = false, kin = false, unplaced = false } = file;
  const info = await askBoth(servers, file, '/info');
  const tileJson = await askBoth(servers, file, '/WebMercatorQuad/tilejson.json');
  const facts = factsOf(info.theirs, tileJson.theirs);
  const known = facts === null ? plainQuestions() : kin || unplaced ? fewQuestions(facts) : questions(facts);
  const all = [
    ...(lossy ? known.filter(({ id }) => !STRETCHED.test(id)) : known),
    ...(apart && facts !== null ? apartQuestions(facts) : []),
  ];
  const rules = rulesOf((seen) =>
    typeof seen.files === 'function'
      ? facts !== null && !unplaced && seen.files(facts, file.name)
      : seen.files.includes(file.name),
  );
  const found: Found[] = [];
  const shown = new Set<string>();
  for (const { id, path, compare: how } of all) {
    const { theirs, ours } = await askBoth(servers, file, path);
    for (const difference of await compare(how, theirs, ours, { values: lossy ? 2 : 0 })) {
      const at = rules.findIndex(({ seen }) => seen.questions.includes(id) && seen.is(difference));
      found.push({ question: id, path, difference, reason: rules[at]?.known ?? null });
      shown.add(`${at} ${id}`);
    }
  }
  const asked = all.map(({ id }) => id);
  const stale = rules.flatMap(({ known: { what }, seen }, at) =>
    seen.questions
      .filter((id) => !shown.has(`${at} ${id}`))
      // Where files are not named, some are not asked everything.
      .filter((id) => typeof seen.files !== 'function' || asked.includes(id))
      .map((id) => `"${what}" is no longer seen: ${id}`),
  );
  return { asked, found, stale };
}

interface Rule {
  readonly known: KnownDifference;
  readonly seen: Seen;
}

function rulesOf(holds: (seen: Seen) => boolean): readonly Rule[] {
  return DIFFERENCES.flatMap((known) => (known.seen ?? []).filter(holds).map((seen) => ({ known, seen })));
}

/** What a report has to say against a file, in words; empty where all is explained, and all that explains is needed. */
export function objections({ found, stale }: FileReport): readonly string[] {
  return [
    ...found
      .filter(({ reason }) => reason === null)
      .map(({ question, path, difference }) => `${question} ${path}: ${worded(difference)}`),
    ...stale,
  ];
}
