/**
 * The chunks of one record's documents on their way: added ones to the relay, others' from it (so that every device has
 * every document when the network is gone), deleted ones away. One at a time, again and again until done.
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
import { chunkKey, purgeKey, uploadKey } from '#lib/vault/disk/layout.ts';
import type { Progress, RecordId } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import {
  checkChanges,
  chunksOnDevice,
  pendingPurges,
  pendingUploads,
  purgeChanges,
  uncheckedBlobs,
  type BlobPlace,
} from './chunks.ts';
import { placeOf } from './place.ts';

/** A deletion can be undone for a day; then the file goes, here and at the relay. */
const UNDO_MS = 24 * 3_600_000;

const ASK_AGAIN_MS = 15_000;

export interface TransfersOptions {
  readonly record: RecordId;
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  /** Every entry of the documents section, the deleted ones too. */
  readonly documents: () => Iterable<Entry>;
  readonly onChange: () => void;
}

export async function openTransfers(options: TransfersOptions): Promise<Transfers> {
  const { record, storage, seal } = options;
  const unsent = await pendingUploads(storage, seal, record);
  return new Transfers(
    options,
    await chunksOnDevice(storage, record),
    new Set(unsent.map(({ blob }) => blob)),
    await uncheckedBlobs(storage, record),
  );
}

export class Transfers {
  readonly #options: TransfersOptions;
  readonly #present: Map<string, Set<number>>;
  readonly #unsent: Set<string>;
  readonly #unchecked: Set<string>;
  readonly #stopping = new AbortController();
  /** Not at the relay: its sender is not done yet. Asked for again after a while, and on the next connection. */
  readonly #unavailable = new Set<string>();
  #engine: SyncEngine | null = null;
  #running = false;
  #again = false;
  #cancelLater = (): void => {};

  constructor(
    options: TransfersOptions,
    present: Map<string, Set<number>>,
    unsent: Set<string>,
    unchecked: Set<string>,
  ) {
    this.#options = options;
    this.#unchecked = unchecked;
    this.#present = present;
    this.#unsent = unsent;
  }

