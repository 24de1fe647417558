import type { AppContext, Handler } from './deps.js';
import type { Query } from './query.js';

/** A tile as it was asked for, under whichever address. */
export interface TileQuestion {
  readonly z: string;
  readonly x: string;
  /** Row, and what follows it: `9068@2x.png`. */
  readonly last: string;
  /** Of a baseline: it is in the path there. */
  readonly year?: string;
  readonly query: Query;
}

/** Checks, finds or makes, and answers. Throws what the problem table knows. */
export type TileAnswers = (c: AppContext, question: TileQuestion) => Promise<Response>;

/** The question that a path with `:z/:x/:y`, and perhaps `:year`, asks. */
export function askedTile(answers: TileAnswers): Handler {
  return (c) => {
    const year = c.req.param('year');
    return answers(c, {
      z: c.req.param('z') ?? '',
      x: c.req.param('x') ?? '',
      last: c.req.param('y') ?? '',
      ...(year === undefined ? {} : { year }),
      query: (name) => c.req.query(name),
    });
  };
}
