/**
 * One transaction of a replica: everything that one call changes, gathered beside the current state. A transaction is written to the
 * disk whole and then becomes the state, or it is dropped and nothing has happened.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { RecordDocument } from './document/document.ts';
import { eventKey, type SecurityEvent } from './events.ts';
import type { Frame, OpenedFrame } from './frames.ts';
import type { Layout, Why } from './layout.ts';
import type { Members } from './members.ts';
import type { LaneHeads, Taken } from './log.ts';
import type { Carried, Change, Key } from './ports.ts';
import type { HeadState } from './state.ts';

export type OtherFrontiers = ReadonlyMap<Hex, ReadonlyMap<Hex, Bytes>>;

/** What a replica holds in memory, besides the document. Replaced, never changed in place. */
export interface Memory {
  readonly head: HeadState;
  readonly controls: ReadonlyMap<Hex, VerifiedControl>;
  readonly members: Members;
  /** Of the chains that concern this space, what its frames have carried. */
  readonly carried: Carried;
  /** Keys of what was reported (events.ts). */
  readonly reported: ReadonlySet<string>;
  readonly others: OtherFrontiers;
}

/** The part of memory that only receiving needs; read from the disk at the first frame. */
export interface Parked {
  /** Where every frame held stands on the disk. */
  readonly held: Map<Hex, Key>;
  /** Verified data frames that wait for their author's word before. */
  readonly waiting: Map<Hex, Frame>;
  /** Verified words of devices that do not stand, which nothing that counts names. */
  readonly late: Map<Hex, Frame>;
  /** Frames that will never count. */
  readonly refused: Map<Hex, Frame>;
  /** Frames whose author is not known, or controls not admitted yet. */
  readonly strangers: Map<Hex, OpenedFrame>;
  /** By which members those strangers were looked at last; null when they come from the disk. */
  readonly parkedBy: Members | null;
  /** Frames the relay has not any more, with their topics (losses.ts). */
  readonly suspects: ReadonlyMap<Hex, Hex>;
}

export class Transaction {
  head: HeadState;
  controls: ReadonlyMap<Hex, VerifiedControl>;
  members: Members;
  others: OtherFrontiers;
  carried: Carried;
  readonly waiting: Map<Hex, Frame>;
  readonly late: Map<Hex, Frame>;
  readonly refused: Map<Hex, Frame>;
  readonly strangers: Map<Hex, OpenedFrame>;
  parkedBy: Members | null;
  suspects: ReadonlyMap<Hex, Hex>;
  readonly changes: Change[] = [];
  /** What was taken into lanes, in order: sealed as a tail. */
  readonly taken: Taken[] = [];
  /** The lanes changed in a way that tails do not tell: the state is written whole. */
  mustFold = false;
  /** What it makes of the record. The document that stands is changed in place; after a transaction that fails it is read again. */
  document: RecordDocument;
  readonly events: SecurityEvent[] = [];
  readonly reported: Set<string>;
  /** Data frames that this transaction put with those that count: not on the disk yet. */
  readonly entered = new Map<Hex, Frame>();
  readonly placed = new Map<Hex, Key | null>();
  readonly discarded = new Set<Hex>();
  readonly #standing: RecordDocument;
  readonly #onTouch: () => void;
  readonly #held: ReadonlyMap<Hex, Key>;
  readonly #layout: Layout;

  constructor(
    memory: Memory,
    parked: Parked,
    layout: Layout,
    document: RecordDocument,
    onTouch: () => void = () => {},
  ) {
    this.document = document;
    this.#standing = document;
    this.#onTouch = onTouch;
    this.head = memory.head;
    this.controls = memory.controls;
    this.members = memory.members;
    this.others = memory.others;
    this.carried = memory.carried;
    this.reported = new Set(memory.reported);
    this.waiting = new Map(parked.waiting);
    this.late = new Map(parked.late);
    this.refused = new Map(parked.refused);
    this.strangers = new Map(parked.strangers);
    this.parkedBy = parked.parkedBy;
    this.suspects = parked.suspects;
    this.#held = parked.held;
    this.#layout = layout;
  }

