/** Entry ids and the names of resources: 16 bytes either way, so that an export of ours comes back under the same ids. */
import type { EntryId } from '#lib/record/entry.ts';
import { entryIdOfBytes } from '#lib/record/entry-id.ts';

const UUID = /^urn:uuid:([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;

export function uuidOf(id: EntryId): string {
  const bytes = atob(id.replaceAll('-', '+').replaceAll('_', '/'));
  const hex = [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function urnOf(id: EntryId): string {
  return `urn:uuid:${uuidOf(id)}`;
}

/** The entry id that a name stands for, if it is a UUID. */
export function entryIdOf(url: string): EntryId | undefined {
  const hex = UUID.exec(url)?.slice(1).join('');
  return hex === undefined
    ? undefined
    : entryIdOfBytes(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
}

/** Another UUID that follows from one: `n` is added to its last twelve digits. */
export function following(uuid: string, n: number): string {
  const last = (parseInt(uuid.slice(-12), 16) + n) % 2 ** 48;
  return uuid.slice(0, -12) + last.toString(16).padStart(12, '0');
}
