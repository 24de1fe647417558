/** JSON Schema of {@link AreaStatistics}, for /openapi.json; a test holds real answers against it. */
type Schema = Readonly<Record<string, unknown>>;

const number = (description: string, more: Schema = {}): Schema => ({ type: 'number', description, ...more });
const whole = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const object = (properties: Readonly<Record<string, Schema>>, description?: string): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...(description === undefined ? {} : { description }),
});
const nullable = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });
const texts: Schema = { type: 'array', items: { type: 'string' } };
const share = (of: string): Schema => number(`Of ${of}, 0 to 1.`, { minimum: 0, maximum: 1 });

const AMOUNT = { pixels: whole('Pixels of zoom 14.'), hectares: number('Ground area.', { minimum: 0 }) };
const part = (description: string): Schema =>
  object({ ...AMOUNT, share: share('the whole area') }, description);

const ADJUSTED = object(
  {
    hectares: number('Error-adjusted area.'),
    standardError: number('Hectares.'),
    interval: {
      type: 'array',
      items: { type: 'number' },
      minItems: 2,
      maxItems: 2,
      description: 'Ends of the 95 % interval, hectares.',
    },
    share: share('what has a class'),
  },
  'Olofsson et al. 2014, eqs. 9 to 11.',
);

const MAP_SOURCE = object({
  kind: { const: 'map' },
  layer: { const: 'classes' },
  season: { type: 'string' },
  year: whole('In which the season starts.'),
  model: { type: 'string' },
  version: { type: 'string', description: 'The `v` of tile addresses.' },
  recipe: { type: 'string' },
});
const BASELINE_SOURCE = object({
  kind: { const: 'baseline' },
  baseline: { const: 'dw' },
  year: whole('In which the season starts.'),
  version: { type: 'string' },
});

export const ANSWER_SCHEMA: Schema = object({
  source: { oneOf: [MAP_SOURCE, BASELINE_SOURCE] },
  period: nullable({
    type: 'array',
    items: { type: 'string', format: 'date' },
    minItems: 2,
    maxItems: 2,
    description: 'First and last day of the season.',
  }),
  area: object(
    {
      ...AMOUNT,
      bounds: { type: 'array', items: { type: 'number' }, minItems: 4, maxItems: 4 },
    },
    'All that was asked for.',
  ),
  completeness: object(
    {
      complete: { type: 'boolean', description: 'Nothing is left to compute.' },
      classified: part('With a class.'),
      noData: part('Computed, without a class.'),
      notComputed: part('Not in the archive: in no class.'),
      outsideCoverage: part('Where this server computes nothing.'),
      metatiles: nullable(
        object({
          all: whole('z12 cells.'),
          final: whole('Of the scenes that are known today.'),
          stale: whole('Of other scenes.'),
          empty: whole('Without scenes.'),
          missing: whole('Not in the archive.'),
        }),
      ),
    },
    'The four parts are the whole area.',
  ),
  classes: {
    type: 'array',
    items: object({
      id: whole('As in the tiles.'),
      name: { type: 'string' },
      color: { type: 'string' },
      ...AMOUNT,
      share: share('what has a class'),
      meanConfidence: nullable(number('Percent.', { minimum: 0, maximum: 100 })),
      adjusted: nullable(ADJUSTED),
    }),
  },
  estimate: {
    oneOf: [
      object({ possible: { const: false }, reason: { type: 'string' } }),
      object({
        possible: { const: true },
        method: { type: 'string' },
        level: { const: 0.95 },
        samples: whole('Reference pixels.'),
        simulated: { type: 'boolean' },
        assumptions: texts,
      }),
    ],
  },
  scenes: nullable(
    object({
      digests: texts,
      count: whole('Scenes.'),
      newest: { type: ['string', 'null'], description: 'When the newest was taken.' },
    }),
  ),
  notes: texts,
  attribution: { type: 'string' },
});
