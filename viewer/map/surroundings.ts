import type { BaseMap, GeoCropInfo } from '../api.js';
import type { CropMap } from '../crop-map.js';
import { byId } from '../dom.js';
import type { Furniture } from '../furniture.js';
import type { LonLat } from '../panel-host.js';
import type { Place } from '../url-state.js';
import { Districts } from './districts.js';

/** What the configuration puts around the map: another map beneath, districts above. Without either nothing is loaded. */
export class Surroundings {
  #follow: ((place: Place) => void) | null = null;
  #districts: Districts | null = null;

  constructor(
    readonly map: CropMap,
    readonly furniture: Furniture,
  ) {}

  get hasBase(): boolean {
    return this.#follow !== null;
  }

  /** What cannot be had is left out: the map is whole without it. */
  async open({ base, districts }: Pick<GeoCropInfo, 'base' | 'districts'>): Promise<void> {
    const opened = await Promise.allSettled([
      base === undefined ? null : this.#openBase(base),
      districts === undefined ? null : this.#openDistricts(districts),
    ]);
    for (const result of opened) if (result.status === 'rejected') console.warn(result.reason);
  }

  follow(place: Place): void {
    this.#follow?.(place);
  }

  /** Empty where no district is known to hold it. */
  districtAt(place: LonLat): string {
    return this.#districts?.nameAt(...place) ?? '';
  }

  async #openBase(base: BaseMap): Promise<void> {
    const { openBaseMap } = await import('./base-map.js');
    const container = byId('base');
    container.hidden = false;
    this.#follow = openBaseMap(container, base, this.map.place);
    this.map.show({ hasBase: true });
    byId('towns').hidden = true;
    this.furniture.setBaseAttribution(base.attribution ?? '');
  }

  async #openDistricts(url: string): Promise<void> {
    this.#districts = await Districts.fetch(url);
    this.map.show({ districts: this.#districts.rings });
  }
}
