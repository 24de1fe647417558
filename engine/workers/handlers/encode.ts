import { encodeProduct, type EncodedProduct } from '../../encode/products.js';
import type { TaskInput } from '../tasks.js';

export function encode({ name, raster, options }: TaskInput<'encode'>): Promise<EncodedProduct> {
  return encodeProduct(name, raster, options);
}
