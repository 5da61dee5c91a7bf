/**
 * The chunks of documents on their way: added ones to the relay, others' from it (so that every device has every document
 * when the network is gone), deleted ones away. One at a time, again and again until done.
 *
 * Guarantees: what is on its way survives a crash, since the lists are on the disk; each step can be repeated.
 */
import { fromBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, type Result } from '#lib/bytes/result.ts';
import type { Entry } from '#lib/record/entry.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { downloadBlob, uploadBlob, type BlobError, type BlobTransfer } from '#lib/sync/blobs.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';
import { chunksOnDevice, pendingPurges, pendingUploads, purgeChanges, type BlobPlace } from './chunks.ts';
import type { Progress } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { chunkKey, purgeKey, uploadKey } from '#lib/vault/disk/layout.ts';

/** A deletion can be undone for a day; then the file goes, here and at the relay. */
const UNDO_MS = 24 * 3_600_000;

const ASK_AGAIN_MS = 15_000;

export interface Transfers {
  status(blob: string, chunks: number): { readonly onDevice: boolean; readonly uploaded: boolean };
  /** The chunks of a new document are on the disk and listed for sending. */
  added(place: BlobPlace): void;
  /** Fetches what this device lacks of a document. */
  fetch(place: BlobPlace, progress?: Progress): Promise<Result<void, BlobError>>;
  /** A chunk turned out to be damaged: all of them are fetched again. */
  discard(place: BlobPlace): Promise<void>;
  /** Documents, or the network, have changed: does what there is to do. */
  wake(engine: SyncEngine | null): void;
  stop(): void;
}

export interface TransfersOptions {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  /** Every entry of the documents section, the deleted ones too. */
  readonly documents: () => Iterable<Entry>;
  readonly onChange: () => void;
}

/** Where the file of an entry lies; null for an entry that is none (from a newer version, or damaged). */
export function placeOf({ fields }: Entry): BlobPlace | null {
  const { topic, blob, chunks } = fields;
  const topicBytes = typeof topic === 'string' ? fromBase64url(topic) : null;
  if (topicBytes?.length !== 32 || typeof blob !== 'string' || typeof chunks !== 'number') return null;
  return fromBase64url(blob)?.length === 32 ? { topic: topicBytes, blob, chunks } : null;
}

export async function openTransfers(options: TransfersOptions): Promise<Transfers> {
  const { env, storage, seal, documents, onChange } = options;
  const present = await chunksOnDevice(storage);
  const unsent = new Set((await pendingUploads(storage, seal)).map(({ blob }) => blob));
  const stopping = new AbortController();
  /** Not at the relay: its sender is not done yet. Asked for again after a while, and on the next connection. */
  const unavailable = new Set<string>();
  let engine: SyncEngine | null = null;
  let running = false;
  let again = false;
  let cancelLater = (): void => {};

  function transfer(place: BlobPlace, from: SyncEngine, onProgress?: Progress): BlobTransfer {
    const { blob, topic, chunks: total } = place;
    return {
      topic,
      blob: fromBase64url(blob) as Bytes,
      total,
      sessionFor: (of, signal) => from.sessionFor(of, signal),
      clock: env.clock,
      random: env.random,
      signal: stopping.signal,
      ...(onProgress && { onProgress }),
    };
  }

  async function keep(blob: string, index: number, value: Bytes): Promise<boolean> {
    const kept = await storage.write([{ type: 'put', key: chunkKey(blob, index), value }], 'relaxed');
    if (!kept.ok) return false;
    present.set(blob, (present.get(blob) ?? new Set<number>()).add(index));
    return true;
  }

  async function fetch(place: BlobPlace, progress?: Progress): Promise<Result<void, BlobError>> {
    if (engine?.state().connection !== 'online') return fail({ type: 'chunks-missing', chunks: [] });
    const { blob } = place;
    const got = await downloadBlob({
      ...transfer(place, engine, progress),
      present: present.get(blob) ?? new Set(),
      keep: (index, bytes) => keep(blob, index, bytes),
    });
    onChange();
    return got;
  }

  async function sendOne(place: BlobPlace, to: SyncEngine): Promise<void> {
    const chunk = (index: number) => storage.get(chunkKey(place.blob, index));
    const sent = await uploadBlob({ ...transfer(place, to), chunk });
    if (!sent.ok) return;
    await storage.write([{ type: 'delete', key: uploadKey(place.blob) }], 'strict');
    unsent.delete(place.blob);
    onChange();
  }

  async function purgeOne({ topic, blob }: BlobPlace, to: SyncEngine): Promise<void> {
    const session = await to.sessionFor(topic, stopping.signal);
    const gone = await session?.ask({ type: 'delete-blob', topic, blob: fromBase64url(blob) as Bytes });
    if (gone?.ok || gone?.error.type === 'not-found')
      await storage.write([{ type: 'delete', key: purgeKey(blob) }], 'strict');
  }

  /** Deletions that can no longer be undone. */
  async function dropDeleted(): Promise<void> {
    for (const entry of documents()) {
      const place = placeOf(entry);
      if (!place || entry.deletedAt === undefined || env.clock.now() - entry.deletedAt < UNDO_MS) continue;
      if (!present.has(place.blob)) continue;
      const dropped = await storage.write(await purgeChanges(seal, place), 'strict');
      if (dropped.ok) present.delete(place.blob);
      unsent.delete(place.blob);
    }
  }

  async function runOnce(online: SyncEngine): Promise<void> {
    for (const place of await pendingUploads(storage, seal)) await sendOne(place, online);
    for (const place of await pendingPurges(storage, seal)) await purgeOne(place, online);
    for (const entry of documents()) {
      const place = placeOf(entry);
      if (
        !place ||
        entry.deletedAt !== undefined ||
        (present.get(place.blob)?.size ?? 0) >= place.chunks ||
        unavailable.has(place.blob)
      )
        continue;
      const got = await fetch(place);
      if (!got.ok) unavailable.add(place.blob);
    }
  }

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    while (again && !stopping.signal.aborted) {
      again = false;
      await dropDeleted();
      if (engine?.state().connection === 'online') await runOnce(engine);
    }
    running = false;
    if (unavailable.size > 0 && !stopping.signal.aborted) askAgainLater();
  }

  function askAgainLater(): void {
    cancelLater();
    cancelLater = env.clock.setTimer(ASK_AGAIN_MS, () => {
      unavailable.clear();
      again = true;
      void run();
    });
  }

  return {
    status: (blob, chunks) => ({
      onDevice: (present.get(blob)?.size ?? 0) >= chunks,
      uploaded: !unsent.has(blob),
    }),
    added({ blob, chunks }) {
      present.set(blob, new Set(Array.from({ length: chunks }, (_, index) => index)));
      unsent.add(blob);
    },
    fetch,
    async discard({ blob, chunks }) {
      const changes = Array.from({ length: chunks }, (_, index) => ({
        type: 'delete' as const,
        key: chunkKey(blob, index),
      }));
      await storage.write(changes, 'relaxed');
      present.delete(blob);
    },
    wake(current) {
      if (current !== engine) unavailable.clear();
      engine = current;
      again = true;
      void run();
    },
    stop() {
      cancelLater();
      stopping.abort();
    },
  };
}
