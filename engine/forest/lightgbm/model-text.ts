import { constants } from 'node:buffer';

import { modelError } from '../model-error.js';

/** `key=value` of a block, with the line it stands in, counted from 1. */
export interface Entry {
  readonly value: string;
  readonly line: number;
}

/** A block of the text: its `key=value` lines, or keys alone, by key. */
export interface Block {
  /** For errors: `Tree=3`, or '' for the header. */
  readonly name: string;
  readonly line: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** LightGBM's model text, cut into its blocks. */
export interface ModelText {
  readonly header: Block;
  readonly trees: readonly Block[];
  /** `[key: value]` of the parameters that it was trained with; empty where the file has none. */
  readonly parameters: ReadonlyMap<string, Entry>;
  /** Whether the line `end of trees` is there. */
  readonly ended: boolean;
}

/** Throws `model-malformed` where the bytes are not such a text. @param file for errors */
export function readModelText(bytes: Uint8Array, file: string): ModelText {
  const lines = linesOf(bytes, file);
  if (lines[0]?.trim() !== 'tree') {
    throw modelError('model-malformed', file, 'line 1', "is not LightGBM's text: it must begin with `tree`.");
  }
  const trees: Block[] = [];
  const header = new Map<string, Entry>();
  const parameters = new Map<string, Entry>();
  // null behind the trees: importances by feature name are there, which are no lines of a model's.
  let entries: Map<string, Entry> | null = header;
  let ended = false;
  let inParameters = false;
  let finished = true;
  for (const [i, raw] of lines.entries()) {
    const text = raw.trim();
    const line = i + 1;
    if (inParameters) {
      const [, key, value] = /^\[([^:]+):(.*)\]$/.exec(text) ?? [];
      if (key !== undefined) parameters.set(key, { value: value!.trim(), line });
      if (text === 'end of parameters') finished = true;
    } else if (text === 'parameters:') {
      inParameters = true;
      finished = !/^v[3-9]/.test(header.get('version')?.value ?? '');
    } else if (
      text === 'end of trees' ||
      text === 'feature importances:' ||
      text === 'feature_importances:'
    ) {
      ended ||= text === 'end of trees';
      entries = null;
    } else if (/^Tree=\d+$/.test(text)) {
      const tree = new Map<string, Entry>();
      trees.push({ name: text, line, entries: tree });
      entries = tree;
    } else if (text !== '' && entries !== null) {
      const equals = text.indexOf('=');
      const [key, value] = equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
      if (entries.has(key))
        throw modelError('model-malformed', file, `line ${line}`, `has ${key} a second time.`);
      entries.set(key, { value: value.trim(), line });
    }
  }
  if (!finished) {
    throw modelError(
      'model-malformed',
      file,
      `line ${lines.length}`,
      'ends before the line `end of parameters`.',
      {
        hint: 'Was it copied whole?',
      },
    );
  }
  return { header: { name: '', line: 1, entries: header }, trees, parameters, ended };
}

function linesOf(bytes: Uint8Array, file: string): string[] {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw modelError('model-too-large', file, '', `is ${bytes.length} bytes of text.`, {
      hint: `At most ${constants.MAX_STRING_LENGTH} bytes can be read.`,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n');
  } catch (cause) {
    throw modelError('model-malformed', file, '', 'is not UTF-8 text.', { cause });
  }
}
