/** An array out of an .npy file: bands first. */
export interface NpyArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Values;
}

type Values =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

const TYPES: Readonly<Record<string, { readonly BYTES_PER_ELEMENT: number; new (b: ArrayBuffer): Values }>> =
  {
    '|u1': Uint8Array,
    '|i1': Int8Array,
    '<u2': Uint16Array,
    '<i2': Int16Array,
    '<u4': Uint32Array,
    '<i4': Int32Array,
    '<f4': Float32Array,
    '<f8': Float64Array,
  };

/** NumPy's format, version 1 to 3, C order. */
export function parseNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x934e554d) throw new Error('not an .npy file');
  const wide = view.getUint8(6) > 1;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const head = Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
  const dtype = /'descr': '([^']+)'/.exec(head)?.[1] ?? '';
  const shape = (/'shape': \(([^)]*)\)/.exec(head)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const type = TYPES[dtype];
  if (type === undefined || head.includes("'fortran_order': True")) throw new Error(`unread .npy: ${head}`);
  const count = shape.reduce((product, side) => product * side, 1);
  if (start + length + count * type.BYTES_PER_ELEMENT !== bytes.byteLength)
    throw new Error(`.npy of another length: ${head}`);
  // Their bytes are this machine's, little-endian; a copy begins where their type may.
  return { dtype, shape, values: new type(new Uint8Array(bytes.subarray(start + length)).buffer) };
}
