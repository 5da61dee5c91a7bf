/**
 * What a replica offers: to the vault (`Replica`) and to whoever carries frames (`Syncable`). Values only; the work is in
 * live-replica.ts.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import type { Address } from '#lib/keys/address.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Edit, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import type { Claim } from './document/document.ts';
import type { SecurityEvent } from './events.ts';
import type { DeviceHex, Doubt, Members } from './members.ts';
import type { Carried, DiskError } from './ports.ts';
import type { LaneHead } from './log.ts';
import type { UnsettledWords } from './words.ts';

/** A frame as the relay gives it, and the topic it stood in. */
export interface Received {
  readonly topic: Bytes;
  readonly bytes: Bytes;
}

export interface ReceiveOptions {
  readonly upTo?: TopicCursor;
  readonly upToDate?: boolean;
  /** The relay may lack them: what is taken in is put there again. */
  readonly unsent?: boolean;
}

export interface Outgoing {
  readonly topic: Bytes;
  readonly id: Bytes;
  readonly bytes: Bytes;
}

/** How far a topic has been taken in; `frame` is the one at that cursor, to find out whether the relay still has it. */
export interface Cursor {
  readonly after: number;
  readonly frame: Bytes | null;
}

export interface TopicCursor extends Cursor {
  readonly topic: Bytes;
}

export interface ReceiveReport {
  readonly admitted: number;
  /** Verified, but something they build on is missing. */
  readonly waiting: number;
  readonly refused: number;
  readonly known: number;
  /** The members or the record changed. */
  readonly membersChanged: boolean;
  readonly recordChanged: boolean;
  readonly events: readonly SecurityEvent[];
}

export interface Delivery {
  readonly sent: boolean;
  /** Other devices known to have it. */
  readonly receivedBy: readonly DeviceHex[];
}

export interface LoadReport {
  /** Something sealed on this disk was damaged, and was made again from the frames. */
  readonly repaired: boolean;
}

export type Edits = readonly Edit[] | ((record: HealthRecord) => readonly Edit[]);

export type EditError =
  | DiskError
  | { readonly type: 'entry-missing'; readonly id: EntryId }
  | { readonly type: 'edit-too-large' }
  | { readonly type: 'unsent' } // a snapshot covers only what the relay has
  /** Something rotted here and has not come back (missing.ts); or, of a snapshot, a frame since the last one is missing. */
  | { readonly type: 'incomplete' }
  | { readonly type: 'not-allowed' }; // this device has no right to write here, or no epoch to write under

/** The head of every lane; opaque to everybody but a replica. */
export type EncodedFrontier = Bytes;

export type ReplicaChange =
  | { readonly type: 'record' }
  | { readonly type: 'members' }
  | { readonly type: 'delivery' }
  /** Frames have carried chain statements that were not here. */
  | { readonly type: 'chains' }
  | { readonly type: 'security'; readonly event: SecurityEvent };

export interface Replica<M extends Members = Members> extends Syncable {
  /** Makes the replica usable. Cheap: one read, a few unseals, one Yjs transaction. */
  load(): Promise<Result<LoadReport, DiskError>>;

  /**
   * One user action, one frame. When it answers `ok`, the edit survives anything. Edits that depend on what is there are
   * made of the record in the moment in which they are carried out.
   */
  edit(edits: Edits): Promise<Result<{ frame: Bytes }, EditError>>;
  /**
   * A control frame of this device (roster, epoch, account chain), sealed under `epoch` or else the current one.
   * @param confirmed controls that do not count, to be grounded again by building on them
   */
  control(
    body: Bytes,
    epoch?: EpochKeys,
    confirmed?: readonly Hex[],
  ): Promise<Result<{ frame: Bytes }, EditError>>;
  /** Tells the others what this device has: here and, in the account space, in other spaces (space as hex → frontier). */
  publishHeads(others?: ReadonlyMap<string, EncodedFrontier>): Promise<Result<{ frame: Bytes }, EditError>>;
  /** Folds everything admitted into snapshot frames. The covered frames are let go once the relay has the snapshot. */
  snapshot(): Promise<Result<{ frames: readonly Bytes[] }, EditError>>;

  /** The epochs again, with new ones; the last one is current. Unsent edits are sealed again under it. */
  useEpochs(epochs: readonly EpochKeys[]): Promise<Result<void, DiskError>>;
  /** The directory that the policy reads has changed: members are computed again, parked frames tried again. */
  refresh(): Promise<Result<ReceiveReport, DiskError>>;
  /** What a device said about this space in another one (from `otherFrontiers` of its heads there). */
  witness(device: DeviceHex, frontier: EncodedFrontier): Promise<Result<void, DiskError>>;
  /** What the heads frames received here say about other spaces: device → space as hex → frontier. */
  otherFrontiers(): ReadonlyMap<DeviceHex, ReadonlyMap<string, EncodedFrontier>>;

