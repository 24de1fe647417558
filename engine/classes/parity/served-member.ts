import type { BundleMember } from '../bundle.js';
import type { MemberRuntime } from '../member-runtime.js';
import { openMember } from '../open-member.js';
import type { MemberRuns } from './parity-report.js';

export interface ServedMember {
  readonly runtime: MemberRuntime;
  readonly runs: Omit<MemberRuns, 'file'>;
}

/** Opens a member as the classifier does. @param width columns of a row */
export async function openServedMember(member: BundleMember, width: number): Promise<ServedMember> {
  return {
    runtime: await openMember(member, width),
    runs: { runtime: member.compiled === null ? 'onnxruntime-node' : 'forest', why: member.fallback },
  };
}
