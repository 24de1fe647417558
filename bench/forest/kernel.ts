import type { Forest } from '../../engine/forest/forest.js';
import { compileForest } from '../../engine/forest/runtime/compile-forest.js';
import type { CompiledForest } from '../../engine/forest/runtime/compiled-forest.js';
import { openForest } from '../../engine/forest/runtime/open-forest.js';

/** The forest kernel with a model in it. Throws where the kernel does not take it: here that is a failure. */
export async function openKernel(forest: Forest): ReturnType<typeof openForest> {
  return openForest(compiled(forest));
}

export function compiled(forest: Forest): CompiledForest {
  const made = compileForest(forest);
  if ('unsupported' in made) throw new Error(made.unsupported);
  return made;
}
