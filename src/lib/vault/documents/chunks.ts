/**
 * The chunks of documents on this device, sealed as they travel, and the two lists of what is still to be done at the
 * relay: documents to send, deleted ones to take away. Both survive a crash, and doing an item twice is harmless.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Change, Storage } from '#lib/storage/storage.ts';
import {
  blobKey,
  chunkKey,
  KEYS,
  purgeKey,
  sealedGet,
  sealedPut,
  uploadKey,
} from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';

/** Where a blob is at the relay. `blob` is the id in base64url. */
export interface BlobPlace {
  readonly blob: string;
  readonly topic: Bytes;
  readonly chunks: number;
}

export function chunkChanges(blob: string, chunks: readonly Bytes[]): Change[] {
  return chunks.map((value, index) => ({ type: 'put', key: chunkKey(blob, index), value }));
}

export function uploadChange(seal: LocalSeal, place: BlobPlace): Promise<Change> {
  return sealedPut(seal, uploadKey(place.blob), encodeJson(place));
}

/** Lets the chunks go here and notes that the relay is to let go of them too. */
export async function purgeChanges(seal: LocalSeal, place: BlobPlace): Promise<Change[]> {
  return [
    { type: 'deletePrefix', prefix: blobKey(place.blob) },
    { type: 'delete', key: uploadKey(place.blob) },
    await sealedPut(seal, purgeKey(place.blob), encodeJson(place)),
  ];
}

export const pendingUploads = (storage: Storage, seal: LocalSeal): Promise<BlobPlace[]> =>
  places(storage, seal, KEYS.uploads);

export const pendingPurges = (storage: Storage, seal: LocalSeal): Promise<BlobPlace[]> =>
  places(storage, seal, KEYS.purges);

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
export async function chunksOnDevice(storage: Storage): Promise<Map<string, Set<number>>> {
  const found = new Map<string, Set<number>>();
  for (const [, blob, index] of await storage.keys(KEYS.blobs)) {
    if (blob === undefined || index === undefined) continue;
    const indexes = found.get(blob) ?? new Set();
    found.set(blob, indexes.add(Number.parseInt(index, 36)));
  }
  return found;
}
