import { TrieRouter } from 'hono/router/trie-router';
import type { Route } from './route.js';

/** Methods by path, out of the route table: for 405, `Allow` and pre-flights. */
export class RouteMethods {
  readonly #router = new TrieRouter<Route>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#router.add('ALL', route.path, route);
  }

  /** `GET` and `HEAD`, `POST`, and always `OPTIONS`. The page takes every path that is left, and says nothing about the others. */
  at(path: string): readonly string[] {
    const found = this.#router.match('GET', path)[0].map(([route]) => route);
    const own = found.filter((route) => route.path !== '/*');
    const methods = (own.length > 0 ? own : found).flatMap(({ method }) =>
      method === 'get' ? ['GET', 'HEAD'] : ['POST'],
    );
    return [...new Set([...methods, 'OPTIONS'])];
  }
}
