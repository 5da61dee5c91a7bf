/**
 * Where the vault keeps what in storage, besides the spaces (replica/ has their keys). Each sealed value is bound to its key.
 *
 *   account/slot, …/slot-2    the password slot, twice: the local key, wrapped. Not sealed under the local key, as passkeys are not
 *   account/passkey/<id>      a passkey: what it is asked for by, in the clear, and its slot (keys/passkey.ts)
 *   account/passkey-name/<id> sealed  what the person calls it, and since when it is there
 *   account/identity, …/…-2   sealed  who we are here, twice: device secrets, space names, own name (identity.ts)
 *   account/identifiant       sealed  what the password is asked together with, for the person to read again
 *   account/shown-name        the person's first name, in the clear: only where they wish it shown before anything is open
 *   account/root              sealed  the root secret, until the kit is confirmed; then gone
 *   account/old-kit/<id>      sealed  the root of a kit that was replaced, until the relay has erased what it opened
 *   account/notices           sealed  what the person was warned of
 *   account/records           sealed  which records there are, by the random ids that addresses show (records.ts)
 *   record/<id>/view          sealed  the read model: the first screen after unlock
 *   record/<id>/guardians     sealed  who else holds it, and their devices, as they were last looked at (warnings.ts)
 *   record/<id>/search        sealed  the index of the search (search.ts)
 *   record/<id>/blob/<id>/<index>     a chunk of a document, sealed as it travels
 *   record/<id>/upload/<id>   sealed  a document whose chunks are not all at the relay yet
 *   record/<id>/unchecked/<id>        empty: its chunks are of a time whose keys are gone; the relay may lack them (salvage.ts)
 *   record/<id>/purge/<id>    sealed  a deleted document whose chunks the relay still has
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import { ordinal, type Change, type Key, type Storage } from '#lib/storage/storage.ts';
import type { RecordId } from '#lib/vault/door/door.ts';

export const KEYS = {
  slot: [
    ['account', 'slot'],
    ['account', 'slot-2'],
  ],
  identity: [
    ['account', 'identity'],
    ['account', 'identity-2'],
  ],
  identifiant: ['account', 'identifiant'],
  shownName: ['account', 'shown-name'],
  root: ['account', 'root'],
  notices: ['account', 'notices'],
  records: ['account', 'records'],
} as const satisfies Record<string, Key | readonly Key[]>;

export const OLD_KITS: Key = ['account', 'old-kit'];
export const oldKitKey = (id: string): Key => [...OLD_KITS, id];

export const PASSKEYS: Key = ['account', 'passkey'];
export const passkeyKey = (id: string): Key => [...PASSKEYS, id];
export const passkeyNameKey = (id: string): Key => ['account', 'passkey-name', id];

const recordKey = (record: RecordId, ...rest: readonly string[]): Key => ['record', record, ...rest];

export const viewKey = (record: RecordId): Key => recordKey(record, 'view');
export const guardiansKey = (record: RecordId): Key => recordKey(record, 'guardians');
export const searchKey = (record: RecordId): Key => recordKey(record, 'search');
export const blobsKey = (record: RecordId): Key => recordKey(record, 'blob');
export const uploadsKey = (record: RecordId): Key => recordKey(record, 'upload');
export const uncheckedKey = (record: RecordId): Key => recordKey(record, 'unchecked');
export const purgesKey = (record: RecordId): Key => recordKey(record, 'purge');
export const blobKey = (record: RecordId, blob: string): Key => [...blobsKey(record), blob];
export const chunkKey = (record: RecordId, blob: string, index: number): Key => [
  ...blobKey(record, blob),
  ordinal(index),
];
export const uploadKey = (record: RecordId, blob: string): Key => [...uploadsKey(record), blob];
export const purgeKey = (record: RecordId, blob: string): Key => [...purgesKey(record), blob];

/** Key elements never hold a line break, so two keys never give one context. */
const contextOf = (key: Key): string => key.join('\n');

export async function sealedPut(seal: LocalSeal, key: Key, plaintext: Bytes): Promise<Change> {
  return { type: 'put', key, value: await seal.seal(contextOf(key), plaintext) };
}

/** The opened value; undefined when there is none, null when it does not open: damaged, moved, or another key. */
export async function sealedGet(
  storage: Storage,
  seal: LocalSeal,
  key: Key,
): Promise<Bytes | null | undefined> {
  const sealed = await storage.get(key);
  return sealed && seal.open(contextOf(key), sealed);
}
