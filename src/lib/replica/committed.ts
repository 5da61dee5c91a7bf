/**
 * What a replica keeps between two operations, in memory and on the disk, and how a transaction becomes it. The disk is read
 * whole; where it is damaged, what it held is made again from the frames.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { HealthRecord } from '#lib/record/entry.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { judgeSnapshots } from './adopt.ts';
import { readSnapshots } from './base.ts';
import { idIn, type Context } from './context.ts';
import { isFoldDue, readSealed, sealTransaction, type Loaded } from './disk.ts';
import { RecordDocument } from './document/document.ts';
import { controlOf, type Frame } from './frames.ts';
import { parkWaiting } from './intake.ts';
import type { ReplicaChange } from './interface.ts';
import { NO_MEMBERS } from './members.ts';
import { numberOf, ownOf, readOutbox, sentUpTo, type Unsent } from './outbox.ts';
import { noteMissing, stillMissing } from './missing.ts';
import type { DiskError, Key } from './ports.ts';
import { readGrounds, recount } from './recount.ts';
import { readUnacknowledged } from './reseal.ts';
import { holesIn } from './rewrite-lost.ts';
import { NOTHING_PARKED, readParked } from './parked.ts';
import { takeStatements } from './statements.ts';
import { EMPTY_HEAD } from './state.ts';
import { Transaction, type Memory, type Parked } from './transaction.ts';

const EMPTY: Memory = {
  head: EMPTY_HEAD,
  controls: new Map(),
  members: NO_MEMBERS,
  carried: new Map(),
  reported: new Set(),
  others: new Map(),
};

/** What came of an operation besides its transaction. */
interface Outcome {
  /** Frames of this device. */
  readonly made?: readonly Frame[];
  /** What is left of the outbox. */
  readonly unsent?: readonly Unsent[];
}

export class Committed {
  readonly context: Context;
  memory: Memory = EMPTY;
  document: RecordDocument;
  /** Read from the disk at the first frame that comes; null until then. */
  parked: Parked | null = null;
  /** Shown while the document is ahead of the disk. */
  shown: HealthRecord | null = null;
  /** The document may hold what is not on the disk: it has to be read again. */
  isBroken = true;
  /** A person wants what is unsent to go out under the keys it was sealed with. */
  isReleased = false;
  /** Something sealed was made again from the frames. */
  isRepaired = false;
  /** The relay has shown all it has of what is missing. */
  isAsked = false;
  /** Frames that are to be sent, and of which there is no trace but their number. */
  holes = 0;
  /** Whether the outbox has been found to hold what it should. */
  isOutboxChecked = false;
  /** Numbers of this device's frames made since load. */
  readonly made = new Map<Hex, number>();
  readonly #tell: (change: ReplicaChange) => void;
  #unsent: readonly Unsent[] | null = null;
  #stateBytes = 0;

  constructor(context: Context, tell: (change: ReplicaChange) => void) {
    this.context = context;
    this.document = new RecordDocument(context.schema);
    this.#tell = tell;
  }

  get isLoaded(): boolean {
    return this.memory !== EMPTY;
  }

  /** What the outbox is known to hold; empty before it was read. */
  get knownUnsent(): readonly Unsent[] {
    return this.#unsent ?? [];
  }

  /** Everything from the disk again; the failure, if that fails. */
  async read(): Promise<DiskError | null> {
    try {
      const loaded = await readSealed(this.context);
      const { damaged } = loaded;
      this.document = loaded.document;
      this.#stateBytes = loaded.stateBytes;
      this.memory = this.#memoryOf(loaded);
      this.parked = null;
      this.#unsent = null;
      this.isOutboxChecked = false;
      this.isBroken = false;
      this.shown = null;
      if (damaged.head || damaged.controls || damaged.record) {
        const failure = await this.repair(damaged.head);
        if (failure) this.isBroken = true;
        return failure;
      }
      // Where there is no room for it, the next write that succeeds does it.
      if (loaded.isSingle) await this.commit(this.transaction());
      return null;
    } catch (error) {
      return diskErrorOf(error);
    }
  }

