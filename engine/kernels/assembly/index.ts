// Exports of the module; what each does is documented in ../kernels.ts.
export { indexBlocks } from './index-blocks';
export { sclValid } from './scl-valid';
export { beginDate, sclCandidates } from './candidates';
export { demand } from './demand';
export { sampleBlock } from './sample-block';
export { features } from './features';
export { forestRanks } from './forest/quantise';
export { forestOrder, orderScratchBytes as forestOrderScratch } from './forest/order';
export { forestScores, forestScratch } from './forest/scores';
