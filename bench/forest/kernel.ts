import type { Forest } from '../../engine/forest/forest.js';
import { compileForest } from '../../engine/forest/runtime/compile-forest.js';
import { openForest } from '../../engine/forest/runtime/open-forest.js';

/** The forest kernel with a model in it. Throws where the kernel does not take it: here that is a failure. */
export async function openKernel(forest: Forest): ReturnType<typeof openForest> {
  const compiled = compileForest(forest);
  if ('unsupported' in compiled) throw new Error(compiled.unsupported);
  return openForest(compiled);
}
