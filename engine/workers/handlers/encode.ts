import { encodeProduct, type EncodedProduct } from '../../encode/products.js';
import type { TaskInput } from '../tasks.js';

export function encode({ name, raster, context }: TaskInput<'encode'>): Promise<EncodedProduct> {
  return encodeProduct(name, raster, context);
}
