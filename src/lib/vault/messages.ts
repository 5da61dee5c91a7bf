/**
 * What a page and the tabs' workers say to each other.
 *
 *   page   → worker   call {id, method, args} · cancel {id}
 *   worker → page     answer {id, result} · broken {id} · event {event}
 *   tab    ↔ tab      hello · leader · session · call · cancel · reply · event        (BroadcastChannel, same origin)
 *
 * Nothing here is written anywhere: structured clones in memory only.
 */
import type { Door, VaultEvent } from './door.ts';

export type DoorMethod = keyof Door;

export interface Call {
  readonly type: 'call';
  readonly id: number;
  readonly method: DoorMethod;
  readonly args: readonly unknown[];
}

/** The person no longer wants what was asked under this id. It is answered all the same, one way or the other. */
export interface Cancel {
  readonly type: 'cancel';
  readonly id: number;
}

export type FromPage = Call | Cancel;

export type ToPage =
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'broken'; readonly id: number; readonly reason: string } // a broken invariant: never expected
  | { readonly type: 'event'; readonly event: VaultEvent };

/** What an unlocked vault hands to a tab that may have to take over: the local key, in memory only. */
export interface Session {
  readonly localKey: Uint8Array<ArrayBuffer>;
}

export type BetweenTabs =
  | { readonly type: 'hello'; readonly from: string } // a tab joins and asks who leads
  | { readonly type: 'leader'; readonly from: string; readonly session: Session | null } // answer to hello, and at election
  | { readonly type: 'session'; readonly from: string; readonly session: Session | null } // unlocked or locked
  | { readonly type: 'call'; readonly from: string; readonly call: Call }
  | { readonly type: 'cancel'; readonly from: string; readonly id: number }
  | { readonly type: 'reply'; readonly to: string; readonly message: ToPage }
  | { readonly type: 'event'; readonly from: string; readonly event: VaultEvent };

/**
 * The methods that take one input, then a progress callback and perhaps a signal. Neither can be cloned: the one becomes
 * `progress` events, the other a `cancel`.
 */
export const METHODS_WITH_PROGRESS: ReadonlySet<DoorMethod> = new Set<DoorMethod>([
  'addDocument',
  'openDocument',
]);

/**
 * The methods that may be asked again when the leading tab died before it answered: reads, and changes that have the
 * same outcome when they are carried out twice. Every other call is answered `interrupted`, and the person decides.
 */
export const REPEATABLE_METHODS: ReadonlySet<DoorMethod> = new Set<DoorMethod>([
  'status',
  'kit',
  'record',
  'measures',
  'edit',
  'history',
  'deleted',
  'openDocument',
  'sync',
  'retry',
  'footprint',
  'devices',
  'notices',
  'markNoticesSeen',
  'lock',
  'exportRecord',
  'search',
]);
