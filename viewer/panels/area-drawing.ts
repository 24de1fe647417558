import { h } from '../dom.js';
import type { Drawing, PanelHost } from '../panel-host.js';
import { strings } from '../strings.js';

/** Corners that an area has at least. */
const LEAST_CORNERS = 3;

/** What shows while an area is drawn: how many corners there are, and the ways on. */
export function areaDrawing(host: PanelHost, { corners }: NonNullable<Drawing>): HTMLElement[] {
  const count = corners.length;
  const enough = count >= LEAST_CORNERS;
  const button = (label: string, act: () => void, possible: boolean, primary = false): HTMLElement =>
    h(
      'button',
      { type: 'button', class: `plain small${primary ? ' primary' : ''}`, disabled: !possible, onclick: act },
      label,
    );
  return [
    h('h2', {}, strings.area.draw),
    h('p', { class: 'quiet drawing-help' }, strings.area.drawHelp),
    h(
      'p',
      { class: 'corners' },
      strings.area.corners(count),
      enough ? null : h('small', {}, ` ${strings.area.cornersNeeded(LEAST_CORNERS - count)}`),
    ),
    h(
      'p',
      { class: 'actions' },
      button(strings.area.done, () => host.finishDrawing(), enough, true),
      button(strings.area.undo, () => host.undoCorner(), count > 0),
      button(strings.area.cancel, () => host.cancelDrawing(), true),
    ),
  ];
}
