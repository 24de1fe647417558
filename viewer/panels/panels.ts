import { unreachable } from '../api.js';
import { byId, h, s } from '../dom.js';
import type { LonLat, PanelHost } from '../panel-host.js';
import { strings } from '../strings.js';
import { sayProblem } from '../toasts.js';

const DECIMALS = 6;
const AREA_ICON = 'M3 4.5 9.5 2.5 13.5 8 10 13.5 2.5 12z';
const SHARE_ICON = 'M8 10V2.5M5 5l3-3 3 3M3.5 8.5v5h9v-5';

/** Opens all panels beside the map, once the first layer shows: by buttons, clicks, dropped files, links. What the panels are made of is fetched when one is first wanted. @param placed whether the link names a place: the map stays there */
export function openPanels(host: PanelHost, placed: boolean): void {
  const point = onDemand(async () => {
    const { PointPanel } = await import('./point-panel.js');
    return new PointPanel(host, (place) =>
      host.url.set(
        'point',
        place === null ? null : `${place[1].toFixed(DECIMALS)},${place[0].toFixed(DECIMALS)}`,
      ),
    );
  });
  const area = onDemand(async () => {
    const { AreaPanel } = await import('./area-panel.js');
    return new AreaPanel(host);
  });
  const share = onDemand(async () => {
    const { SharePanel } = await import('./share-panel.js');
    return new SharePanel(host);
  });

  byId('tools').prepend(
    tool('open-area', strings.area.openShort, strings.area.open, AREA_ICON, () =>
      area((panel) => panel.open()),
    ),
    tool('open-share', strings.share.openShort, strings.share.open, SHARE_ICON, () =>
      share((panel) => panel.open()),
    ),
  );
  host.on('click', ({ place, map }) => {
    const shown = map ?? host.maps[0];
    if (shown !== undefined) point((panel) => void panel.show(place, shown));
  });
  takeFiles((file) => area((panel) => void panel.openFile(file)));

  const [place, word, [map]] = [placeOf(host.url.get('point')), host.url.get('area'), host.maps];
  if (word !== null) {
    area(async (panel) => {
      const { areaOfWord } = await import('./area-link.js');
      const found = areaOfWord(word);
      if (found !== null) panel.restore(found, { open: place === null, fit: !placed });
    });
  }
  if (place !== null && map !== undefined) point((panel) => void panel.show(place, map, false));
}

/** Runs with the panel once it is here; a failed fetch is said, and tried again the next time. */
function onDemand<T>(make: () => Promise<T>): (use: (panel: T) => void | Promise<void>) => void {
  let made: Promise<T> | null = null;
  return (use) => {
    made ??= make();
    made.then(use).catch((error: unknown) => {
      made = null;
      console.error(error);
      sayProblem(unreachable().problem);
    });
  };
}

function tool(id: string, name: string, label: string, path: string, open: () => void): HTMLElement {
  return h(
    'button',
    { type: 'button', id, class: 'card named', 'aria-label': label, title: label, onclick: open },
    s('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: path })),
    h('span', { 'aria-hidden': 'true' }, name),
  );
}

/** `lat,lon`; null for what is none. */
function placeOf(text: string | null): LonLat | null {
  const [, lat, lon] = /^(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  return lat === undefined || lon === undefined ? null : [Number(lon), Number(lat)];
}

/** Files may be dropped anywhere on the page. */
function takeFiles(take: (file: File) => void): void {
  const target = h(
    'div',
    { id: 'drop', hidden: true, 'aria-hidden': 'true' },
    h('span', {}, strings.area.dropHere),
  );
  document.body.append(target);
  let inside = 0;
  const show = (change: number): void => {
    inside = Math.max(0, inside + change);
    target.hidden = inside === 0;
  };
  const holdsFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  addEventListener('dragenter', (event) => holdsFile(event) && show(1));
  addEventListener('dragleave', (event) => holdsFile(event) && show(-1));
  addEventListener('dragover', (event) => {
    if (holdsFile(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    show(-inside);
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) take(file);
  });
}
