/** A new entry's id: 16 random bytes as base64url, which says nothing about the entry. */
import type { EntryId } from '#lib/record/entry.ts';

export function newEntryId(): EntryId {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
