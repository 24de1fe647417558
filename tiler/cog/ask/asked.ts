import { GeoCropError } from '../../../engine/errors.js';

/** Query parameters as FastAPI takes them: of one that is given several times the last counts, unless it is a list. */
export class Asked {
  constructor(private readonly parameters: URLSearchParams) {}

  last(name: string): string | undefined {
    return this.parameters.getAll(name).at(-1);
  }

  all(name: string): readonly string[] {
    return this.parameters.getAll(name);
  }

  has(name: string): boolean {
    return this.parameters.has(name);
  }

  /** undefined where it is not given. */
  get<T>(name: string, parse: (text: string) => T | undefined, expected: string): T | undefined {
    const text = this.last(name);
    return text === undefined ? undefined : this.#parsed(name, text, parse, expected);
  }

  /** undefined where it is not given at all. */
  list<T>(name: string, parse: (text: string) => T | undefined, expected: string): T[] | undefined {
    const texts = this.all(name);
    if (texts.length === 0) return undefined;
    return texts.map((text) => this.#parsed(name, text, parse, expected));
  }

  #parsed<T>(name: string, text: string, parse: (text: string) => T | undefined, expected: string): T {
    const value = parse(text);
    if (value === undefined) throw badParameter(name, text, expected);
    return value;
  }
}

/** Of what is given back to who sent it. */
const MOST_SHOWN = 100;

export function badParameter(name: string, text: string, expected: string): GeoCropError {
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  return new GeoCropError('bad-request', `${name} = "${shown}" is not ${expected}.`, {
    hint: 'Parameters are those of TiTiler; /openapi.json lists them.',
    context: { parameter: name },
  });
}
