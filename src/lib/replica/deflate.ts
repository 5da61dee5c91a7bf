/**
 * Deflate by the platform (RFC 1951, no header, no checksum: what it is used in is authenticated).
 * Guarantees: inflating stops at the announced length, however much the bytes would unpack to.
 */
import { concat, type Bytes } from '#lib/bytes/bytes.ts';

export async function deflate(bytes: Bytes): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of through(bytes, new CompressionStream('deflate-raw'))) chunks.push(chunk);
  return concat(...chunks);
}

/** Exactly `length` bytes; null when they unpack to another length or not at all. */
export async function inflate(bytes: Bytes, length: number): Promise<Bytes | null> {
  const inflated = new Uint8Array(length);
  let offset = 0;
  try {
    for await (const chunk of through(bytes, new DecompressionStream('deflate-raw'))) {
      if (offset + chunk.length > length) return null;
      inflated.set(chunk, offset);
      offset += chunk.length;
    }
  } catch {
    return null;
  }
  return offset === length ? inflated : null;
}

async function* through(bytes: Bytes, stream: GenericTransformStream): AsyncGenerator<Uint8Array> {
  const writer = (stream.writable as WritableStream<Bytes>).getWriter();
  // Failures reach us through the reader; here they only must not go unhandled.
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => {});
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
