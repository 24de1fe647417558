import { h } from './dom.js';
import { strings } from './strings.js';
import { sentenceCase } from './words.js';

const percent = (value: unknown): string | null =>
  typeof value === 'number' && value >= 0 && value <= 1
    ? strings.format.percent((value * 100).toFixed(value > 0.995 ? 1 : 0))
    : null;

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** What the bundle's card says of the model, for people: cards differ, so what is not there or not understood is left out. */
export function modelCard(model: string, card: Readonly<Record<string, unknown>>): HTMLElement | null {
  const accuracy = percent(card['accuracy']);
  const heldOut = record(card['fields'])['heldOut'];
  const trainedOn = card['trainedOn'];
  const perClass = Object.entries(record(card['perClass'])).flatMap(([name, scores]) => {
    const [precision, recall] = [percent(record(scores)['precision']), percent(record(scores)['recall'])];
    return precision === null || recall === null ? [] : [{ name, precision, recall }];
  });
  if (accuracy === null && typeof trainedOn !== 'string' && perClass.length === 0) return null;
  return h(
    'details',
    { id: 'model-card' },
    h('summary', {}, strings.model.about(model)),
    typeof trainedOn === 'string'
      ? h('p', { class: 'quiet' }, strings.model.trainedOn(trainedOn.replaceAll('`', '')))
      : null,
    accuracy === null
      ? null
      : h(
          'p',
          {},
          h('strong', {}, accuracy),
          typeof heldOut === 'number' ? strings.model.rightOnFields(heldOut) : strings.model.right,
        ),
    perClass.length === 0
      ? null
      : h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, strings.model.class),
              h('th', { scope: 'col', title: strings.model.precisionHelp }, strings.model.precision),
              h('th', { scope: 'col', title: strings.model.recallHelp }, strings.model.recall),
            ),
          ),
          h(
            'tbody',
            {},
            ...perClass.map(({ name, precision, recall }) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, sentenceCase(name)),
                h('td', {}, precision),
                h('td', {}, recall),
              ),
            ),
          ),
        ),
  );
}
