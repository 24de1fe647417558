import { PROBLEMS, type HttpErrorCode, type ProblemKind } from '../http/problem.js';
import type { Operation, Parameter, Route, Schema } from '../http/route.js';
import { pathTemplates } from './path-template.js';

type Json = Readonly<Record<string, unknown>>;

export interface DocumentOptions {
  readonly version: string;
  /** Where clients reach this server, without a slash at the end. */
  readonly serverUrl: string;
  readonly attribution: string;
}

const TAGS: Readonly<Record<Operation['tag'], string>> = {
  tiles: 'Maps as XYZ tiles, computed where people look',
  map: 'What there is to see, and what it means',
  areas: 'Numbers and files of areas',
  cog: 'Cloud Optimized GeoTIFFs in allowed buckets, by TiTiler’s paths',
  baselines: 'Dynamic World',
  standards: 'For clients of standards',
  server: 'For operators',
};

/** Nobody reads the first; the second is the answer to what is no operation. */
const NOT_OF_OPERATIONS: readonly HttpErrorCode[] = ['aborted', 'method-not-allowed'];

/** OpenAPI 3.1 of a route table: what each route says about itself, and the problems that all share. */
export function openApiDocument(routes: readonly Route[], options: DocumentOptions): Json {
  const problems = problemsByStatus();
  const paths: Record<string, Record<string, unknown>> = {};
  const used = new Set<Operation['tag']>();
  for (const { method, path, operation } of routes) {
    if (operation === null) continue;
    used.add(operation.tag);
    for (const { path: template, names } of pathTemplates(path)) {
      paths[template] = {
        ...paths[template],
        [method]: describeOperation(method, template, names, operation, problems),
      };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'GeoCrop',
      version: options.version,
      summary: 'Crop maps, computed where people look',
      description: `Every GET answers HEAD too. Errors are problems (RFC 9457) with a stable \`code\`. Credits to show with every map: ${options.attribution}.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: options.serverUrl }],
    tags: [...used].map((name) => ({ name, description: TAGS[name] })),
    paths,
    components: {
      schemas: { Problem: problemSchema() },
      responses: Object.fromEntries(
        [...problems].map(([status, kinds]) => [`Problem${status}`, problemResponse(kinds)]),
      ),
    },
  };
}

function describeOperation(
  method: string,
  path: string,
  names: readonly string[],
  operation: Operation,
  problems: ReadonlyMap<number, readonly Named[]>,
): Json {
  const { summary, description, tag, requestBody, answers, errorContent } = operation;
  const parameters = [
    ...(operation.parameters ?? []).filter(
      (parameter) => parameter.in !== 'path' || names.includes(parameter.name),
    ),
    // What a route does not tell of is in its path all the same.
    ...names
      .filter((name) => !operation.parameters?.some((known) => known.in === 'path' && known.name === name))
      .map((name): Parameter => ({ name, in: 'path', description: name, schema: { type: 'string' } })),
  ];
  return {
    operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}`,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(describeParameter) }),
    ...(requestBody === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            description: requestBody.description,
            content: contentOf(requestBody.content),
          },
        }),
    responses: {
      ...Object.fromEntries(
        [...problems]
          .filter(([status]) => status !== 413 || requestBody !== undefined)
          .map(([status, kinds]) => [
            status,
            errorContent === undefined
              ? { $ref: `#/components/responses/Problem${status}` }
              : problemResponse(kinds, contentOf(errorContent)),
          ]),
      ),
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description: told, content }]) => [
          status,
          { description: told, ...(content === undefined ? {} : { content: contentOf(content) }) },
        ]),
      ),
    },
  };
}

function describeParameter({ name, in: place, description, schema, required, example }: Parameter): Json {
  return {
    name,
    in: place,
    description,
    // OpenAPI 3.1, 4.8.12.2: what is in a path is always required.
    ...(place === 'path' || required === true ? { required: true } : {}),
    schema,
    ...(example === undefined ? {} : { example }),
  };
}

const contentOf = (content: Readonly<Record<string, Schema>>): Json =>
  Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }]));

interface Named extends ProblemKind {
  readonly code: string;
}

function problemsByStatus(): ReadonlyMap<number, readonly Named[]> {
  const found = new Map<number, Named[]>();
  for (const [code, kind] of Object.entries(PROBLEMS)) {
    if (NOT_OF_OPERATIONS.includes(code as HttpErrorCode)) continue;
    found.set(kind.status, [...(found.get(kind.status) ?? []), { code, ...kind }]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

const PROBLEM: Json = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

function problemResponse(kinds: readonly Named[], content = PROBLEM): Json {
  const retries = kinds.some(({ retryAfter }) => retryAfter !== null);
  return {
    description: kinds.map(({ code, title }) => `\`${code}\`: ${title}.`).join(' '),
    ...(retries
      ? {
          headers: {
            'Retry-After': {
              description: 'Seconds after which the same request may well work.',
              schema: { type: 'integer', minimum: 1 },
            },
          },
        }
      : {}),
    content,
  };
}

function problemSchema(): Schema {
  return {
    type: 'object',
    description: 'What went wrong (RFC 9457).',
    required: ['type', 'code', 'title', 'status', 'detail', 'instance'],
    properties: {
      type: { type: 'string', format: 'uri' },
      code: { type: 'string', enum: Object.keys(PROBLEMS) },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What was wrong with this request.' },
      hint: { type: 'string', description: 'What to do about it.' },
      instance: { type: 'string', description: 'Names the occurrence: the server’s log has it too.' },
      context: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } },
    },
  };
}
