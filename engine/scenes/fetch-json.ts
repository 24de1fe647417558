import { GeoCropError, isGeoCropError, messageOf } from '../errors.js';
import type { Fetch, Timers } from './scene-source.js';
import { abortedError } from '../windows/byte-source/slots.js';

export interface HttpClient {
  readonly fetch: Fetch;
  readonly timers: Timers;
}

export interface JsonRequest {
  readonly url: string;
  /** Sent as POST with a JSON body; GET without. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Milliseconds. A search of a busy catalogue takes seconds; one that takes half a minute will not end. */
const TRY_TIMEOUT = 30_000;
const BACK_OFF = [500, 2_000];
/** RFC 9110, 15.5.9 and RFC 6585, 4: the request itself is fine. */
const TRY_AGAIN = new Set([408, 425, 429]);

/**
 * The JSON that a URL answers with, tried three times where another try may help: no connection, 5xx, 429 (`Retry-After`
 * is honoured), half a body. `deadline` is a time of the timers' clock; nothing is waited for beyond it.
 * Throws stac-refused (4xx), stac-unavailable, stac-malformed (not JSON), aborted.
 */
export async function fetchJson(
  request: JsonRequest,
  client: HttpClient,
  deadline: number,
  signal?: AbortSignal,
): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await tryOnce(request, client, deadline, signal);
    } catch (error) {
      if (signal?.aborted === true) throw abortedError(signal);
      if (!(error instanceof TryAgain)) throw error;
      const backOff = BACK_OFF[attempt];
      const pause = Math.max(error.retryAfter, backOff ?? 0);
      if (backOff === undefined || client.timers.now() + pause >= deadline) throw error.failure;
      await client.timers.sleep(pause, signal).catch((reason: unknown) => {
        throw signal?.aborted === true ? abortedError(signal) : reason;
      });
    }
  }
}

/** A failure after which another try is worth it, and the error that is thrown if there is none. */
class TryAgain extends Error {
  constructor(
    readonly failure: GeoCropError,
    /** Milliseconds. */
    readonly retryAfter = 0,
  ) {
    super(failure.message);
  }
}

async function tryOnce(
  request: JsonRequest,
  client: HttpClient,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { url, body } = request;
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const patience = new AbortController();
  const time = Math.max(0, Math.min(TRY_TIMEOUT, deadline - client.timers.now()));
  let timedOut = false;
  void client.timers.sleep(time, patience.signal).then(
    () => {
      timedOut = true;
      controller.abort();
    },
    () => undefined,
  );
  try {
    const response = await client.fetch(url, {
      signal: controller.signal,
      headers: {
        accept: 'application/geo+json, application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return await readJson(response, url);
  } catch (error) {
    if (error instanceof TryAgain || isGeoCropError(error)) throw error;
    throw new TryAgain(
      unavailable(
        url,
        timedOut ? 'gave no answer in time' : `could not be reached (${causeOf(error)})`,
        error,
      ),
    );
  } finally {
    patience.abort();
    signal?.removeEventListener('abort', stop);
  }
}

async function readJson(response: Response, url: string): Promise<unknown> {
  if (!response.ok) {
    const text = excerpt(await response.text().catch(() => ''));
    const { status } = response;
    if (status >= 500 || TRY_AGAIN.has(status)) {
      throw new TryAgain(unavailable(url, `answered ${status}${text}`), retryAfterOf(response));
    }
    throw new GeoCropError('stac-refused', `${url} refused the request: ${status}${text}`, {
      hint:
        status === 404
          ? 'Check the URL and the name of the collection.'
          : status === 401 || status === 403
            ? 'The catalogue wants permission that we do not have; choose a public one.'
            : 'Check the URL; the catalogue may not be a STAC API, or not know the collection.',
      context: { url, status },
    });
  }
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new TryAgain(malformed(url, 'broke off in the middle of its answer', error));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const cutShort = /^\s*[[{]/.test(text);
    const failure = malformed(
      url,
      cutShort
        ? 'answered with JSON that is cut short or damaged'
        : `answered with something else than JSON${excerpt(text)}`,
      error,
    );
    throw cutShort ? new TryAgain(failure) : failure;
  }
}

/** Milliseconds; RFC 9110, 10.2.3: seconds or a date. A date is taken against the answer's own clock. */
function retryAfterOf(response: Response): number {
  const value = response.headers.get('retry-after') ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const sent = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(until) || Number.isNaN(sent) ? 0 : Math.max(0, until - sent);
}

function unavailable(url: string, what: string, cause?: unknown): GeoCropError {
  return new GeoCropError('stac-unavailable', `${url} ${what}.`, {
    hint: 'Try again later; what is archived is served without it.',
    context: { url },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function malformed(url: string, what: string, cause?: unknown): GeoCropError {
  return new GeoCropError('stac-malformed', `${url} ${what}.`, {
    hint: 'Check that the URL is that of a STAC API, catalogue or item collection.',
    context: { url },
    ...(cause === undefined ? {} : { cause }),
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** undici hides the reason ("ECONNREFUSED") in the cause of "fetch failed". */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? messageOf(error.cause) : messageOf(error);
}

function excerpt(text: string): string {
  const plain = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? '' : ` ("${plain.slice(0, 160)}${plain.length > 160 ? '…' : ''}")`;
}
