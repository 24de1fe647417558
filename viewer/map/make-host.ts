import type { CropMap } from '../crop-map.js';
import type { PageLink } from '../page-link.js';
import type { PanelHost } from '../panel-host.js';
import type { DrawingTool } from './drawing-tool.js';
import type { PanelEmitter } from './panel-events.js';

export interface HostParts extends Pick<PanelHost, 'setArea' | 'showMarker' | 'announce'> {
  readonly map: CropMap;
  readonly events: PanelEmitter;
  readonly drawing: DrawingTool;
  readonly link: PageLink;
  readonly maps: () => PanelHost['maps'];
  readonly area: () => PanelHost['area'];
}

/** What panels get: the parts of the page, each by what a panel may do with it. */
export function makeHost(parts: HostParts): PanelHost {
  const { map, events, drawing, link } = parts;
  return {
    get maps() {
      return parts.maps();
    },
    on: (name, listener) => events.on(name, listener),
    showMarker: (place) => parts.showMarker(place),
    uncover: (place) => map.uncover(place),
    fit: (box) => map.fit(box),
    startDrawing: () => drawing.start(),
    finishDrawing: () => drawing.finish(),
    undoCorner: () => drawing.undo(),
    cancelDrawing: () => drawing.cancel(),
    get drawing() {
      return drawing.drawing;
    },
    get area() {
      return parts.area();
    },
    setArea: (area) => parts.setArea(area),
    url: {
      get: (name) => link.other(name),
      set: (name, value) => link.setOther(name, value),
      link: () => link.link(),
    },
    announce: (text) => parts.announce(text),
  };
}
