/**
 * The client's patience as a signal whose reason is an AbortError: the node adapter aborts with a plain string, which
 * nobody downstream could tell from a failure.
 */
export function requestSignal(request: Request): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new DOMException('The client went away.', 'AbortError'));
  if (request.signal.aborted) abort();
  else request.signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
