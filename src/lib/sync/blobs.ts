/**
 * Moving sealed chunks to and from the relay, over as many connections as it takes.
 *
 * Guarantees: an upload asks what is there and sends the rest, so that a cut costs at most the chunks on their way; when
 * it succeeds, every chunk is on the relay's disk. A download hands over each chunk once. Both end only with success,
 * cancellation, or an error that waiting does not mend; a full or busy relay is waited for, longer each time.
 * Leaves out: what is in the chunks. Their bytes are as trustworthy as the relay until the caller has verified them all.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { hasChunk } from '#lib/protocol/relay.ts';
import { createBackoff, type Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import {
  isPassing,
  orDiskError,
  problemOf,
  retryAfter,
  type SyncError,
  type SyncProblem,
} from './problem.ts';
import type { RelaySession } from './relay-session.ts';

/** Chunks on their way at once. */
const WINDOW = 4;

/** The relay does not have these chunks (yet): the upload is not finished, or the relay lost them. */
export interface ChunksMissing {
  readonly type: 'chunks-missing';
  readonly chunks: readonly number[];
}

export type BlobError =
  | { readonly type: 'cancelled' }
  | { readonly type: 'relay-refuses'; readonly code: SyncError['type'] }
  | ChunksMissing
  /** Our own disk could not read or keep a chunk. */
  | { readonly type: 'disk' };

export interface BlobTransfer {
  readonly topic: Bytes;
  readonly blob: Bytes;
  readonly total: number;
  /** The connection on which the topic is open, as `SyncEngine.sessionFor` gives it. */
  readonly sessionFor: (topic: Bytes, signal?: AbortSignal) => Promise<RelaySession | null>;
  readonly clock: Clock;
  readonly random: (length: number) => Bytes;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** The relay makes us wait: why; null when it goes on. */
  readonly onProblem?: (problem: SyncProblem | null) => void;
}

export interface Upload extends BlobTransfer {
  /** Undefined when our disk does not have it. */
  readonly chunk: (index: number) => Promise<Bytes | undefined>;
}

export interface Download extends BlobTransfer {
  /** Chunks that are here already, from an earlier attempt. */
  readonly present?: ReadonlySet<number>;
  /** Keeps a chunk; false when the disk refused it. */
  readonly keep: (index: number, bytes: Bytes) => Promise<boolean>;
}

type Attempt = Result<void, SyncError | ChunksMissing>;

/** What a chunk that is not there, or that cannot be kept, means. */
const NO_CHUNK = { type: 'disk', error: { type: 'unavailable' } } as const;

export function uploadBlob(upload: Upload): Promise<Result<void, BlobError>> {
  return persist(upload, async (session) => {
    const { topic, blob, total, chunk } = upload;
    const there = await session.ask({ type: 'blob-stat', topic, blob });
    if (!there.ok) return there;
    if (there.value.total !== 0 && there.value.total !== total)
      return fail({ type: 'conflict', retryAfter: 0 });
    const absent = indexes(total).filter((index) => !hasChunk(there.value.have, index));
    return eachChunk(upload, absent, async (index) => {
      const bytes = await chunk(index);
      if (!bytes) return fail(NO_CHUNK);
      const put = await session.ask({ type: 'put-chunk', topic, blob, index, total, bytes });
      return put.ok ? ok() : put;
    });
  });
}

export function downloadBlob(download: Download): Promise<Result<void, BlobError>> {
  const here = new Set(download.present);
  return persist(download, async (session) => {
    const { topic, blob, total, keep } = download;
    const missing: number[] = [];
    const wanted = indexes(total).filter((index) => !here.has(index));
    const fetched = await eachChunk(download, wanted, async (index) => {
      const got = await session.ask({ type: 'get-chunk', topic, blob, index });
      if (got.ok) {
        if (!(await keep(index, got.value.bytes))) return fail(NO_CHUNK);
        here.add(index);
        return ok();
      }
      if (got.error.type !== 'not-found') return got;
      missing.push(index);
      return ok();
    });
    if (!fetched.ok || missing.length === 0) return fetched;
    return fail({ type: 'chunks-missing', chunks: missing.sort((a, b) => a - b) });
  });
}

/** Attempts it on one connection after another, until it succeeds or cannot. */
async function persist(
  transfer: BlobTransfer,
  attempt: (session: RelaySession) => Promise<Attempt>,
): Promise<Result<void, BlobError>> {
  const backoff = createBackoff(transfer.random);
  for (;;) {
    const session = await transfer.sessionFor(transfer.topic, transfer.signal);
    if (!session || transfer.signal?.aborted) return fail({ type: 'cancelled' });
    const done = await orDiskError(() => attempt(session));
    if (transfer.signal?.aborted) return fail({ type: 'cancelled' });
    if (done.ok) return done;
    if (done.error.type === 'chunks-missing') return fail(done.error);
    if (done.error.type === 'disk') return fail({ type: 'disk' });
    if (!isPassing(done.error)) return fail({ type: 'relay-refuses', code: done.error.type });
    transfer.onProblem?.(problemOf(done.error));
    await pause(transfer, backoff, done.error);
    transfer.onProblem?.(null);
  }
}

/** Some at a time, stopping at the first failure; those under way are waited for. */
async function eachChunk(
  { total, onProgress, signal }: BlobTransfer,
  wanted: readonly number[],
  work: (index: number) => Promise<Attempt>,
): Promise<Attempt> {
  let failure: Attempt | undefined;
  let done = total - wanted.length;
  const queue = [...wanted];
  onProgress?.(done, total);
  const lane = async () => {
    for (let index = queue.shift(); index !== undefined && !failure; index = queue.shift()) {
      if (signal?.aborted) return;
      const result = await work(index);
      if (!result.ok) failure ??= result;
      else onProgress?.(++done, total);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
  return failure ?? ok();
}

function pause({ clock, signal }: BlobTransfer, backoff: Backoff, error: SyncError): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.setTimer(backoff.next(retryAfter(error)), finish);
    signal?.addEventListener('abort', finish);
  });
}

function indexes(total: number): number[] {
  return Array.from({ length: total }, (_, index) => index);
}