  record(): HealthRecord;
  /** What devices say of a field and nobody replaced, what was said last first; by the clients of their lanes. */
  standing(section: SectionId, id: EntryId, name: string): readonly Pick<Claim, 'client' | 'value'>[];
  /** False while something that rotted here is still to be asked for: the record may show less than it did. */
  isWhole(): boolean;
  members(): M;
  /** The verified controls, for whoever evaluates them too. */
  controls(): readonly VerifiedControl[];
  frontier(): EncodedFrontier;
  /** Which of these frames are not held here, whatever became of them. */
  lacking(ids: readonly Hex[]): Promise<readonly Hex[]>;
  /** When the last word was said that counts, of this device or of all, by its author's clock; null for none. */
  lastWordAt(device?: DeviceHex): number | null;
  /** The heads of the lanes of a device that count. */
  lanesOf(device: DeviceHex): readonly LaneHead[];
  /** How far the lanes of a device were shown: what this device vouches for. */
  shownOf(device: DeviceHex): readonly LaneHead[];
  /**
   * Words of devices that do not stand: late ones, and those that count although the device that revoked them had not named
   * them before.
   */
  unsettled(): Promise<Result<UnsettledWords, DiskError>>;
  /**
   * All is quiet, the chains of its members included: what counts has been shown to a person, and this device vouches for
   * it from now on (docs/protocol.md, rule 11). What came in the same round as the news that its author is out is not shown.
   * @param doubt whose words are left out, since when
   */
  noteShown(doubt?: Doubt): Promise<Result<void, DiskError>>;
  /** How many words are late. */
  lateWords(): Promise<Result<number, DiskError>>;
  /** Takes in late words, and with each what its author had said before it, by naming them. */
  takeInWords(sayings: readonly Hex[]): Promise<Result<{ frame: Bytes }, EditError>>;
  /** Chain statements that frames have carried here, by address. */
  carried(): Carried;
  /**
   * Chain statements of an address that somebody handed over, before a frame here names it: known from now on as if one had carried
   * them. False when they are not all rightly signed, or not all there.
   */
  takeChain(address: Address, statements: readonly Bytes[]): Promise<Result<boolean, DiskError>>;
  /** Statements of this space that came inside other frames: taken in, and put to the relay, which may have kept them back. */
  takeStatements(statements: readonly Bytes[]): Promise<Result<ReceiveReport, DiskError>>;
  /**
   * A person decides that what this device has not sent goes out under the keys it was sealed with, which it gets no newer ones
   * for: to the others it is late then (docs/protocol.md, rule 23). Holds until the replica is closed.
   */
  release(): void;
  /** How many changes this device has made to entries that the relay never had; what it tells by itself is not among them. */
  unsentWords(): Promise<number>;
  /** How many frames stand behind the last snapshot. */
  uncovered(): number;
  /** Two replicas with the same admitted frames have the same hash. */
  stateHash(): Bytes;

  /** Of a frame of this device made since `load`, or of its newest one. */
  delivery(frame?: Bytes): Delivery | undefined;
  /** Of the last change this device made to an entry. */
  entryDelivery(section: SectionId, id: EntryId): Delivery;
  subscribe(listener: (change: ReplicaChange) => void): () => void;
  /** Waits for what is under way (folding). Nothing can be called after. */
  close(): Promise<void>;
}

/** What sync/ needs of a replica. */
export interface Syncable {
  /** The topics to pull, oldest epoch first. */
  topics(): readonly Bytes[];
  cursor(topic: Bytes): Cursor;
  /**
   * Takes frames in; persists them and what follows from them in one atomic write. `upTo` sets the cursor of its topic
   * in the same write, also without any frame, also backwards; without it no cursor moves. `upToDate`: the relay was
   * asked for everything, what is `missing` included, and had nothing more: what is still missing is being withheld.
   */
  receive(batch: readonly Received[], options?: ReceiveOptions): Promise<Result<ReceiveReport, DiskError>>;
  /** Unsent frames, in the order they were made; what was acknowledged is gone from it. */
  outbox(limit?: number): Promise<readonly Outgoing[]>;
  unsent(): number;
  /**
   * The relay has these on its disk. `newest`: where the newest of them stand there, which is known from then on although no
   * cursor moves: a relay that goes back to before that is found out also by a process that had no time to follow.
   */
  acknowledge(ids: readonly Bytes[], newest?: readonly TopicCursor[]): Promise<Result<void, DiskError>>;
  /** The newest frame that the relay acknowledged, where our cursor has not followed it. */
  acknowledged(topic: Bytes): Cursor | null;
  /** Frames known to exist that have not come: to be asked for by id, in any topic. */
  missing(): readonly Bytes[];
  /** True when the whole history is wanted, what is proposed for deletion included: pull from cursor 0. */
  wantsHistory(): boolean;
  /**
   * All ids the relay lists in a topic (those proposed for deletion included), compared with what it must have. Frames
   * it lost go back to the outbox, with a `rollback` event; the answer names those it has and we do not.
   */
  reconcile(topic: Bytes, ids: readonly Bytes[]): Promise<Result<{ wanted: readonly Bytes[] }, DiskError>>;
  /** Frames covered by a verified snapshot, for an owner to propose for deletion; `proposed` ticks them off. */
  deletable(limit?: number): Promise<readonly { topic: Bytes; ids: readonly Bytes[] }[]>;
  proposed(ids: readonly Bytes[]): Promise<Result<void, DiskError>>;
}
