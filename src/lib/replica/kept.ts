/**
 * What a replica keeps between two operations, in memory and on the disk, and how a turn becomes it. The disk is read
 * whole; where it is damaged, what it held is made again from the frames.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { HealthRecord } from '#lib/record/entry.ts';
import { judgeSnapshots } from './adopt.ts';
import { controlOf, idIn, type Context } from './context.ts';
import { isFoldDue, readSealed, sealTurn, type Loaded } from './disk.ts';
import { RecordDocument } from './document.ts';
import type { Frame } from './frames.ts';
import { newTally, parkWaiting } from './intake.ts';
import type { ReplicaChange } from './interface.ts';
import { NO_MEMBERS } from './members.ts';
import { numberOf, ownOf, readOutbox, sentUpTo, type Unsent } from './outbox.ts';
import { stillOwed } from './owed.ts';
import type { DiskError, Key } from './ports.ts';
import { readControls, rebuild } from './rebuild.ts';
import { readUnacknowledged } from './reseal.ts';
import { holesIn } from './restate.ts';
import { clientOf } from './rights.ts';
import { NO_SHELF, readShelf } from './shelf.ts';
import type { Snapshot } from './snapshot.ts';
import { EMPTY_HEAD } from './state.ts';
import { Turn, type Memory, type Shelf } from './turn.ts';

const EMPTY: Memory = {
  head: EMPTY_HEAD,
  controls: new Map(),
  members: NO_MEMBERS,
  reported: new Set(),
  others: new Map(),
};

/** What came of an operation besides its turn. */
interface Outcome {
  /** The document holds what the turn says already. */
  readonly isApplied?: boolean;
  /** Frames of this device. */
  readonly made?: readonly Frame[];
  /** What is left of the outbox. */
  readonly unsent?: readonly Unsent[];
}

