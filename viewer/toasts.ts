import type { Problem } from './api.js';
import { byId, h } from './dom.js';
import { strings } from './strings.js';
import { adviceFor } from './words.js';

const SHOWN_MS = 12_000;
const shown = new Map<string, HTMLElement>();

/** Says a problem once, in plain words, with what to do; the same code again only while it is not on screen. */
export function sayProblem(problem: Pick<Problem, 'code' | 'detail' | 'hint'>, stays = false): void {
  if (shown.has(problem.code)) return;
  const close = (): void => clearProblem(problem.code);
  const toast = h(
    'div',
    { class: 'toast', role: 'alert', 'data-code': problem.code },
    h('div', {}, h('strong', {}, problem.detail), h('span', {}, adviceFor(problem.code, problem.hint))),
    h('button', { type: 'button', class: 'icon', 'aria-label': strings.problems.close, onclick: close }, '×'),
  );
  shown.set(problem.code, toast);
  byId('toasts').append(toast);
  if (!stays) setTimeout(close, SHOWN_MS);
}

export function clearProblem(code: string): void {
  shown.get(code)?.remove();
  shown.delete(code);
}
