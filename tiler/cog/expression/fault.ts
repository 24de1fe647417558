import { GeoCropError } from '../../../engine/errors.js';

/** What is wrong at which character. @param at 0-based place in `text`; people count from 1 */
export function fault(text: string, at: number, problem: string, hint?: string): GeoCropError {
  const place = at >= text.length ? 'at its end' : `at character ${at + 1}, "${excerpt(text, at)}"`;
  return new GeoCropError('bad-request', `The expression is wrong ${place}: ${problem}.`, {
    hint:
      hint ?? 'Bands are b1, b2, …; a band of the answer for each part, with ; between: (b2-b1)/(b2+b1);b3.',
    context: { parameter: 'expression', character: at + 1 },
  });
}

const SHOWN = 12;

function excerpt(text: string, at: number): string {
  const rest = text.slice(at, at + SHOWN);
  return at + SHOWN < text.length ? `${rest}…` : rest;
}
