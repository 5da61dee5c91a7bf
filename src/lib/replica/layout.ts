/**
 * Where the things of a space stand on the disk.
 *
 *   space S live head        sealed   state.ts
 *   space S live twin        sealed   the head once more: nothing else here can make it again
 *   space S live controls    sealed   the verified control frames
 *   space S live state       sealed   the record, folded (folded.ts)
 *   space S live others      sealed   what the devices said about other spaces
 *   space S live carried     sealed   chain statements that frames have carried here
 *   space S live tail N      sealed   the updates of one write since, until they are folded
 *   space S reports          sealed   what was reported already (events.ts)
 *   space S frame T I        as on the relay   frames that count
 *   space S late T I         as on the relay   words of devices that are known and do not stand, which nobody has taken in
 *   space S parked T I       as on the relay   frames that wait
 *   space S refused T I      as on the relay   frames that will never count: not to be asked for again
 *   space S outbox N W T I   as on the relay   what the relay has not acknowledged; W: `new`, or `again` for what it had and lost
 *   space S doomed T I       empty    covered by a snapshot, to be proposed for deletion
 *   space S suspect T I      empty    missing on the relay, rightly or not (losses.ts)
 *
 * S, T and I are the ids of space, topic and frame in hex, N counts. Everything under `live` is one read. What is sealed
 * is bound to its place; frames are sealed as they are and named by their hash.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Key } from './ports.ts';

/** Why a frame is sent. */
export type Why = 'new' | 'again';

export interface Layout {
  readonly live: Key;
  readonly head: Key;
  readonly twin: Key;
  readonly controls: Key;
  readonly state: Key;
  readonly tails: Key;
  readonly others: Key;
  readonly carried: Key;
  readonly reports: Key;
  readonly frames: Key;
  readonly late: Key;
  readonly parked: Key;
  readonly refused: Key;
  readonly outbox: Key;
  readonly doomed: Key;
  readonly suspects: Key;
  tail(n: number): Key;
  frame(topic: Bytes, id: Hex): Key;
  framesOf(topic: Bytes): Key;
  beLate(topic: Bytes, id: Hex): Key;
  park(topic: Bytes, id: Hex): Key;
  refuse(topic: Bytes, id: Hex): Key;
  send(n: number, why: Why, topic: Bytes, id: Hex): Key;
  doom(topic: Bytes, id: Hex): Key;
  suspect(topic: Hex, id: Hex): Key;
}

export function layoutOf(space: Bytes): Layout {
  const root = ['space', hex(space)];
  const live = [...root, 'live'];
  const [tails, frames, parked] = [
    [...live, 'tail'],
    [...root, 'frame'],
    [...root, 'parked'],
  ];
  const late = [...root, 'late'];
  const [refused, outbox, doomed] = [
    [...root, 'refused'],
    [...root, 'outbox'],
    [...root, 'doomed'],
  ];
  return {
    live,
    head: [...live, 'head'],
    twin: [...live, 'twin'],
    controls: [...live, 'controls'],
    state: [...live, 'state'],
    tails,
    others: [...live, 'others'],
    carried: [...live, 'carried'],
    reports: [...root, 'reports'],
    frames,
    late,
    parked,
    refused,
    outbox,
    doomed,
    suspects: [...root, 'suspect'],
    tail: (n) => [...tails, ordinal(n)],
    frame: (topic, id) => [...frames, hex(topic), id],
    framesOf: (topic) => [...frames, hex(topic)],
    beLate: (topic, id) => [...late, hex(topic), id],
    park: (topic, id) => [...parked, hex(topic), id],
    refuse: (topic, id) => [...refused, hex(topic), id],
    send: (n, why, topic, id) => [...outbox, ordinal(n), why, hex(topic), id],
    suspect: (topic, id) => [...root, 'suspect', topic, id],
    doom: (topic, id) => [...doomed, hex(topic), id],
  };
}

/** What a sealed value is bound to. */
export function contextOf(key: Key): string {
  return key.join('/');
}

export function ordinalOf(element: string): number {
  return parseInt(element, 36);
}

/** A counter whose text sorts as its number does. */
function ordinal(n: number): string {
  return n.toString(36).padStart(11, '0');
}
