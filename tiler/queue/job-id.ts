/**
 * BullMQ takes no `:` and no integer as a job's id. Letters, digits, `-`, `_`, `.` and `/` stay, all else is `~` and two hexadecimal
 * digits; so no two keys share an id, and the key can be read out of it.
 */
export function jobIdOf(key: string): string {
  const escaped = key.replace(/[^A-Za-z0-9._/-]/g, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20 || code > 0x7e) throw new RangeError(`a key of work is printable ASCII: ${key}`);
    return `~${code.toString(16)}`;
  });
  return `w-${escaped}`;
}

export function keyOfJob(id: string): string {
  return id.slice(2).replace(/~([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
