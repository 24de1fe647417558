import { GeoCropError } from '../../engine/errors.js';

/** The longest that a request waits, in seconds: clients and proxies give up at 60. */
export const MAX_WAIT_SECONDS = 55;

/**
 * Seconds of a request's patience that went by before it came here: a cache in front that lets one request fill an entry
 * says how long this one stood behind another (k8s/edge/nginx.conf).
 */
export const WAITED_HEADER = 'X-GeoCrop-Waited';

/** Query parameters by name, as they came; a repeated one counts once, the first. Unknown names are nobody's business. */
export type Query = (name: string) => string | undefined;

/** What names a map; each has a default. Empty counts as not given. */
export function askedMap(query: Query): { season?: string; year?: number; model?: string } {
  const season = given(query('season'));
  const year = given(query('year'));
  const model = given(query('model'));
  return {
    ...(season === undefined ? {} : { season }),
    ...(year === undefined ? {} : { year: parseYear(year) }),
    ...(model === undefined ? {} : { model }),
  };
}

/** Four digits. Whether there is a map of that year is the tile service's to say. */
export function parseYear(text: string): number {
  if (/^\d{4}$/.test(text)) return Number(text);
  throw new GeoCropError('bad-request', `"${text}" is not a year.`, {
    hint: 'Write the year in which the season starts, for example year=2021.',
    context: { year: text },
  });
}

/**
 * Milliseconds. Throws `bad-request` for what is no number of seconds from 0 to {@link MAX_WAIT_SECONDS}.
 * @param waited of {@link WAITED_HEADER}: its whole seconds are taken from what was asked; nonsense counts nothing
 */
export function parseWait(text: string | undefined, defaultSeconds: number, waited?: string): number {
  const asked = given(text) ?? String(defaultSeconds);
  const seconds = /^\d+(\.\d+)?$/.test(asked) ? Number(asked) : Number.NaN;
  // Whole seconds: who came at about the same time goes on sharing one wait.
  const gone = waited !== undefined && /^\d+(\.\d+)?$/.test(waited) ? Math.floor(Number(waited)) : 0;
  if (seconds >= 0 && seconds <= MAX_WAIT_SECONDS) return Math.max(0, Math.round((seconds - gone) * 1000));
  throw new GeoCropError(
    'bad-request',
    `wait = "${asked}" is not a number of seconds from 0 to ${MAX_WAIT_SECONDS}.`,
    { hint: 'Leave it out, or wait less and ask again after Retry-After.', context: { wait: asked } },
  );
}

/** True for `pending=tile`: a picture that says "computing" in place of a 503. */
export function parsePending(text: string | undefined): boolean {
  const asked = given(text);
  if (asked === undefined) return false;
  if (asked === 'tile') return true;
  throw new GeoCropError('bad-request', `pending = "${asked}" is unknown.`, {
    hint: 'The only value is pending=tile.',
    context: { pending: asked },
  });
}

export function given(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
