import { askBoth, type Ask, type ComparedFile } from './both.js';
import { compare } from './compare.js';
import { DIFFERENCES, type KnownDifference } from './differences.js';
import { factsOf } from './facts.js';
import { plainQuestions, questions } from './questions.js';

export interface Servers {
  readonly titiler: Ask;
  readonly ours: Ask;
}

export interface FileReport {
  /** Comparisons made. */
  readonly asked: number;
  /** Differences that nothing explains, in words. */
  readonly unexplained: readonly string[];
  readonly explained: readonly KnownDifference[];
}

/** What decoders differ by would be multiplied. */
const STRETCHED = /expression$|^png-/;

/** Asks both servers everything that there is to ask of a file. @param lossy its blocks are JPEG: decoders differ by 2 */
export async function compareFile(servers: Servers, file: ComparedFile, lossy = false): Promise<FileReport> {
  const info = await askBoth(servers, file, '/info');
  const tileJson = await askBoth(servers, file, '/WebMercatorQuad/tilejson.json');
  const facts = factsOf(info.theirs, tileJson.theirs);
  const unexplained: string[] = [];
  const explained = new Set<KnownDifference>();
  const known = facts === null ? plainQuestions() : questions(facts);
  const all = lossy ? known.filter(({ id }) => !STRETCHED.test(id)) : known;
  for (const { id, path, compare: how } of all) {
    const { theirs, ours } = await askBoth(servers, file, path);
    const difference = await compare(how, theirs, ours, { values: lossy ? 2 : 0 });
    if (difference === null) continue;
    const found = {
      file: file.name,
      dtype: facts?.dtype ?? '',
      masked: facts?.masked ?? false,
      question: id,
      difference,
    };
    const reason = DIFFERENCES.find(({ explains }) => explains?.(found) === true);
    if (reason === undefined) unexplained.push(`${file.name} ${id} ${path}: ${difference}`);
    else explained.add(reason);
  }
  return { asked: all.length, unexplained, explained: [...explained] };
}
