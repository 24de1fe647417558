import type { AppDeps, Handler } from './deps.js';

/** JSON Schema, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

/** A parameter as its route reads it, and as /openapi.json tells it. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: Schema;
  readonly required?: boolean;
  readonly example?: unknown;
}

/** One kind of answer: what is in it. Problems are the same everywhere and added to all. */
export interface Answer {
  readonly description: string;
  /** Media types with the schema of each; none: no body. */
  readonly content?: Readonly<Record<string, Schema>>;
}

/** What a route says about itself. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  /** Under which heading it stands on the page. */
  readonly tag: 'tiles' | 'map' | 'areas' | 'cog' | 'baselines' | 'standards' | 'server';
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly description: string; readonly content: Readonly<Record<string, Schema>> };
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** How it writes errors; default: as problems (RFC 9457). */
  readonly errorContent?: Readonly<Record<string, Schema>>;
}

/** One way to call the server: where it is, what it does, and what it says about itself. GET answers HEAD too. */
export interface Route {
  readonly method: 'get' | 'post';
  /** Hono's: `/tiles/:z/:x/:y`. */
  readonly path: string;
  /** null: not part of the interface (the page itself). */
  readonly operation: Operation | null;
  readonly handler: Handler;
}

/** Makes routes of what they need: a file each under tiler/http/routes. */
export type RouteMaker = (deps: AppDeps) => readonly Route[];
