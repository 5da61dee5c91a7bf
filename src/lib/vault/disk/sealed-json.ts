/**
 * Values of the vault's own as JSON under the local seal, bytes in them as base64url. Only this device writes them, and
 * what opens was sealed by it; the version says which program wrote them.
 */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';

const VERSION = 1;

export function encodeJson(value: unknown): Bytes {
  return utf8(JSON.stringify({ version: VERSION, value }, bytesToText));
}

/** The value, or null when another version of the program wrote it. */
export function decodeJson<T>(bytes: Bytes): T | null {
  const { version, value } = JSON.parse(fromUtf8(bytes), textToBytes) as { version: unknown; value: T };
  return version === VERSION ? value : null;
}

function bytesToText(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: toBase64url(value) } : value;
}

function textToBytes(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
  return typeof value.$bytes === 'string' ? fromBase64url(value.$bytes) : null;
}
