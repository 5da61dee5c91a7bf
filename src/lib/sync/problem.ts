/**
 * What can go wrong in a conversation with the relay, and what it means to a person: five states of a badge.
 */
import { fail, type Result } from '#lib/bytes/result.ts';
import { StorageFailure } from '#lib/storage/storage.ts';
import type { RelayError } from './requests.ts';
import type { LocalError } from './syncable.ts';

/** Our own disk refused what had arrived, or did not give what was to go. */
export interface DiskError {
  readonly type: 'disk';
  readonly error: LocalError;
}

export type SyncError = RelayError | DiskError | { readonly type: 'nonsense' }; // an answer that cannot be: a page that leads nowhere

export type SyncProblem =
  | 'relay-full' // no room for more, on the relay or in one topic of it
  | 'relay-busy' // it cannot now; it says so itself
  | 'relay-refuses' // our key, our frame or our request
  | 'relay-version' // it speaks another version of the protocol
  | 'disk'; // ours

/** The worst first: what the badge shows when there are several. */
export const PROBLEMS: readonly SyncProblem[] = [
  'disk',
  'relay-refuses',
  'relay-full',
  'relay-version',
  'relay-busy',
];

/** Null for what is no problem to show: a lost connection is a state, and an unknown topic may come to be. */
export function problemOf(error: SyncError): SyncProblem | null {
  switch (error.type) {
    case 'disconnected':
    case 'unknown-topic':
      return null;
    case 'disk':
      return 'disk';
    case 'relay-version':
      return 'relay-version';
    case 'quota':
    case 'storage-full':
      return 'relay-full';
    case 'rate-limited':
    case 'unavailable':
    case 'nonsense':
      return 'relay-busy';
    case 'refused':
    case 'forbidden':
    case 'topic-taken':
    case 'not-found':
    case 'conflict':
    case 'too-large':
    case 'bad-key':
      return 'relay-refuses';
  }
}

/** A read of our disk that failed comes as a rejection: an obstacle like any other. What else is thrown is a defect. */
export async function orDiskError<T, E extends { readonly type: string }>(
  work: () => Promise<Result<T, E>>,
): Promise<Result<T, E | DiskError>> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof StorageFailure) return fail({ type: 'disk', error: cause.error });
    throw cause;
  }
}

/** How long the relay asks us to wait at least, in milliseconds. */
export function retryAfter(error: SyncError): number {
  return 'retryAfter' in error ? error.retryAfter * 1_000 : 0;
}

/** True when asking again, later, can help. */
export function isPassing(error: SyncError): boolean {
  const problem = problemOf(error);
  return problem === null || problem === 'relay-busy' || problem === 'relay-full';
}