  status(blob: string, chunks: number): { readonly onDevice: boolean; readonly uploaded: boolean } {
    return { onDevice: this.#has(blob, chunks), uploaded: !this.#unsent.has(blob) };
  }

  /** How many documents are not all at the relay yet. */
  unsent(): number {
    return this.#unsent.size;
  }

  /** The chunks of a new document are on the disk and listed for sending. */
  added({ blob, chunks }: BlobPlace): void {
    this.#present.set(blob, new Set(Array.from({ length: chunks }, (_, index) => index)));
    this.#unsent.add(blob);
  }

  /** Fetches what this device lacks of a document. */
  async fetch(place: BlobPlace, progress?: Progress): Promise<Result<void, BlobError>> {
    if (this.#engine?.state().connection !== 'online') return fail({ type: 'chunks-missing', chunks: [] });
    const { blob } = place;
    const got = await downloadBlob({
      ...this.#transfer(place, this.#engine, progress),
      present: this.#present.get(blob) ?? new Set(),
      keep: (index, bytes) => this.#keep(blob, index, bytes),
    });
    this.#options.onChange();
    return got;
  }

  /** A chunk turned out to be damaged: all of them are fetched again. */
  async discard({ blob, chunks }: BlobPlace): Promise<void> {
    const { storage, record } = this.#options;
    const changes = Array.from({ length: chunks }, (_, index) => ({
      type: 'delete' as const,
      key: chunkKey(record, blob, index),
    }));
    await storage.write(changes, 'relaxed');
    this.#present.delete(blob);
  }

  /** Documents, or the network, have changed: does what there is to do. */
  wake(current: SyncEngine | null): void {
    if (current !== this.#engine) this.#unavailable.clear();
    this.#engine = current;
    this.#again = true;
    void this.#run();
  }

  stop(): void {
    this.#cancelLater();
    this.#stopping.abort();
  }

  #has(blob: string, chunks: number): boolean {
    return (this.#present.get(blob)?.size ?? 0) >= chunks;
  }

  #transfer(
    { blob, topic, chunks: total }: BlobPlace,
    over: SyncEngine,
    onProgress?: Progress,
  ): BlobTransfer {
    const { env } = this.#options;
    return {
      topic,
      blob: fromBase64url(blob) as Bytes,
      total,
      sessionFor: (of, signal) => over.sessionFor(of, signal),
      clock: env.clock,
      random: env.random,
      signal: this.#stopping.signal,
      ...(onProgress && { onProgress }),
    };
  }

  async #keep(blob: string, index: number, value: Bytes): Promise<boolean> {
    const { storage, record } = this.#options;
    const kept = await storage.write([{ type: 'put', key: chunkKey(record, blob, index), value }], 'relaxed');
    if (!kept.ok) return false;
    this.#present.set(blob, (this.#present.get(blob) ?? new Set<number>()).add(index));
    return true;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#again && !this.#stopping.signal.aborted) {
      this.#again = false;
      await this.#dropDeleted();
      if (this.#engine?.state().connection === 'online') await this.#runOnce(this.#engine);
    }
    this.#running = false;
    if (this.#unavailable.size > 0 && !this.#stopping.signal.aborted) this.#askAgainLater();
  }

  async #runOnce(online: SyncEngine): Promise<void> {
    const { storage, seal, record, documents } = this.#options;
    await this.#checkForgotten();
    for (const place of await pendingUploads(storage, seal, record)) await this.#sendOne(place, online);
    for (const place of await pendingPurges(storage, seal, record)) await this.#purgeOne(place, online);
    for (const entry of documents()) {
      const place = placeOf(entry);
      if (!place || entry.deletedAt !== undefined) continue;
      if (this.#has(place.blob, place.chunks) || this.#unavailable.has(place.blob)) continue;
      const got = await this.fetch(place);
      if (!got.ok) this.#unavailable.add(place.blob);
    }
  }

  async #checkForgotten(): Promise<void> {
    const { storage, seal, record, documents } = this.#options;
    if (this.#unchecked.size === 0) return;
    for (const entry of documents()) {
      const place = placeOf(entry);
      if (!place || !this.#unchecked.has(place.blob) || !this.#has(place.blob, place.chunks)) continue;
      const listed = await storage.write(await checkChanges(seal, record, place), 'strict');
      if (!listed.ok) continue;
      this.#unchecked.delete(place.blob);
      this.#unsent.add(place.blob);
    }
  }

  async #sendOne(place: BlobPlace, to: SyncEngine): Promise<void> {
    const { storage, record, onChange } = this.#options;
    const chunk = (index: number) => storage.get(chunkKey(record, place.blob, index));
    const sent = await uploadBlob({ ...this.#transfer(place, to), chunk });
    if (!sent.ok) return;
    await storage.write([{ type: 'delete', key: uploadKey(record, place.blob) }], 'strict');
    this.#unsent.delete(place.blob);
    onChange();
  }

  async #purgeOne({ topic, blob }: BlobPlace, to: SyncEngine): Promise<void> {
    const { storage, record } = this.#options;
    const session = await to.sessionFor(topic, this.#stopping.signal);
    const gone = await session?.ask({ type: 'delete-blob', topic, blob: fromBase64url(blob) as Bytes });
    if (gone?.ok || gone?.error.type === 'not-found')
      await storage.write([{ type: 'delete', key: purgeKey(record, blob) }], 'strict');
  }

  /** Deletions that can no longer be undone. */
  async #dropDeleted(): Promise<void> {
    const { env, storage, seal, record, documents } = this.#options;
    for (const entry of documents()) {
      const place = placeOf(entry);
      if (!place || entry.deletedAt === undefined || env.clock.now() - entry.deletedAt < UNDO_MS) continue;
      if (!this.#present.has(place.blob)) continue;
      const dropped = await storage.write(await purgeChanges(seal, record, place), 'strict');
      if (dropped.ok) this.#present.delete(place.blob);
      this.#unsent.delete(place.blob);
    }
  }

  #askAgainLater(): void {
    this.#cancelLater();
    this.#cancelLater = this.#options.env.clock.setTimer(ASK_AGAIN_MS, () => {
      this.#unavailable.clear();
      this.#again = true;
      void this.#run();
    });
  }
}
