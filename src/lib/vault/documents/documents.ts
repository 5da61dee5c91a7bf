/**
 * Documents: a file sealed under a key of its own, its chunks on this device, its manifest in the record.
 *
 * Guarantees: the chunks are on the disk before the entry that names them; a file is handed out whole and verified, or
 * not at all (attack B03).
 */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { openBlob, sealBlob, type BlobManifest } from '#lib/crypto/blob.ts';
import type { Edit, Entry, EntryId } from '#lib/record/entry.ts';
import { documentFileName, documents, type StoredMime } from '#lib/record/sections/documents.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { chunkChanges, purgeChanges, uploadChange, type BlobPlace } from './chunks.ts';
import type { Progress, RecordId, VaultError } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { storageProblem } from '#lib/vault/errors.ts';
import { prepareFile, prepareOriginal } from './files.ts';
import { unpack } from './packing.ts';
import { chunkKey } from '#lib/vault/disk/layout.ts';
import type { Transfers } from './transfers.ts';
import { placeOf } from './place.ts';

export interface DocumentsDeps {
  readonly record: RecordId;
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly transfers: Transfers;
  /** The record's topic of now, where new chunks go. */
  readonly topic: () => Bytes;
  readonly edit: (edits: readonly Edit[]) => Promise<Result<void, VaultError>>;
}

export interface NewDocument {
  readonly file: Blob;
  readonly name: string;
  readonly category: string;
  readonly date: string;
  /** What entries are imported from: kept as it is, of a kind that nobody can add by hand. */
  readonly original?: boolean;
}

/** How far adding has come, in hundredths: read and checked, sealed, on the disk, in the record. */
const STEPS = { prepared: 20, sealed: 60, stored: 90, done: 100 } as const;

export async function addDocument(
  deps: DocumentsDeps,
  { file, name, category, date, original }: NewDocument,
  progress: Progress = () => {},
  signal?: AbortSignal,
): Promise<Result<EntryId, VaultError>> {
  const { env, storage, seal, transfers, record } = deps;
  const prepared = await (original ? prepareOriginal(file) : prepareFile(file, env.images, signal));
  if (signal?.aborted) return fail({ type: 'cancelled' });
  if (!prepared.ok) return prepared;
  progress(STEPS.prepared, STEPS.done);

  const { bytes, mime, packedFrom } = prepared.value;
  const key = env.random(32);
  const sealed = await sealBlob(key, bytes, env.random);
  if (signal?.aborted) return fail({ type: 'cancelled' });
  progress(STEPS.sealed, STEPS.done);

  const place: BlobPlace = {
    blob: toBase64url(env.random(32)),
    topic: deps.topic(),
    chunks: sealed.chunks.length,
  };
  const changes = [
    ...chunkChanges(record, place.blob, sealed.chunks),
    await uploadChange(seal, record, place),
  ];
  const stored = await storage.write(changes, 'strict');
  if (!stored.ok) return fail(storageProblem(stored.error));
  if (signal?.aborted) {
    await storage.write(await purgeChanges(seal, record, place), 'strict');
    return fail({ type: 'cancelled' });
  }
  progress(STEPS.stored, STEPS.done);

  const id = toBase64url(env.random(16));
  const fields = {
    ...{ name, category, date, mime, size: packedFrom ?? bytes.length, visibility: 'visible' },
    ...{ topic: toBase64url(place.topic), blob: place.blob, key: toBase64url(key) },
    ...{ root: toBase64url(sealed.root), chunks: place.chunks, length: sealed.length },
    ...(packedFrom !== undefined && { packed: true }),
  };
  transfers.added(place);
  const edited = await deps.edit([{ type: 'put', section: documents.id, id, fields }]);
  if (!edited.ok) {
    await storage.write(await purgeChanges(seal, record, place), 'relaxed');
    return edited;
  }
  progress(STEPS.done, STEPS.done);
  return ok(id);
}

/** The whole file, verified; what this device lacks of it is fetched, and what is damaged on it fetched once more. */
export async function openDocument(
  deps: DocumentsDeps,
  entry: Entry,
  progress: Progress = () => {},
): Promise<Result<{ blob: Blob; fileName: string }, VaultError>> {
  const { storage, transfers, record } = deps;
  const place = placeOf(entry);
  const manifest = manifestOf(entry);
  if (!place || !manifest) return fail({ type: 'document-unavailable' });
  const open = () =>
    openBlob(
      manifest.key,
      manifest,
      async (index) => (await storage.get(chunkKey(record, place.blob, index))) ?? null,
    );

  const { onDevice } = transfers.status(place.blob, place.chunks);
  let bytes = onDevice ? await open() : null;
  if (!bytes) {
    if (onDevice) await transfers.discard(place);
    const fetched = await transfers.fetch(place, progress);
    if (!fetched.ok)
      return fail({ type: fetched.error.type === 'disk' ? 'storage-unavailable' : 'document-unavailable' });
    bytes = await open();
  }
  if (!bytes) return fail({ type: 'document-unavailable' });
  const { packed, size } = entry.fields;
  const file = packed === true ? await unpack(bytes, Number(size)) : bytes;
  if (!file) return fail({ type: 'document-unavailable' });
  const mime = entry.fields['mime'] as StoredMime;
  return ok({
    blob: new Blob([file], { type: mime }),
    fileName: documentFileName(entry.fields['name'] as string, mime),
  });
}

function manifestOf({ fields }: Entry): (BlobManifest & { readonly key: Bytes }) | null {
  const { key, root, chunks, length } = fields;
  const [keyBytes, rootBytes] = [key, root].map((text) =>
    typeof text === 'string' ? fromBase64url(text) : null,
  );
  if (keyBytes?.length !== 32 || rootBytes?.length !== 32) return null;
  if (typeof chunks !== 'number' || typeof length !== 'number') return null;
  return { key: keyBytes, root: rootBytes, chunks, length };
}
