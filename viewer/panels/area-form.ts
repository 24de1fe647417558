import type { Polygon } from 'geojson';
import { h } from '../dom.js';
import type { LonLat } from '../panel-host.js';
import { strings } from '../strings.js';
import { circle } from './circle.js';

export interface AreaFormEvents {
  readonly onDraw: () => void;
  readonly onFile: (file: File) => void;
  readonly onArea: (area: Polygon) => void;
  /** The place in the middle of the map. */
  readonly middle: () => LonLat | null;
}

const MOST_RADIUS = 50_000;
const START_RADIUS = 500;
const DECIMALS = 6;

/** The ways to say which area: drawing, a file, a circle, corners. Everything but drawing works without seeing the map. */
export function areaForm(events: AreaFormEvents): HTMLElement {
  const file = h('input', {
    type: 'file',
    id: 'area-file',
    class: 'unseen',
    accept: '.geojson,.json,.kml,application/geo+json,application/json,application/vnd.google-earth.kml+xml',
  });
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen !== undefined) events.onFile(chosen);
    file.value = '';
  });
  return h(
    'div',
    { class: 'area-form' },
    h('h2', {}, strings.area.title),
    h('p', { class: 'quiet' }, strings.area.intro),
    h(
      'button',
      { type: 'button', class: 'plain primary', id: 'area-draw', onclick: events.onDraw },
      strings.area.draw,
    ),
    h('label', { class: 'plain file' }, file, strings.area.file),
    h('p', { class: 'quiet help' }, strings.area.fileHelp),
    circleForm(events),
    listForm(events),
  );
}

function circleForm({ onArea, middle }: AreaFormEvents): HTMLElement {
  const lat = number('area-lat', strings.area.latitude, -85, 85);
  const lon = number('area-lon', strings.area.longitude, -180, 180);
  const radius = number('area-radius', strings.area.radius, 1, MOST_RADIUS);
  radius.input.value = String(START_RADIUS);
  const useMiddle = (): void => {
    const place = middle();
    if (place === null) return;
    lon.input.value = place[0].toFixed(DECIMALS);
    lat.input.value = place[1].toFixed(DECIMALS);
  };
  const { form, complain } = formOf(
    'area-circle',
    [
      h('div', { class: 'fields' }, lat.label, lon.label, radius.label),
      h('button', { type: 'button', class: 'plain small', onclick: useMiddle }, strings.area.middle),
      h('button', { type: 'submit', class: 'plain small' }, strings.area.measureCircle),
    ],
    () => {
      const wrong = [lat, lon, radius].find((field) => field.value() === null);
      if (wrong !== undefined) {
        complain(strings.area.notANumber(wrong.name, wrong.low, wrong.high), wrong.input);
        return;
      }
      onArea(circle([lon.value() ?? 0, lat.value() ?? 0], radius.value() ?? 0));
    },
  );
  return h('details', {}, h('summary', {}, strings.area.circle), form);
}

function listForm({ onArea }: AreaFormEvents): HTMLElement {
  const list = h('textarea', {
    id: 'area-list',
    rows: 4,
    placeholder: strings.area.listExample,
    spellcheck: 'false',
  });
  const { form, complain } = formOf(
    'area-corners',
    [
      h('label', { for: 'area-list' }, strings.area.listLabel),
      list,
      h('button', { type: 'submit', class: 'plain small' }, strings.area.measureList),
    ],
    () => {
      const found = cornersOf(list.value);
      if ('line' in found) complain(strings.area.badLine(found.line), list);
      else if (found.corners.length < 3) complain(strings.area.fewCorners, list);
      else onArea({ type: 'Polygon', coordinates: [closed(found.corners)] });
    },
  );
  return h('details', {}, h('summary', {}, strings.area.list), form);
}

/** Latitude and longitude a line, as maps and phones write them; or the number of the first line that is none. */
export function cornersOf(text: string): { corners: [lon: number, lat: number][] } | { line: number } {
  const corners: [number, number][] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [lat, lon, more] = line
      .trim()
      .split(/[\s,;]+/)
      .map(Number);
    const right = lat !== undefined && lon !== undefined && more === undefined;
    if (!right || !(Math.abs(lat) <= 85) || !(Math.abs(lon) <= 180)) return { line: at + 1 };
    corners.push([lon, lat]);
  }
  return { corners };
}

const closed = (corners: readonly [number, number][]): number[][] => [...corners, ...corners.slice(0, 1)];

function formOf(
  id: string,
  content: readonly HTMLElement[],
  submit: () => void,
): { form: HTMLElement; complain: (text: string, at: HTMLElement) => void } {
  const wrong = h('p', { class: 'wrong', role: 'alert', id: `${id}-wrong` });
  const form = h('form', { id, novalidate: true }, ...content, wrong);
  const clear = (): void => {
    wrong.textContent = '';
    for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clear();
    submit();
  });
  return {
    form,
    complain: (text, at) => {
      wrong.textContent = text;
      at.setAttribute('aria-invalid', 'true');
      at.setAttribute('aria-describedby', wrong.id);
      at.focus();
    },
  };
}

interface NumberField {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly label: HTMLElement;
  readonly input: HTMLInputElement;
  /** null where it is none, or out of range. */
  value(): number | null;
}

function number(id: string, name: string, low: number, high: number): NumberField {
  const input = h('input', { id, type: 'text', inputmode: 'decimal', autocomplete: 'off' });
  return {
    name,
    low,
    high,
    input,
    label: h('label', { for: id }, h('span', {}, name), input),
    value: () => {
      const text = input.value
        .trim()
        .replace('−', '-')
        .replace(/^(-?\d+),(\d+)$/, '$1.$2');
      const value = Number(text);
      return text === '' || !(value >= low && value <= high) ? null : value;
    },
  };
}
