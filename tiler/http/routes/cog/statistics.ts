import { readAsk } from '../../../cog/ask/read-ask.js';
import { sizeAsk } from '../../../cog/ask/size-ask.js';
import { statisticsAsk } from '../../../cog/ask/statistics-ask.js';
import { refuseUnsupported } from '../../../cog/ask/unsupported.js';
import type { CogService } from '../../../cog/cog-service.js';
import type { Handler } from '../../deps.js';
import { json, queryParameter } from '../../parameters.js';
import type { Operation } from '../../route.js';
import { READ_PARAMETERS, SIZE_PARAMETERS, URL_PARAMETER } from './parameters.js';
import { askedOf, askedUrl, respond } from './respond.js';

const list = (type: 'number' | 'integer') => ({ type: 'array', items: { type } });

export const COG_STATISTICS_OPERATION: Operation = {
  summary: 'Statistics of a file',
  description: 'Of each band, over the whole file reduced to max_size (1024 unless asked).',
  tag: 'cog',
  parameters: [
    URL_PARAMETER,
    ...READ_PARAMETERS,
    ...SIZE_PARAMETERS,
    queryParameter('categorical', 'Counts each value in place of ranges.', {
      type: 'boolean',
      default: false,
    }),
    queryParameter('c', 'The values that are counted.', list('number')),
    queryParameter('p', 'Percentiles. Default: 2 and 98.', list('integer'), [2, 98]),
    queryParameter('histogram_bins', 'How many bins, or their edges with commas between.', {
      type: 'string',
      default: '10',
    }),
    queryParameter('histogram_range', 'min,max of the histogram.', { type: 'string' }),
  ],
  answers: json('Statistics by band.'),
};

/** What TiTiler reads where nothing is asked for. */
const DEFAULT_MAX_SIZE = 1024;

/** GET /cog/statistics. */
export function cogStatisticsRoute(cog: CogService): Handler {
  return (c) => {
    const asked = askedOf(c);
    refuseUnsupported(asked);
    return respond(c, cog, {
      url: askedUrl(asked),
      job: {
        kind: 'statistics',
        size: sizeAsk(asked, {}, DEFAULT_MAX_SIZE),
        read: readAsk(asked),
        statistics: statisticsAsk(asked),
      },
    });
  };
}
