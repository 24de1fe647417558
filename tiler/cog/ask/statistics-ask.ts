import { badParameter, type Asked } from './asked.js';
import { anyNumber, pair, truth, wholeNumber } from './values.js';

/** What is counted; plain data, as `Post.statistics` takes it. */
export interface StatisticsAsk {
  readonly categorical?: boolean;
  readonly categories?: readonly number[];
  readonly percentiles: readonly number[];
  readonly histogramBins: number | readonly number[];
  readonly histogramRange?: readonly [number, number];
}

const DEFAULT_PERCENTILES = [2, 98];
const DEFAULT_BINS = 10;
/** Each is a number in the answer and a step for each pixel. */
const MOST_BINS = 10_000;
const MOST_VALUES = 1000;

/** `categorical`, `c`, `p`, `histogram_bins`, `histogram_range`. @throws bad-request */
export function statisticsAsk(asked: Asked): StatisticsAsk {
  const categorical = asked.get('categorical', truth, 'true or false');
  const categories = asked.list('c', anyNumber, 'a number');
  const percentiles = asked.list('p', percentile, 'a whole number from 0 to 100') ?? DEFAULT_PERCENTILES;
  const histogramRange = asked.get('histogram_range', pair, 'min,max');
  for (const [name, list] of [['c', categories] as const, ['p', percentiles] as const]) {
    if ((list?.length ?? 0) > MOST_VALUES)
      throw badParameter(name, `${list?.length} values`, `at most ${MOST_VALUES} values`);
  }
  return {
    ...(categorical === undefined ? {} : { categorical }),
    ...(categories === undefined ? {} : { categories }),
    percentiles,
    histogramBins: asked.get('histogram_bins', bins, 'a number of bins, or their edges') ?? DEFAULT_BINS,
    ...(histogramRange === undefined ? {} : { histogramRange }),
  };
}

function percentile(text: string): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && value >= 0 && value <= 100 ? value : undefined;
}

/** One number: so many bins; several: their edges, rising. */
function bins(text: string): number | readonly number[] | undefined {
  if (!/^\d{1,15}(,\d{1,15})*$/.test(text)) return undefined;
  const [first = 0, ...more] = text.split(',').map(Number);
  if (more.length === 0) return first >= 1 && first <= MOST_BINS ? first : undefined;
  const edges = [first, ...more];
  const rising = edges.every((edge, at) => at === 0 || edge >= (edges[at - 1] ?? 0));
  return rising && edges.length <= MOST_BINS + 1 ? edges : undefined;
}
