import { reduceBlock, type ReducedBlock } from '../../encode/reduce-block.js';
import type { TaskInput } from '../tasks.js';

export function reduce(input: TaskInput<'reduce'>): Promise<ReducedBlock> {
  return reduceBlock(input);
}
