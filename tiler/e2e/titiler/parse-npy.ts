/** An array out of an .npy file: bands first. */
export interface NpyArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

const READERS: Readonly<
  Record<string, readonly [bytes: number, read: (view: DataView, at: number) => number]>
> = {
  '|u1': [1, (view, at) => view.getUint8(at)],
  '|i1': [1, (view, at) => view.getInt8(at)],
  '<u2': [2, (view, at) => view.getUint16(at, true)],
  '<i2': [2, (view, at) => view.getInt16(at, true)],
  '<u4': [4, (view, at) => view.getUint32(at, true)],
  '<i4': [4, (view, at) => view.getInt32(at, true)],
  '<f4': [4, (view, at) => view.getFloat32(at, true)],
  '<f8': [8, (view, at) => view.getFloat64(at, true)],
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
  const reader = READERS[dtype];
  if (reader === undefined || head.includes("'fortran_order': True")) throw new Error(`unread .npy: ${head}`);
  const [size, read] = reader;
  const count = shape.reduce((product, side) => product * side, 1);
  if (start + length + count * size !== bytes.byteLength) throw new Error(`.npy of another length: ${head}`);
  return {
    dtype,
    shape,
    values: Float64Array.from({ length: count }, (_, at) => read(view, start + length + at * size)),
  };
}
