import { errorMatrixOf, type ErrorMatrix } from '../../../engine/classes/card-matrix.js';
import type { ClassTally } from '../../../engine/classes/class-tally.js';
import {
  errorAdjustedAreas,
  unknownClass,
  type ErrorAdjusted,
} from '../../../engine/classes/error-adjusted.js';
import type { Bounds } from '../../../engine/geo/tile-matrix.js';
import type {
  AdjustedArea,
  Amount,
  AreaEstimate,
  AreaStatistics,
  ClassStatistics,
  Completeness,
  PartOfArea,
} from './answer.js';
import type { Counted } from './tile-rows.js';

/** What was counted, and what it is of. */
export interface StatisticsInput {
  readonly source: AreaStatistics['source'];
  readonly period: AreaStatistics['period'];
  readonly bounds: Bounds;
  readonly tally: ClassTally;
  readonly notComputed: Counted;
  readonly outside: Counted;
  readonly metatiles: Completeness['metatiles'];
  readonly classes: readonly { readonly id: number; readonly name: string; readonly color: string }[];
  /** The model's card; null: there is no model, and no estimate. */
  readonly card: Readonly<Record<string, unknown>> | null;
  readonly scenes: AreaStatistics['scenes'];
  readonly attribution: string;
}

const METHOD =
  'Stratified estimator, mapped classes as strata: Olofsson et al. 2014, Remote Sensing of Environment 148, 42–57, eqs. 9 to 11';

const ASSUMPTIONS = [
  'The model’s confusion matrix counts reference pixels that were drawn at random from each mapped class. Those of a card are held-out training pixels, drawn by field and by true class: where fields of the sample are easier or harder than this area’s, the estimate is off by more than its interval says.',
  'Reference pixels are independent of each other. Pixels of one field are not, so that the interval is too narrow.',
  'The errors in this area and season are those of the places and seasons of the reference pixels.',
  'The matrix was counted before smoothing; the map that is counted here is smoothed.',
  'Pixels without a class are no part of it.',
];

/** The answer to what was counted: all numbers rounded once, here. */
export function describeStatistics(input: StatisticsInput): AreaStatistics {
  const { tally, notComputed, outside } = input;
  const classified = { pixels: sum(tally.pixels), hectares: sum(tally.hectares) };
  const noData = { pixels: tally.noDataPixels, hectares: tally.noDataHectares };
  const whole = [classified, noData, notComputed, outside].reduce((all, part) => ({
    pixels: all.pixels + part.pixels,
    hectares: all.hectares + part.hectares,
  }));
  const part = (of: Counted): PartOfArea => ({ ...amount(of), share: share(of.hectares, whole.hectares) });
  const { estimate, adjusted } = estimateOf(input);
  const sure = input.classes.filter(
    ({ id }) => adjusted?.[id]?.standardError === 0 && (tally.pixels[id] ?? 0) > 0,
  );
  return {
    source: input.source,
    period: input.period,
    area: { ...amount(whole), bounds: input.bounds },
    completeness: {
      complete: notComputed.pixels === 0,
      classified: part(classified),
      noData: part(noData),
      notComputed: part(notComputed),
      outsideCoverage: part(outside),
      metatiles: input.metatiles,
    },
    classes: input.classes.map(({ id, name, color }): ClassStatistics => {
      const pixels = tally.pixels[id] ?? 0;
      const hectares = tally.hectares[id] ?? 0;
      const sure = tally.sure[id] ?? 0;
      const found = adjusted?.[id];
      return {
        id,
        name,
        color,
        ...amount({ pixels, hectares }),
        share: share(hectares, classified.hectares),
        meanConfidence: sure === 0 ? null : round((tally.confidence[id] ?? 0) / sure, 2),
        adjusted: found === undefined ? null : adjustedArea(found, classified.hectares),
      };
    }),
    estimate,
    scenes: input.scenes,
    notes: notesOf(
      input,
      estimate,
      sure.map(({ name }) => name),
    ),
    attribution: input.attribution,
  };
}

function estimateOf(input: StatisticsInput): {
  readonly estimate: AreaEstimate;
  readonly adjusted: readonly ErrorAdjusted[] | null;
} {
  const not = (reason: string) => ({ estimate: { possible: false, reason } as const, adjusted: null });
  const { card, classes, tally } = input;
  if (card === null) return not('Nothing is known here of the errors of this map.');
  const matrix = errorMatrixOf(
    card,
    classes.map(({ name }) => name),
  );
  if ('reason' in matrix) return not(matrix.reason);
  const mapped = classes.map(({ id }) => tally.hectares[id] ?? 0);
  if (sum(mapped) === 0) return not('No pixel of the area has a class.');
  const unknown = unknownClass(matrix.samples, mapped);
  if (unknown !== null) {
    return not(
      `The card’s confusion matrix has fewer than two reference pixels that were mapped as ${classes[unknown]?.name ?? unknown}, which is on the map here.`,
    );
  }
  return { estimate: possible(matrix, card), adjusted: errorAdjustedAreas(matrix.samples, mapped) };
}

function possible(matrix: ErrorMatrix, card: Readonly<Record<string, unknown>>): AreaEstimate {
  return {
    possible: true,
    method: METHOD,
    level: 0.95,
    samples: matrix.total,
    simulated: card['simulated'] === true,
    assumptions: ASSUMPTIONS,
  };
}

function notesOf(
  { notComputed, outside, metatiles, source }: StatisticsInput,
  estimate: AreaEstimate,
  withoutErrors: readonly string[],
): string[] {
  const stale = metatiles?.stale ?? 0;
  return [
    'Hectares are ground area on the WGS 84 ellipsoid; a pixel counts where its centre lies in the area.',
    ...(notComputed.pixels === 0
      ? []
      : [
          `${hectaresText(notComputed)} ha of the area are not computed yet and count in no class. Ask with wait=25, and again while the answer is 503, to have them computed.`,
        ]),
    ...(outside.pixels === 0
      ? []
      : [`${hectaresText(outside)} ha lie outside the area that this server covers.`]),
    ...(stale === 0
      ? []
      : [
          `${stale} of the metatiles are of other scenes than are known today; they are made anew where somebody looks.`,
        ]),
    ...(estimate.possible
      ? []
      : [
          'Hectares are those of the map: what it gets wrong is not corrected for, and no interval can be given.',
        ]),
    ...(estimate.possible && estimate.simulated
      ? [
          'The model was tested on simulated fields: the adjusted areas and intervals say nothing about real ones.',
        ]
      : []),
    ...(withoutErrors.length === 0
      ? []
      : [
          `No reference pixel speaks of an error of ${withoutErrors.join(', ')}, so that the interval has no width: that is for want of samples, not for want of errors.`,
        ]),
    ...(source.kind === 'baseline' ? ['Dynamic World gives land cover, not crops: 4 is any crop.'] : []),
  ];
}

const hectaresText = ({ hectares }: Counted): string => String(round(hectares, 2));

function adjustedArea({ area, standardError, interval }: ErrorAdjusted, whole: number): AdjustedArea {
  return {
    hectares: round(area, 4),
    standardError: round(standardError, 4),
    interval: [round(interval[0], 4), round(interval[1], 4)],
    share: share(area, whole),
  };
}

const amount = ({ pixels, hectares }: Counted): Amount => ({ pixels, hectares: round(hectares, 4) });
const share = (part: number, whole: number): number => (whole === 0 ? 0 : round(part / whole, 6));
/** A square metre is 0.0001 ha. */
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