  #memoryOf({ head, controls, carried, others, reported }: Loaded): Memory {
    // As they were counted last: a chain that went on since, in a write of its own before a crash, is news to the next transaction.
    const upTo = head.judged.size > 0 ? head.judged : undefined;
    const members = this.context.policy.evaluate([...controls.values()], carried, upTo);
    return { head, controls, members, carried, reported, others };
  }

  /** Makes sealed values that were lost again from the frames. */
  async repair(isHeadLost: boolean): Promise<DiskError | null> {
    this.isRepaired = true;
    const transaction = await this.fullTransaction();
    await this.#repairControls(transaction);
    const unsent = await readOutbox(this.context);
    const numbers = unsent.map(({ key }) => numberOf(key) + 1);
    const { missing, lanes: before } = transaction.head;
    transaction.setHead({
      cursors: new Map(),
      nextOutbox: Math.max(transaction.head.nextOutbox, ...numbers, 0),
      missing: {
        lanes: missing?.lanes ?? new Map(),
        controls: Math.max(transaction.head.controls, missing?.controls ?? 0),
        unknown: isHeadLost || missing?.unknown === true,
      },
      ...(isHeadLost && { unsent: unsent.length }),
    });
    await recount(this.context, transaction);
    noteMissing(transaction, before, [...transaction.late.values()], true);
    // Which snapshots had been adopted only the head knows.
    const circumstances = { upToDate: isHeadLost, unsent: new Set(unsent.map(({ id }) => id)) };
    const made = [...transaction.entered.values(), ...transaction.waiting.values()].filter(
      ({ kind }) => kind === 'snapshot',
    );
    await judgeSnapshots(this.context, transaction, transaction.head.base ? [] : made, circumstances);
    transaction.setHead({ missing: stillMissing(transaction, false) });
    if (isHeadLost) transaction.setHead({ sent: sentUpTo(transaction.head, this.context.self.id, unsent) });
    parkWaiting(transaction);
    return this.commit(transaction);
  }

  /**
   * What frames carry of chains and what they say of members, again; it is verified as if it had just come. Words carry
   * revocations as controls do, and of what is folded the snapshot alone tells.
   */
  async #repairControls(transaction: Transaction): Promise<void> {
    const { context } = this;
    const { policy } = context;
    const { controls: frames, all } = await readGrounds(context, transaction);
    const claimed = frames.map(controlOf);
    const news = all.map(({ chains }) => chains);
    const everybody = (await policy.carry(news, transaction.carried)).carried;
    const { addresses } = policy.circle([...transaction.controls.values(), ...claimed], everybody, claimed);
    transaction.carried = new Map([...everybody].filter(([address]) => addresses.has(address)));
    const controls = new Map(transaction.controls);
    for (const frame of frames) {
      controls.set(frame.saying, controlOf(frame));
      transaction.place(frame, 'frame');
    }
    const good = await policy.admit([...controls.values()], [...controls.values()]);
    transaction.controls = new Map(good.map((control) => [hex(control.id), control]));
    transaction.members = policy.evaluate(good, transaction.carried);
    for (const snapshot of await readSnapshots(context, transaction))
      await takeStatements(context, transaction, snapshot);
  }

  /**
   * Work of this device goes out under the epoch that writers use now, or not yet: between learning of a rotation and
   * having its keys, and until a person decides otherwise when this device gets none, because it was removed (R18, R19).
   */
  #maySend({ own, topic }: Unsent): boolean {
    if (this.isReleased) return true;
    const { epoch } = this.memory.members;
    const keys = this.context.keyring.at(topic);
    return own === null || epoch === undefined || (keys !== undefined && hex(keys.id) === epoch);
  }

  /** Puts back into the outbox what got lost from it; a frame too many is one the relay has already. */
  async checkOutbox(): Promise<void> {
    if (this.isOutboxChecked || this.isBroken) return;
    this.isOutboxChecked = true;
    this.holes = 0;
    const { disk } = this.context.ports;
    const keys = await disk.keys(this.context.layout.outbox);
    if (keys.length === this.memory.head.unsent) return;
    const transaction = await this.fullTransaction();
    const unacknowledged = await readUnacknowledged(this.context, transaction);
    // Counted as unsent until they are said again, so that the next process finds them missing too.
    this.holes = holesIn(transaction, this.context.self.id, unacknowledged);
    transaction.setHead({ unsent: keys.length + this.holes });
    const present = new Set(keys.map(idIn));
    for (const frame of unacknowledged) if (!present.has(frame.id)) transaction.send(frame);
    await this.commit(transaction);
  }

  /** What says anything waits for a rotation: the keys in use reach somebody who was let out. */
  get waitsForKeys(): boolean {
    return this.context.rotates && this.memory.members.rotationDue;
  }

  /** In order; after a word of which nothing is left nothing goes out: nobody could take it in (rewrite-lost.ts). */
  async sendable(): Promise<readonly Unsent[]> {
    const unsent = await this.outbox();
    const hole = unsent.findIndex(({ isNew, isLost, own }) => (isLost ? isNew : own && this.holes > 0));
    const whole = unsent.slice(0, hole < 0 ? unsent.length : hole).filter(({ isLost }) => !isLost);
    const may = whole.filter((one) => this.#maySend(one));
    if (!this.waitsForKeys || this.isReleased) return may;
    const values = may.findIndex(({ own }) => own !== null && own.from !== null);
    return values < 0 ? may : may.filter(({ own }, i) => own === null || i < values);
  }

  async outbox(): Promise<readonly Unsent[]> {
    this.#unsent ??= await readOutbox(this.context);
    return this.#unsent;
  }

  transaction(): Transaction {
    const { memory, parked, context, document } = this;
    return new Transaction(memory, parked ?? NOTHING_PARKED, context.layout, document, () => {
      this.shown ??= document.read();
      this.isBroken = true;
    });
  }

  /** A transaction that knows what is held; with the changes of `started`, if given. */
  async fullTransaction(started?: Transaction): Promise<Transaction> {
    this.parked ??= await readParked(this.context, this.memory.members);
    const transaction = this.transaction();
    if (started) {
      transaction.changes.push(...started.changes);
      transaction.head = started.head;
    }
    return transaction;
  }

  /**
   * Writes the transaction; on success it is the state from then on. On failure nothing has changed: a document that ran ahead of
   * the write is read again before anything else happens.
   */
  async commit(transaction: Transaction, { made = [], unsent }: Outcome = {}): Promise<DiskError | null> {
    if (transaction.members !== this.memory.members)
      transaction.setHead({ judged: transaction.members.judgedBy });
    const folds =
      transaction.mustFold || isFoldDue(transaction.head, this.#stateBytes, this.context.maxTails);
    const { changes, stateBytes } = await sealTransaction(this.context, transaction, this.memory, folds);
    const written = await this.context.ports.disk.write(changes, 'strict');
    if (!written.ok) {
      if (this.isBroken) await this.read();
      return written.error;
    }
    if (stateBytes !== null) this.#stateBytes = stateBytes;
    const isNewRecord = transaction.changesRecord(this.memory.head.lanes);
    this.document = transaction.document;
    this.#become(transaction, made, unsent, isNewRecord);
    return null;
  }

  #become(
    transaction: Transaction,
    made: readonly Frame[],
    unsent: readonly Unsent[] | undefined,
    isNewRecord: boolean,
  ): void {
    const { head, controls, members, carried, reported, others } = transaction;
    const before = this.memory;
    this.memory = { head, controls, members, carried, reported, others };
    if (this.parked) {
      const { waiting, late, refused, strangers, parkedBy, suspects } = transaction;
      const held = new Map(transaction.heldKeys());
      this.parked = { held, waiting, late, refused, strangers, parkedBy, suspects };
    }
    this.isBroken = false;
    this.shown = null;
    for (const frame of made) if (frame.kind !== 'control') this.made.set(frame.id, frame.seq);
    this.#noteOutbox(transaction, made, unsent);
    if (isNewRecord) this.#tell({ type: 'record' });
    if (members !== before.members) this.#tell({ type: 'members' });
    if (head.sent !== before.head.sent || head.reach !== before.head.reach) this.#tell({ type: 'delivery' });
    if (carried !== before.carried) this.#tell({ type: 'chains' });
    for (const event of transaction.events) this.#tell({ type: 'security', event });
  }

  #noteOutbox(transaction: Transaction, made: readonly Frame[], unsent: readonly Unsent[] | undefined): void {
    const { layout } = this.context;
    const isSending = (key: Key) =>
      key.length === layout.outbox.length + 4 && key[layout.outbox.length - 1] === layout.outbox.at(-1);
    const sending = transaction.changes.flatMap((change) =>
      change.type === 'put' && isSending(change.key) ? [change.key] : [],
    );
    if (this.#unsent?.some(({ isLost }) => isLost)) this.#unsent = null;
    else if (unsent && sending.length === 0) this.#unsent = unsent;
    else if (
      this.#unsent &&
      sending.length === made.length &&
      transaction.changes.every((change) => change.type === 'put')
    ) {
      const added = made.map((frame, i) => ({
        key: sending[i]!,
        id: frame.id,
        topic: frame.topic,
        own: ownOf(this.context, frame),
        isNew: true,
        isLost: false,
      }));
      this.#unsent = [...this.#unsent, ...added];
    } else if (sending.length > 0 || unsent) this.#unsent = null;
  }
}

/** What a failed read of the disk means; anything else is a defect and goes on. */
export function diskErrorOf(error: unknown): DiskError {
  if (error instanceof Error && 'error' in error) return error.error as DiskError;
  throw error;
}
