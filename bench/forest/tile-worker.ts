/** A thread with a bundle's classifier: runs its part of a tile whenever it is asked, as the server's workers do. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BundleData } from '../../engine/classes/bundle.js';
import { createClassifier, type ClassifierInput } from '../../engine/classes/classifier.js';

export interface TilePart {
  readonly bundle: BundleData;
  readonly input: ClassifierInput;
}

const { bundle, input } = workerData as TilePart;
const port = parentPort!;
const classifier = await createClassifier(bundle);
port.on('message', () => {
  classifier.run(input).then(
    ({ classes }) => port.postMessage(classes),
    (error: unknown) => {
      throw error;
    },
  );
});
port.postMessage('ready');
