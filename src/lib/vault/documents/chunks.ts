/**
 * The chunks of documents on this device, sealed as they travel, and the two lists of what is still to be done at the
 * relay: documents to send, deleted ones to take away. Both survive a crash, and doing an item twice is harmless.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Change, Storage } from '#lib/storage/storage.ts';
import {
  blobKey,
  blobsKey,
  chunkKey,
  purgeKey,
  purgesKey,
  sealedGet,
  sealedPut,
  uncheckedKey,
  uploadKey,
  uploadsKey,
} from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';
import type { RecordId } from '#lib/vault/door/door.ts';

/** Where a blob is at the relay. `blob` is the id in base64url. */
export interface BlobPlace {
  readonly blob: string;
  readonly topic: Bytes;
  readonly chunks: number;
}

export function chunkChanges(record: RecordId, blob: string, chunks: readonly Bytes[]): Change[] {
  return chunks.map((value, index) => ({ type: 'put', key: chunkKey(record, blob, index), value }));
}

export function uploadChange(seal: LocalSeal, record: RecordId, place: BlobPlace): Promise<Change> {
  return sealedPut(seal, uploadKey(record, place.blob), encodeJson(place));
}

/** Lets the chunks go here and notes that the relay is to let go of them too. */
export async function purgeChanges(seal: LocalSeal, record: RecordId, place: BlobPlace): Promise<Change[]> {
  return [
    { type: 'deletePrefix', prefix: blobKey(record, place.blob) },
    { type: 'delete', key: uploadKey(record, place.blob) },
    await sealedPut(seal, purgeKey(record, place.blob), encodeJson(place)),
  ];
}

/** Blobs whose chunks may not all be at the relay: this device has forgotten what it had sent. */
export async function uncheckedBlobs(storage: Storage, record: RecordId): Promise<Set<string>> {
  return new Set((await storage.keys(uncheckedKey(record))).map((key) => key.at(-1)!));
}

/** It is sent like a new one: the relay is asked which chunks it has. */
export async function checkChanges(seal: LocalSeal, record: RecordId, place: BlobPlace): Promise<Change[]> {
  const key = [...uncheckedKey(record), place.blob];
  return [await uploadChange(seal, record, place), { type: 'delete', key }];
}

export const pendingUploads = (storage: Storage, seal: LocalSeal, record: RecordId): Promise<BlobPlace[]> =>
  places(storage, seal, uploadsKey(record));

export const pendingPurges = (storage: Storage, seal: LocalSeal, record: RecordId): Promise<BlobPlace[]> =>
  places(storage, seal, purgesKey(record));

async function places(storage: Storage, seal: LocalSeal, prefix: readonly string[]): Promise<BlobPlace[]> {
  const found: BlobPlace[] = [];
  for (const key of await storage.keys(prefix)) {
    const bytes = await sealedGet(storage, seal, key);
    const place = bytes && decodeJson<BlobPlace>(bytes);
    if (place) found.push(place);
  }
  return found;
}

/** Which chunks of which blobs are here: blob id in base64url → indexes. */
export async function chunksOnDevice(storage: Storage, record: RecordId): Promise<Map<string, Set<number>>> {
  const found = new Map<string, Set<number>>();
  const prefix = blobsKey(record);
  for (const key of await storage.keys(prefix)) {
    const [blob, index] = key.slice(prefix.length);
    if (blob === undefined || index === undefined) continue;
    const indexes = found.get(blob) ?? new Set();
    found.set(blob, indexes.add(Number.parseInt(index, 36)));
  }
  return found;
}
