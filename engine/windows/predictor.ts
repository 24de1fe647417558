/**
 * Undoing TIFF's predictors in place, row by row. Source: TIFF 6.0 §14 (2) and TIFF Technical Note 3 (3).
 * `stride` is the number of interleaved samples; `data` holds whole rows of `rowLength` samples.
 */
type IntegerArray = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Predictor 2: each sample is kept as its difference to the one on its left, modulo the type. */
export function undoHorizontal(data: IntegerArray, rowLength: number, stride: number): void {
  // One function a type: shared between types the loops would lose their machine code.
  if (data instanceof Uint8Array) undo8(data, rowLength, stride);
  else if (data instanceof Uint16Array) undo16(data, rowLength, stride);
  else if (data instanceof Uint32Array) undo32(data, rowLength, stride);
  else undo64(data, rowLength, stride);
}

function undo8(data: Uint8Array, rowLength: number, stride: number): void {
  for (let row = 0; row < data.length; row += rowLength) {
    const end = row + rowLength;
    if (stride === 1) {
      let sum = 0;
      for (let i = row; i < end; i += 1) {
        sum = (sum + data[i]!) & 0xff;
        data[i] = sum;
      }
    } else {
      for (let i = row + stride; i < end; i += 1) data[i] = data[i]! + data[i - stride]!;
    }
  }
}

function undo16(data: Uint16Array, rowLength: number, stride: number): void {
  for (let row = 0; row < data.length; row += rowLength) {
    const end = row + rowLength;
    if (stride === 1) {
      let sum = 0;
      for (let i = row; i < end; i += 1) {
        sum = (sum + data[i]!) & 0xffff;
        data[i] = sum;
      }
    } else {
      for (let i = row + stride; i < end; i += 1) data[i] = data[i]! + data[i - stride]!;
    }
  }
}

function undo32(data: Uint32Array, rowLength: number, stride: number): void {
  for (let row = 0; row < data.length; row += rowLength) {
    const end = row + rowLength;
    for (let i = row + stride; i < end; i += 1) data[i] = (data[i]! + data[i - stride]!) | 0;
  }
}

function undo64(data: BigUint64Array, rowLength: number, stride: number): void {
  for (let row = 0; row < data.length; row += rowLength) {
    const end = row + rowLength;
    for (let i = row + stride; i < end; i += 1) data[i] = data[i]! + data[i - stride]!;
  }
}

/**
 * Predictor 3: a row's floats are split into planes of bytes, most significant first whatever the file's byte order, and
 * each byte is kept as the difference to the one `stride` before. Gives native little-endian floats.
 */
export function undoFloatingPoint(bytes: Uint8Array, rowLength: number, stride: number, size: number): void {
  const rowBytes = rowLength * size;
  const planes = new Uint8Array(rowBytes);
  for (let row = 0; row < bytes.length; row += rowBytes) {
    for (let i = row + stride; i < row + rowBytes; i += 1) bytes[i] = bytes[i]! + bytes[i - stride]!;
    planes.set(bytes.subarray(row, row + rowBytes));
    for (let plane = 0; plane < size; plane += 1) {
      const from = plane * rowLength;
      let to = row + size - 1 - plane;
      for (let i = 0; i < rowLength; i += 1, to += size) bytes[to] = planes[from + i]!;
    }
  }
}

/** Reverses the bytes of each sample in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}
