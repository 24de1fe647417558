import assert from 'node:assert/strict';
import type { Problem } from '../http/problem.js';

/** That an answer is a problem as RFC 9457 has it, says what to do, and is kept by nobody. */
export async function assertProblem(response: Response, status: number, code: string): Promise<Problem> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.equal(response.headers.get('Content-Type'), 'application/problem+json');
  assert.equal(response.headers.get('Cache-Control'), 'no-store');
  assert.equal(response.headers.get('ETag'), null);
  const problem = JSON.parse(text) as Problem;
  assert.equal(problem.code, code, text);
  assert.equal(problem.status, status);
  assert.ok(problem.detail.length > 0);
  assert.ok((problem.hint ?? '').length > 0, `no hint: ${text}`);
  return problem;
}
