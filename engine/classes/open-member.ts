import { openForest } from '../forest/runtime/open-forest.js';
import type { BundleMember } from './bundle.js';
import type { MemberRuntime } from './member-runtime.js';

/** Opens a member in this thread: on the forest kernel where its trees are compiled, else on ONNX Runtime. */
export async function openMember(member: BundleMember, width: number): Promise<MemberRuntime> {
  if (member.compiled === null) {
    // Loaded only where it is needed: its native library takes tens of megabytes.
    const { createOnnxRuntime } = await import('./onnx-runtime.js');
    return createOnnxRuntime(member, width);
  }
  const forest = await openForest(member.compiled);
  return {
    run: async ({ columns, count }) => forest.probabilities(columns, count),
    close: async () => {},
  };
}
