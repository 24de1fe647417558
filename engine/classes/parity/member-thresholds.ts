import { isGeoCropError } from '../../errors.js';
import { readOnnxForest } from '../../forest/onnx/read-onnx-forest.js';
import type { BundleMember } from '../bundle.js';
import type { Thresholds } from '../../forest/thresholds.js';
import { thresholdsOf } from '../../forest/thresholds.js';

/** The thresholds of a member's trees; none where it is no tree ensemble that we can read. */
export function memberThresholds({ model, file }: Pick<BundleMember, 'model' | 'file'>): Thresholds {
  try {
    const read = readOnnxForest(model, file);
    return 'unsupported' in read ? [] : thresholdsOf(read.forest);
  } catch (error) {
    // ONNX Runtime has taken the file: that we do not is no reason to refuse it here.
    if (isGeoCropError(error)) return [];
    throw error;
  }
}
