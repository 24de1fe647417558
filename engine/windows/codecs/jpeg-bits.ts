/** Codes looked up at once; longer ones are looked for bit by bit. */
const LOOK_AHEAD = 9;
const LONGEST_CODE = 16;

/** A Huffman table of a DHT segment. Source: ITU-T T.81, annexes C and F.2.2.3. */
export class HuffmanTable {
  /** By the next LOOK_AHEAD bits: length · 256 + symbol; 0 where the code is longer. */
  readonly lookup = new Uint16Array(1 << LOOK_AHEAD);
  /** By length: the largest code of it (−1: none), and where its symbols begin, less the smallest code. */
  readonly largest = new Int32Array(LONGEST_CODE + 2).fill(-1);
  readonly shift = new Int32Array(LONGEST_CODE + 1);

  constructor(
    counts: Uint8Array,
    readonly symbols: Uint8Array,
  ) {
    let code = 0;
    let next = 0;
    for (let length = 1; length <= LONGEST_CODE; length += 1) {
      const count = counts[length - 1]!;
      if (code + count > 1 << length) throw new Error('its Huffman table has too many codes');
      this.shift[length] = next - code;
      for (let i = 0; i < count; i += 1, code += 1, next += 1) {
        if (length > LOOK_AHEAD) continue;
        const first = code << (LOOK_AHEAD - length);
        const entry = length * 256 + symbols[next]!;
        this.lookup.fill(entry, first, first + (1 << (LOOK_AHEAD - length)));
      }
      if (count > 0) this.largest[length] = code - 1;
      code <<= 1;
    }
  }
}

/** Zero bits that may be read beyond the end of a scan: what is looked ahead is not always there. */
const MOST_MISSING_BYTES = 8;

/** The bits of a scan's coded data, most significant first, stuffed zeros left out. */
export class JpegBits {
  private held = 0;
  private count = 0;
  private missing = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** The next symbol. */
  symbol(table: HuffmanTable): number {
    if (this.count < LONGEST_CODE) this.fill();
    const entry = table.lookup[(this.held >>> (this.count - LOOK_AHEAD)) & ((1 << LOOK_AHEAD) - 1)]!;
    if (entry !== 0) {
      this.count -= entry >> 8;
      return entry & 0xff;
    }
    for (let length = LOOK_AHEAD + 1; length <= LONGEST_CODE; length += 1) {
      const code = (this.held >>> (this.count - length)) & ((1 << length) - 1);
      if (code <= table.largest[length]!) {
        this.count -= length;
        return table.symbols[code + table.shift[length]!]!;
      }
    }
    throw new Error('its JPEG has a code that is not in its table');
  }

  /** A number of so many bits, sign included (T.81, figure F.12). @param bits 1 to 15 */
  signed(bits: number): number {
    if (this.count < bits) this.fill();
    this.count -= bits;
    const value = (this.held >>> this.count) & ((1 << bits) - 1);
    return value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
  }

  /** Goes to the restart marker that must be next, and over it. */
  restart(): void {
    this.count = 0;
    this.missing = 0;
    const marker = this.bytes[this.at + 1] ?? 0;
    if (this.bytes[this.at] !== 0xff || marker < 0xd0 || marker > 0xd7) {
      throw new Error('its JPEG lacks a restart marker');
    }
    this.at += 2;
  }

  private fill(): void {
    while (this.count <= 24) {
      let byte = this.bytes[this.at] ?? 0;
      if (byte === 0xff && this.bytes[this.at + 1] === 0) {
        this.at += 2;
      } else if (byte === 0xff || this.at >= this.bytes.length) {
        // A marker, or the end: nothing more belongs to this scan.
        byte = 0;
        this.missing += 1;
        if (this.missing > MOST_MISSING_BYTES) throw new Error('its JPEG ends too early');
      } else {
        this.at += 1;
      }
      this.held = (this.held << 8) | byte;
      this.count += 8;
    }
  }
}
