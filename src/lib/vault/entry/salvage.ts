/**
 * What stays on the disk when another account's keys, or new keys of the same account, take the place of old ones: frames and
 * chunks are as the relay has them, sealed under keys that the account may get back, so that what only this device had is not
 * lost with its local key. Once the new keys are here, spaces/salvaged.ts takes it in and clears it away.
 *
 *   salvage S held T I      a frame of space S that the relay had, or that waited
 *   salvage S unsent T I    a frame that the relay had not acknowledged
 *   record R blob …         chunks, where they were, of one's own record
 *   record R unchecked B    empty: the relay may lack some of these chunks
 *
 * Everything else that is here opens by nothing any more, and goes.
 */
import type { Change, Key, Storage } from '#lib/storage/storage.ts';
import { uncheckedKey } from '#lib/vault/disk/layout.ts';
import { OWN_RECORD } from '#lib/vault/door/door.ts';

export const SALVAGE: Key = ['salvage'];

const HELD: ReadonlySet<string> = new Set(['frame', 'late', 'parked']);

/** Clears the disk but for what may be of use, which it puts aside: to be written before whatever takes its place. */
export async function salvageChanges(storage: Storage): Promise<Change[]> {
  const changes: Change[] = [{ type: 'deletePrefix', prefix: ['account'] }];
  for (const { key, value } of await storage.list(['space'])) {
    const aside = asideOf(key);
    if (aside) changes.push({ type: 'put', key: aside, value });
  }
  changes.push({ type: 'deletePrefix', prefix: ['space'] });
  const blobs = new Set<string>();
  for (const key of await storage.keys(['record'])) {
    const [, record, kind, blob] = key;
    // By a new device other records are called anew.
    if (record === OWN_RECORD && kind === 'blob' && blob !== undefined) blobs.add(blob);
    else changes.push({ type: 'delete', key });
  }
  for (const blob of blobs)
    changes.push({ type: 'put', key: [...uncheckedKey(OWN_RECORD), blob], value: new Uint8Array(0) });
  return changes;
}

/** @param key as replica/layout.ts has it: topic and frame stand last */
function asideOf(key: Key): Key | null {
  const [, space, kind] = key;
  const [topic, id] = key.slice(-2);
  if (space === undefined || kind === undefined || topic === undefined || id === undefined) return null;
  if (kind === 'outbox' && key.length === 7) return [...SALVAGE, space, 'unsent', topic, id];
  return HELD.has(kind) && key.length === 5 ? [...SALVAGE, space, 'held', topic, id] : null;
}
