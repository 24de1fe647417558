import { Archive } from './archive.js';
import { DiskObjectStore } from './disk-store.js';

/**
 * For tests only, run as a process of its own: writes metatiles into the folder `argv[2]`, one after the other, and says
 * how many are begun, until it is killed. Each product holds its metatile's number.
 */
const archive = new Archive(await DiskObjectStore.open(process.argv[2] as string));
for (let x = 0; ; x++) {
  process.stdout.write(`${x}\n`);
  const product = { tif: new Uint8Array(400_000).fill(x % 256), auxXml: String(x) };
  await archive.writeMetatile('r', 'summer-2021', { x, y: 0 }, 's', {
    products: new Map(['a', 'b', 'c'].map((name) => [name, product])),
    item: {
      type: 'Feature',
      stac_version: '1.0.0',
      stac_extensions: [],
      id: String(x),
      geometry: { type: 'Polygon', coordinates: [] },
      bbox: [0, 0, 1, 1],
      properties: {},
      links: [],
      assets: {},
    },
  });
}
