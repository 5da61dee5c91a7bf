/** Files packed with gzip, by the browser itself. */
import { type Bytes, concat } from '#lib/bytes/bytes.ts';

export async function pack(bytes: Bytes): Promise<Bytes> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/**
 * Null when it is not packed, or is not of this size unpacked: it is read no further than that, since a few bytes may hold
 * gigabytes.
 */
export async function unpack(bytes: Bytes, size: number): Promise<Bytes | null> {
  const parts: Bytes[] = [];
  let length = 0;
  try {
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
      if (length > size) {
        await reader.cancel();
        return null;
      }
      parts.push(next.value);
    }
  } catch {
    return null;
  }
  return length === size ? concat(...parts) : null;
}
