/** A new entry's id: 16 random bytes, which say nothing about the entry. */
import type { EntryId } from '#lib/record/entry.ts';
import { entryIdOfBytes } from '#lib/record/entry-id.ts';

export function newEntryId(): EntryId {
  return entryIdOfBytes(crypto.getRandomValues(new Uint8Array(16)));
}
