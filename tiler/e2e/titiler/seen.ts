import type { Difference } from './difference.js';
import type { Facts } from './facts.js';

/**
 * Where a difference shows: each of these questions about each of these files has it. The harness fails where one of them has
 * another difference, and where one of them has it no more.
 */
export interface Seen {
  /** Names of files; or which of those that lie somewhere, by what TiTiler says of them. */
  readonly files: readonly string[] | ((facts: Facts, name: string) => boolean);
  /** Their ids. */
  readonly questions: readonly string[];
  readonly is: Test;
}

export type Test = (difference: Difference) => boolean;

/** Of every file that lies somewhere. */
export const everywhere = (): boolean => true;

export const status =
  (theirs: number, ours: number, code = ''): Test =>
  (found) =>
    found.kind === 'status' && found.theirs === theirs && found.ours === ours && found.code === code;

/** A status, by what our answer says of it. */
export const saying =
  (theirs: number, ours: number, detail: RegExp): Test =>
  (found) =>
    found.kind === 'status' && found.theirs === theirs && found.ours === ours && detail.test(found.detail);

export const header =
  (name: Extract<Difference, { kind: 'header' }>['name'], theirs: RegExp, ours: RegExp): Test =>
  (found) =>
    found.kind === 'header' && found.name === name && theirs.test(found.theirs) && ours.test(found.ours);

export const member =
  (at: RegExp, both: (theirs: unknown, ours: unknown) => boolean): Test =>
  (found) =>
    found.kind === 'json' && at.test(found.at) && both(found.theirs, found.ours);

/** @param share of the values, at most @param by at most */
export const values =
  (share: number, by: number): Test =>
  (found) =>
    found.kind === 'values' && found.wrong <= share * found.of && found.largest <= by;

export const shape =
  (theirs: RegExp, ours: RegExp): Test =>
  (found) =>
    found.kind === 'shape' && theirs.test(found.theirs) && ours.test(found.ours);

export const either =
  (...tests: readonly Test[]): Test =>
  (found) =>
    tests.some((test) => test(found));
