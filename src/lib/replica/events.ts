/**
 * What a replica reports when the relay or a device did something it should not have. The state is unchanged by what
 * is reported; a report is raised once for what it describes, also after a restart.
 */
import type { DeviceHex } from './members.ts';

export type RefusalReason =
  | 'unreadable' // opens under none of our keys: damaged, foreign, or of another version
  | 'malformed' // opens, but is not what it says it is
  | 'signature' // not signed by the author it names
  | 'hostile-update' // the gate let nothing of it in: size, foreign client, forged clock, forbidden content
  | 'quota'; // too much of this author is waiting for what never came

export type SecurityEvent =
  /** The relay has less than it had: it shows an older state than one we have seen. */
  | { readonly type: 'rollback'; readonly topic: string; readonly frames: number }
  /** Frames of `author` exist (others have them) that the relay does not show us. */
  | { readonly type: 'gap'; readonly author: DeviceHex; readonly from: number; readonly to: number }
  /** `author` builds on frames we are not shown, and was not shown ours: two views are being kept apart. */
  | { readonly type: 'fork'; readonly author: DeviceHex; readonly from: number; readonly to: number }
  /** `author` has gone on from one word in two ways: its key is used in two places. Both count; nobody is accused. */
  | { readonly type: 'duplicate-device'; readonly author: DeviceHex; readonly self: boolean }
  | {
      readonly type: 'frame-refused';
      readonly reason: RefusalReason;
      /** Absent when the frame proves no author. */
      readonly author?: DeviceHex;
      readonly frame: string;
    }
  /** A snapshot that is not what its frames make. */
  | { readonly type: 'snapshot-refused'; readonly author: DeviceHex; readonly frame: string };

/** What an event is about: two events with one key are the same one. Bounded in number by the devices, not the relay. */
export function eventKey(event: SecurityEvent): string {
  switch (event.type) {
    case 'rollback':
      return `rollback ${event.topic} ${event.frames}`;
    case 'gap':
    case 'fork':
      return `${event.type} ${event.author} ${event.from}`;
    case 'duplicate-device':
      return `duplicate-device ${event.author}`;
    case 'frame-refused':
      // Without an author anybody can make any number of them: one report stands for all.
      return event.author === undefined
        ? `frame-refused ${event.reason}`
        : `frame-refused ${event.reason} ${event.author}`;
    case 'snapshot-refused':
      return `snapshot-refused ${event.frame}`;
  }
}
