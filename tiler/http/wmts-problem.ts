import { asGeoCropError } from '../../engine/errors.js';
import { WmtsError, exceptionReport, statusOf, type ExceptionCode } from '../wmts/wmts-error.js';
import type { AppContext } from './deps.js';
import { problemResponse, type Problem } from './problem.js';

const NOT_FOUND = 404;

/** Names of our errors that are wrong values of a parameter to WMTS. */
const WRONG_VALUES: Readonly<Record<string, string>> = {
  'unknown-season': 'season',
  'unknown-year': 'year',
  'unknown-model': 'model',
  'unknown-layer': 'layer',
};

/**
 * Whatever was thrown as an `ows:ExceptionReport`, with the status and headers that the problem table gives it.
 * @param rest the address itself was wrong: what it names is not there
 */
export async function wmtsProblem(
  c: AppContext,
  error: unknown,
  { rest }: { readonly rest: boolean },
): Promise<Response> {
  if (error instanceof WmtsError) {
    c.get('wide')['code'] = error.code;
    const names = error.code === 'InvalidParameterValue';
    // OGC 07-057r7, clause 10.2.2: there is no such resource.
    const status = rest && names ? NOT_FOUND : error.code === 'NoApplicableCode' ? 500 : statusOf(error.code);
    return report(status, {}, error.code, error.locator, [error.message]);
  }
  const response = problemResponse(error, c.get('requestId'));
  const problem = (await response.json()) as Problem;
  // The log tells of it as of any other.
  c.error = asGeoCropError(error);
  const wrong =
    WRONG_VALUES[problem.code] ?? (problem.code === 'bad-request' ? parameterOf(problem) : undefined);
  const code: ExceptionCode = wrong === undefined ? 'NoApplicableCode' : 'InvalidParameterValue';
  const status = wrong !== undefined && !rest ? 400 : response.status;
  const retry = response.headers.get('Retry-After');
  return report(status, retry === null ? {} : { 'Retry-After': retry }, code, wrong ?? null, [
    problem.detail,
    ...(problem.hint === undefined ? [] : [problem.hint]),
    `${problem.code} ${problem.instance}`,
  ]);
}

/** Which parameter was malformed: the first that the error tells of. */
function parameterOf({ context = {} }: Problem): string {
  return Object.keys(context)[0] ?? 'request';
}

function report(
  status: number,
  headers: Readonly<Record<string, string>>,
  code: ExceptionCode,
  locator: string | null,
  texts: readonly string[],
): Response {
  return new Response(exceptionReport(code, locator, texts), {
    status,
    headers: { ...headers, 'Content-Type': 'text/xml; charset=utf-8', 'Cache-Control': 'no-store' },
  });
}