  /** Whether this transaction has changed what the record says: words that set nothing leave it as it was. */
  changesRecord(before: LaneHeads): boolean {
    if (this.document === this.#standing)
      return this.taken.some(({ update }) => update !== null) || this.mustFold;
    const valuesOf = (lanes: LaneHeads) =>
      [...lanes.values()]
        .flatMap(({ author, clock }) => (clock > 0 ? [`${author} ${clock}`] : []))
        .sort()
        .join();
    return valuesOf(before) !== valuesOf(this.head.lanes);
  }

  /** The document is about to be changed: one that stands has to be read again if this transaction fails. */
  touch(): void {
    if (this.document === this.#standing) this.#onTouch();
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** Raised once for what it is about, also over restarts. */
  raise(event: SecurityEvent): void {
    const key = eventKey(event);
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.events.push(event);
  }

  setHead(change: Partial<HeadState>): void {
    this.head = { ...this.head, ...change };
  }

  addControls(controls: readonly VerifiedControl[]): void {
    const all = new Map(this.controls);
    for (const control of controls) all.set(hex(control.id), control);
    this.controls = all;
  }

  isHeld(id: Hex): boolean {
    return this.keyOf(id) !== undefined;
  }

  keyOf(id: Hex): Key | undefined {
    const placed = this.placed.get(id);
    return placed === undefined ? this.#held.get(id) : (placed ?? undefined);
  }

  /** Where every frame stands at the end of this transaction. */
  *heldKeys(): Iterable<[Hex, Key]> {
    for (const [id, key] of this.#held) if (!this.placed.has(id)) yield [id, key];
    for (const [id, key] of this.placed) if (key) yield [id, key];
  }

  /** Puts a frame in its place on the disk: with those that count, aside, or nowhere. */
  place(
    frame: { id: Hex; topic: Bytes; bytes: Bytes },
    where: 'frame' | 'late' | 'park' | 'refuse' | 'nowhere',
  ): void {
    const { id, topic, bytes } = frame;
    const keys = {
      frame: this.#layout.frame(topic, id),
      late: this.#layout.beLate(topic, id),
      park: this.#layout.park(topic, id),
      refuse: this.#layout.refuse(topic, id),
      nowhere: null,
    };
    const key = keys[where];
    this.#move(id, key, bytes);
  }

  /** Removes a frame that rotted, to be fetched again. */
  discard(id: Hex): void {
    this.forget(id);
    this.discarded.add(id);
    this.setHead({ cursors: new Map() });
  }

  /** Removes a frame that is not in memory. */
  forget(id: Hex): void {
    this.#move(id, null, null);
  }

  send(frame: { id: Hex; topic: Bytes; bytes: Bytes }, why: Why = 'new'): number {
    const n = this.head.nextOutbox;
    this.changes.push({
      type: 'put',
      key: this.#layout.send(n, why, frame.topic, frame.id),
      value: frame.bytes,
    });
    this.setHead({ nextOutbox: n + 1, unsent: this.head.unsent + 1 });
    return n;
  }

  suspect(topic: Bytes, id: Hex): void {
    this.suspects = new Map(this.suspects).set(id, hex(topic));
    this.changes.push({ type: 'put', key: this.#layout.suspect(hex(topic), id), value: new Uint8Array(0) });
  }

  clearSuspects(): void {
    for (const [id, topic] of this.suspects)
      this.changes.push({ type: 'delete', key: this.#layout.suspect(topic, id) });
    this.suspects = new Map();
  }

  /** Takes out of the outbox what stands there under this key. */
  unsend(key: Key): void {
    this.changes.push({ type: 'delete', key });
    this.setHead({ unsent: this.head.unsent - 1 });
  }

  #move(id: Hex, key: Key | null, bytes: Bytes | null): void {
    const before = this.keyOf(id);
    if (before && key && before.join() === key.join()) return;
    if (before) this.changes.push({ type: 'delete', key: before });
    if (key && bytes) this.changes.push({ type: 'put', key, value: bytes });
    this.placed.set(id, key);
  }
}

/** The epochs this device can open, by topic. */
export interface Keyring {
  readonly current: EpochKeys | undefined;
  readonly topics: readonly Bytes[];
  at(topic: Bytes): EpochKeys | undefined;
  has(epoch: Hex): boolean;
}

export function keyringOf(epochs: readonly EpochKeys[]): Keyring {
  const byTopic = new Map(epochs.map((keys) => [hex(keys.topic), keys]));
  const ids = new Set(epochs.map(({ id }) => hex(id)));
  return {
    current: epochs.at(-1),
    topics: epochs.map(({ topic }) => topic),
    at: (topic) => byTopic.get(hex(topic)),
    has: (epoch) => ids.has(epoch),
  };
}
