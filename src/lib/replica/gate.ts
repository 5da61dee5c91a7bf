/**
 * The gate: the last look at an update before it is taken in. Its author is authenticated and may write; the gate sees to
 * it that the update does no more than go on with its author's own lane, as that author's own edit would have.
 *
 * Content is good iff
 *   1. it is an update in its one spelling (update.ts): small, plain values under keys, one client, no deletions,
 *   2. its client and clocks are the next ones of the lane, and every value stands under a key that the lane has not set
 *      yet, or right after the lane's own last value of it; no key twice (lane.ts),
 *   3. what is written once is written once: of an entry of an immutable section a frame sets all fields with the date of
 *      creation, their hash is the id (record/immutable.ts), and the lane never sets any of them again. When it was changed
 *      or deleted is for anybody to say.
 * Else it is void, and takes its place in the lane as a frame that sets nothing.
 *
 * Yjs never has to hold anything back, no item of another client is ever named, and nothing is ever deleted: a hostile
 * member can add to its own lane and do nothing else (C06, C07). The answer depends on the update and on the lane before
 * it alone, so that no two replicas disagree.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { EntryId, FieldValue, SectionId } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import type { SectionDefinition } from '#lib/record/section.ts';
import { sectionDefinition } from '#lib/record/sections.ts';
import { ENTRY_LENGTH } from './document/format.ts';
import type { Lane, Setting } from './lane.ts';

export { MAX_UPDATE } from './update.ts';

export type Schema = (section: SectionId) => SectionDefinition | undefined;

/** When an entry was created, changed last, and deleted: kept beside its fields. */
export const CREATED = '@created';
export const UPDATED = '@updated';
export const DELETED = '@deleted';

/** What a frame says, against its author's lane as it was before. */
export function inspect(update: Bytes, lane: Lane, schema: Schema = sectionDefinition): 'good' | 'void' {
  const settings = lane.settle(update);
  return settings && keepsWhatIsWrittenOnce(settings, schema) ? 'good' : 'void';
}

function keepsWhatIsWrittenOnce(settings: readonly Setting[], schema: Schema): boolean {
  const written = new Map<SectionId, Map<EntryId, Map<string, FieldValue>>>();
  for (const { section, key, content, isFirst } of settings) {
    const name = key.slice(ENTRY_LENGTH + 1);
    if (!schema(section)?.immutable || name === UPDATED || name === DELETED) continue;
    if (!isFirst) return false;
    const entries = written.get(section) ?? new Map<EntryId, Map<string, FieldValue>>();
    written.set(section, entries);
    const id = key.slice(0, ENTRY_LENGTH);
    entries.set(id, (entries.get(id) ?? new Map<string, FieldValue>()).set(name, content[0]));
  }
  for (const [section, entries] of written)
    for (const [id, fields] of entries)
      if (!fields.delete(CREATED) || immutableId(section, fields, sha256) !== id) return false;
  return true;
}