export class Kept {
  readonly context: Context;
  memory: Memory = EMPTY;
  document: RecordDocument;
  /** Read from the disk at the first frame that comes; null until then. */
  shelf: Shelf | null = null;
  /** Shown while the document is ahead of the disk. */
  shown: HealthRecord | null = null;
  /** The document may hold what is not on the disk: it has to be read again. */
  isBroken = true;
  /** Something sealed was made again from the frames. */
  isRepaired = false;
  /** The relay has shown all it has of what is owed. */
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
      this.shelf = null;
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
      if (loaded.isSingle) await this.commit(this.turn());
      return null;
    } catch (error) {
      return diskErrorOf(error);
    }
  }

  #memoryOf({ head, controls, others, reported }: Loaded): Memory {
    const members = this.context.policy.evaluate([...controls.values()]);
    return { head, controls, members, reported, others };
  }

  /** Makes sealed values that were lost again from the frames. */
  async repair(isHeadLost: boolean): Promise<DiskError | null> {
    this.isRepaired = true;
    const turn = await this.fullTurn();
    const controls = new Map(turn.controls);
    for (const frame of await readControls(this.context, turn)) {
      controls.set(frame.id, controlOf(frame));
      turn.place(frame, 'frame');
    }
    const good = await this.context.policy.admit([...controls.values()], [...controls.values()]);
    turn.controls = new Map(good.map((control) => [hex(control.id), control]));
    turn.members = this.context.policy.evaluate(good);
    const unsent = await readOutbox(this.context, clientOf(this.context, turn.members));
    const numbers = unsent.map(({ key }) => numberOf(key) + 1);
    const { owed } = turn.head;
    turn.setHead({
      cursors: new Map(),
      nextOutbox: Math.max(turn.head.nextOutbox, ...numbers, 0),
      owed: {
        chains: owed?.chains ?? new Map(),
        controls: Math.max(turn.head.controls, owed?.controls ?? 0),
        unknown: isHeadLost || owed?.unknown === true,
      },
      ...(isHeadLost && { unsent: unsent.length }),
    });
    await rebuild(this.context, turn, null, newTally());
    // Which snapshots had been adopted only the head knows.
    const circumstances = { upToDate: isHeadLost, unsent: new Set(unsent.map(({ id }) => id)) };
    if (await judgeSnapshots(this.context, turn, [], circumstances, newTally()))
      await rebuild(this.context, turn, null, newTally());
    turn.setHead({ owed: stillOwed(turn, this.context.self.id, false) });
    if (isHeadLost) turn.setHead({ sent: sentUpTo(turn.head, this.context.self.id, unsent) });
    parkWaiting(turn);
    return this.commit(turn);
  }

  /**
   * Work of this device goes out under the epoch that writers use now, or not yet: between learning of a rotation and
   * having its keys, and for good when this device gets none, because it was removed (R18, R19).
   */
  #maySend({ own, topic }: Unsent): boolean {
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
    const turn = await this.fullTurn();
    const unacknowledged = await readUnacknowledged(this.context, turn);
    // Counted as unsent until they are said again, so that the next process finds them missing too.
    this.holes = holesIn(turn, this.context.self.id, unacknowledged);
    turn.setHead({ unsent: keys.length + this.holes });
    const present = new Set(keys.map(idIn));
    for (const frame of unacknowledged) if (!present.has(frame.id)) turn.send(frame);
    await this.commit(turn);
  }

  /** In order; after a word of which nothing is left nothing goes out: nobody could take it in (restate.ts). */
  async sendable(): Promise<readonly Unsent[]> {
    const unsent = await this.outbox();
    const { controls } = this.memory;
    const hole = unsent.findIndex(({ id, isNew, isLost, own }) =>
      isLost ? isNew && !controls.has(id) : own && this.holes > 0,
    );
    const whole = unsent.slice(0, hole < 0 ? unsent.length : hole).filter(({ isLost }) => !isLost);
    return whole.filter((one) => this.#maySend(one));
  }

  async outbox(): Promise<readonly Unsent[]> {
    this.#unsent ??= await readOutbox(this.context, clientOf(this.context, this.memory.members));
    return this.#unsent;
  }

  turn(): Turn {
    return new Turn(this.memory, this.shelf ?? NO_SHELF, this.context.layout);
  }

  /** A turn that knows what is held; with the changes of `started`, if given. */
  async fullTurn(started?: Turn): Promise<Turn> {
    this.shelf ??= await readShelf(this.context);
    const turn = this.turn();
    if (started) {
      turn.changes.push(...started.changes);
      turn.head = started.head;
    }
    return turn;
  }

  /**
   * Writes the turn; on success it is the state from then on. On failure nothing has changed, except a document that was
   * edited ahead of the write: that is read again before anything else happens.
   */
  async commit(
    turn: Turn,
    { isApplied = false, made = [], unsent }: Outcome = {},
  ): Promise<DiskError | null> {
    let document = turn.document ?? this.document;
    let state: Bytes | null = null;
    let sealed: readonly Bytes[] | undefined;
    if (turn.document) {
      turn.document.add(turn.adopted.map((snapshot) => snapshot.state));
      mustBeWhole(turn.document.apply(turn.updates));
      state = turn.document.state();
    } else if (turn.adopted.length > 0) {
      const [first] = turn.adopted;
      const isFirst = turn.adopted.length === 1 && this.document.clocks().size === 0;
      document = isFirst && first ? first.document : this.#copyWith(turn.adopted);
      mustBeWhole(document.apply(turn.updates));
      // On an empty disk the state can stay as it came, which spares a new device folding it at once.
      state = isFirst && first ? first.state : document.state();
      if (isFirst) sealed = turn.updates;
    } else if (isApplied && isFoldDue(turn.head, this.#stateBytes, this.context.maxTails))
      state = document.state();
    const changes = await sealTurn(this.context, turn, this.memory, state, sealed);
    const written = await this.context.ports.disk.write(changes, 'strict');
    if (!written.ok) {
      if (this.isBroken) await this.read();
      return written.error;
    }
    // What the chains say is there and the document lacks: made again from the frames, which this write has put there.
    if (!state && !isApplied && !document.apply(turn.updates)) return this.read();
    if (state) this.#stateBytes = state.length;
    this.document = document;
    this.#become(turn, made, unsent);
    if (!state && isFoldDue(turn.head, this.#stateBytes, this.context.maxTails)) await this.#fold();
    return null;
  }

  #copyWith(adopted: readonly Snapshot[]): RecordDocument {
    const copy = new RecordDocument(this.context.schema);
    copy.add([this.document.state(), ...adopted.map(({ state }) => state)]);
    return copy;
  }

  /** State instead of tails, in one write. Where that fails the tails stay, and it is tried again after the next write. */
  async #fold(): Promise<void> {
    const turn = this.turn();
    const state = this.document.state();
    const changes = await sealTurn(this.context, turn, this.memory, state);
    const written = await this.context.ports.disk.write(changes, 'strict');
    if (!written.ok) return;
    this.#stateBytes = state.length;
    this.memory = { ...this.memory, head: turn.head };
  }

  #become(turn: Turn, made: readonly Frame[], unsent: readonly Unsent[] | undefined): void {
    const { head, controls, members, reported, others } = turn;
    const before = this.memory;
    this.memory = { head, controls, members, reported, others };
    if (this.shelf) {
      const { waiting, refused, strangers, suspects } = turn;
      this.shelf = { held: new Map(turn.heldKeys()), waiting, refused, strangers, suspects };
    }
    this.isBroken = false;
    this.shown = null;
    for (const frame of made) if (frame.kind !== 'control') this.made.set(frame.id, frame.seq);
    this.#noteOutbox(turn, made, unsent);
    if (turn.updates.length > 0 || turn.adopted.length > 0 || turn.document) this.#tell({ type: 'record' });
    if (members !== before.members) this.#tell({ type: 'members' });
    if (head.sent !== before.head.sent || head.reach !== before.head.reach) this.#tell({ type: 'delivery' });
    for (const event of turn.events) this.#tell({ type: 'security', event });
  }

  #noteOutbox(turn: Turn, made: readonly Frame[], unsent: readonly Unsent[] | undefined): void {
    const { layout } = this.context;
    const isSending = (key: Key) =>
      key.length === layout.outbox.length + 4 && key[layout.outbox.length - 1] === layout.outbox.at(-1);
    const sending = turn.changes.flatMap((change) =>
      change.type === 'put' && isSending(change.key) ? [change.key] : [],
    );
    if (this.#unsent?.some(({ isLost }) => isLost)) this.#unsent = null;
    else if (unsent && sending.length === 0) this.#unsent = unsent;
    else if (
      this.#unsent &&
      sending.length === made.length &&
      !turn.document &&
      turn.changes.every((change) => change.type === 'put')
    ) {
      const client = clientOf(this.context, turn.members);
      const added = made.map((frame, i) => ({
        key: sending[i]!,
        id: frame.id,
        topic: frame.topic,
        own: ownOf(this.context, frame, client),
        isNew: true,
        isLost: false,
      }));
      this.#unsent = [...this.#unsent, ...added];
    } else if (sending.length > 0 || unsent) this.#unsent = null;
  }
}

/** What was admitted builds on what is there: log.ts has seen to it. */
function mustBeWhole(whole: boolean): void {
  if (!whole) throw new Error('incomplete update');
}

/** What a failed read of the disk means; anything else is a defect and goes on. */
export function diskErrorOf(error: unknown): DiskError {
  if (error instanceof Error && 'error' in error) return error.error as DiskError;
  throw error;
}
