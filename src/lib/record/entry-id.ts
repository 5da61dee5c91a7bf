/** Bytes as the id of an entry. */
import type { EntryId } from './entry.ts';

/** The first 16 bytes as 22 characters of base64url, unpadded. */
export function entryIdOfBytes(bytes: Uint8Array): EntryId {
  if (bytes.length < 16) throw new Error('an entry id takes 16 bytes');
  return btoa(String.fromCharCode(...bytes.subarray(0, 16)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
