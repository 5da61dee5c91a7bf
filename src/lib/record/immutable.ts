/**
 * The id of what is written once: a hash of the section and of what the entry says. Nobody can put other words under it,
 * and the same said twice is said once.
 *
 *   id         first 16 bytes of SHA-256("carnet/entry/v1" | section | fields)
 *   fields     JSON {field: value, …} of those that are not empty, names ascending by UTF-16 unit
 */
import { entryIdOfBytes } from './entry-id.ts';
import type { EntryId, FieldValue, SectionId } from './entry.ts';
import type { Fields } from './section.ts';

/** SHA-256. */
export type Hash = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

export function immutableId(
  section: SectionId,
  fields: Fields | ReadonlyMap<string, FieldValue>,
  hash: Hash,
): EntryId {
  return entryIdOfBytes(hash(immutableBytes(section, fields)));
}

/** What is hashed; for where hashing takes waiting. */
export function immutableBytes(
  section: SectionId,
  fields: Fields | ReadonlyMap<string, FieldValue>,
): Uint8Array<ArrayBuffer> {
  const said = (fields instanceof Map ? [...fields] : Object.entries(fields)) as [string, FieldValue][];
  const written = said
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(wellFormed(value))}`);
  return new TextEncoder().encode(`carnet/entry/v1${section}{${written.join()}}`);
}

/** As a text comes back from UTF-8, in which half of a character cannot be said. */
function wellFormed(value: FieldValue): FieldValue {
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'object' && value !== null ? value.map((item) => item.toWellFormed()) : value;
}
