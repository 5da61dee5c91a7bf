/**
 * The replica at work: one line of operations, each a turn that is written whole or dropped (turn.ts). The steps stand in
 * their own files; here is the order in which they happen and what is kept in memory between them.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Edit, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { coverAll, judgeSnapshots, reconsiderBase, type Circumstances } from './adopt.ts';
import { authorControl, authorData, frontierOf, headsContent } from './authoring.ts';
import { decodeFrontier, encodeFrontier, type Lane } from './bodies.ts';
import { controlOf, idIn, listFrames, type Context } from './context.ts';
import { isFoldDue, readSealed, sealTurn, type Loaded } from './disk.ts';
import { RecordDocument } from './document.ts';
import type { Frame } from './frames.ts';
import { gapEvent, gapsIn, mergeClaims, mergeReach, missingIds, type Holdings } from './freshness.ts';
import { inspectUpdate, MAX_UPDATE } from './gate.ts';
import { tick } from './hlc.ts';
import { enterLog, parkWaiting, takeIn, type Tally } from './intake.ts';
import { CHAIN_START, whyWaiting } from './log.ts';
import { noteAbsent, settleSuspects } from './losses.ts';
import { isSilenced, stillOwed } from './owed.ts';
import { NO_MEMBERS, type DeviceHex, type Members } from './members.ts';
import { groupByTopic, numberOf, ownOf, readOutbox, readUnsent, sentUpTo, type Unsent } from './outbox.ts';
import type { DiskError, Key, Policy } from './ports.ts';
import { readControls, rebuild } from './rebuild.ts';
import type {
  Cursor,
  Delivery,
  EditError,
  EncodedFrontier,
  LoadReport,
  Outgoing,
  ReceiveOptions,
  ReceiveReport,
  Received,
  Replica,
  ReplicaChange,
} from './interface.ts';
import { holesIn, lostIn, restate } from './restate.ts';
import { readUnacknowledged, resealUnsent } from './reseal.ts';
import { encodeSnapshot, type Snapshot } from './snapshot.ts';
import { EMPTY_HEAD } from './state.ts';
import { keyringOf, Turn, type Memory, type Shelf } from './turn.ts';

const EMPTY: Memory = {
  head: EMPTY_HEAD,
  controls: new Map(),
  members: NO_MEMBERS,
  reported: new Set(),
  others: new Map(),
};

const NO_SHELF: Shelf = {
  held: new Map(),
  waiting: new Map(),
  refused: new Map(),
  strangers: new Map(),
  suspects: new Map(),
};

type Done<T, E extends { readonly type: string } = DiskError> = Promise<Result<T, E>>;

export class LiveReplica<M extends Members> implements Replica<M> {
  readonly #context: Context;
  readonly #policy: Policy<M>;
  #memory: Memory = EMPTY;
  #document: RecordDocument;
  /** Read from the disk at the first frame that comes; null until then. */
  #shelf: Shelf | null = null;
  #unsent: readonly Unsent[] | null = null;
  /** Whether the outbox has been found to hold what it should. */
  #outboxChecked = false;
  /** Frames that are to be sent, and of which there is no trace but their number. */
  #holes = 0;
  #stateBytes = 0;
  /** Shown while the document is ahead of the disk. */
  #shown: HealthRecord | null = null;
  /** The document may hold what is not on the disk: it has to be read again. */
  #broken = true;
  #repaired = false;
  /** The relay has shown all it has of what is owed. */
  #isAsked = false;
  readonly #unreadable = new Set<Hex>();
  readonly #listeners = new Set<(change: ReplicaChange) => void>();
  /** Numbers of this device's frames made since load. */
  readonly #made = new Map<Hex, number>();
  #line: Promise<unknown> = Promise.resolve();

  constructor(context: Context, policy: Policy<M>) {
    this.#context = context;
    this.#policy = policy;
    this.#document = new RecordDocument(context.schema);
  }

  load(): Done<LoadReport> {
    return this.#inLine(async () => {
      const failure = await this.#read();
      return failure ? fail(failure) : ok({ repaired: this.#repaired });
    });
  }

  edit(edits: readonly Edit[]): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const [keys, client] = [this.#context.keyring.current, this.#writingClient()];
      if (this.#isSilenced('update')) return fail({ type: 'incomplete' });
      if (!keys || client === null) return fail({ type: 'not-allowed' });
      const missing = this.#missingEntry(edits);
      if (missing !== null) return fail({ type: 'entry-missing', id: missing });
      const turn = this.#turn();
      this.#shown = this.#document.read();
      const { time } = tick(turn.head.clock, this.#context.ports.clock.now());
      const update = this.#document.edit(client, edits, time);
      this.#broken = true;
      const passed = update.length <= MAX_UPDATE ? inspectUpdate(update, client) : null;
      if (!passed) return fail({ type: 'edit-too-large' });
      const frame = await authorData(
        this.#context,
        turn,
        'update',
        update,
        keys,
        this.#document.clock(client),
      );
      turn.updates.push(update);
      const failure = await this.#commit(turn, { isApplied: true, made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  control(body: Bytes, epoch?: EpochKeys): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const keys = epoch ?? this.#context.keyring.current;
      if (!keys) return fail({ type: 'not-allowed' });
      if (isSilenced(this.#memory, this.#context.self.id, 'control')) return fail({ type: 'incomplete' });
      const turn = await this.#receivingTurn();
      const frame = await authorControl(this.#context, turn, body, keys);
      await this.#takeFrames(turn, [], { upToDate: false });
      const failure = await this.#commit(turn, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  publishHeads(others: ReadonlyMap<string, EncodedFrontier> = new Map()): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const keys = this.#context.keyring.current;
      const turn = this.#turn();
      if (this.#isSilenced('heads')) return fail({ type: 'incomplete' });
      if (!keys || !this.#mayAuthor('heads')) return fail({ type: 'not-allowed' });
      const content = headsContent(turn, this.#context.self.id, others);
      const frame = await authorData(this.#context, turn, 'heads', content, keys);
      const failure = await this.#commit(turn, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  snapshot(): Done<{ frames: readonly Bytes[] }, EditError> {
    return this.#act<{ frames: readonly Bytes[] }, EditError>(async () => {
      const keys = this.#context.keyring.current;
      if (this.#isSilenced('snapshot')) return fail({ type: 'incomplete' });
      if (!keys || !this.#mayAuthor('snapshot')) return fail({ type: 'not-allowed' });
      if (this.#memory.head.unsent > 0) return fail({ type: 'unsent' });
      const turn = await this.#receivingTurn();
      const frontier = await coverAll(this.#context, turn);
      if (!frontier) {
        const failure = turn.discarded.size > 0 ? await this.#commit(turn, {}) : null;
        return fail(failure ?? { type: 'incomplete' });
      }
      const contents = await encodeSnapshot({ frontier, state: this.#document.state() });
      if (!contents) return fail({ type: 'edit-too-large' });
      const made: Frame[] = [];
      for (const content of contents)
        made.push(await authorData(this.#context, turn, 'snapshot', content, keys));
      turn.setHead({ undecided: [...turn.head.undecided, ...made.map(({ id }) => id)] });
      const failure = await this.#commit(turn, { made });
      return failure ? fail(failure) : ok({ frames: made.map(({ id }) => fromHex(id)) });
    });
  }

  useEpochs(epochs: readonly EpochKeys[]): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const before = this.#context.keyring;
      this.#context.keyring = keyringOf(epochs);
      // What is owed may lie here, and could not be opened until now.
      const unrepaired = this.#memory.head.owed ? await this.#repair(false) : null;
      if (unrepaired) {
        this.#context.keyring = before;
        return fail(unrepaired);
      }
      const turn = await this.#receivingTurn();
      const unsent = await this.#readOutbox();
      const resealed = await resealUnsent(this.#context, turn, unsent);
      if (resealed.length === 0) return ok();
      const failure = await this.#commit(turn, { made: resealed });
      if (failure) this.#context.keyring = before;
      return failure ? fail(failure) : ok();
    });
  }

  refresh(): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () => {
      const turn = await this.#receivingTurn();
      turn.members = this.#context.policy.evaluate([...turn.controls.values()]);
      return this.#receiveInto(turn, [], {});
    });
  }

  receive(batch: readonly Received[], options: ReceiveOptions = {}): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () =>
      this.#receiveInto(await this.#receivingTurn(), batch, options),
    );
  }

  witness(device: DeviceHex, frontier: EncodedFrontier): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const heads = decodeFrontier(frontier);
      if (!heads) return ok();
      const turn = this.#turn();
      const data = heads.filter(({ lane }) => lane === 'data');
      turn.setHead({
        claims: mergeClaims(
          turn.head.claims,
          heads.map((head) => ({ ...head, by: device })),
        ),
        ...(device !== this.#context.self.id && { reach: mergeReach(turn.head.reach, device, data, true) }),
      });
      const failure = await this.#commit(turn, {});
      return failure ? fail(failure) : ok();
    });
  }

  async outbox(limit = 64): Promise<readonly Outgoing[]> {
    const answer = await this.#inLine(async () => {
      await this.#checkOutbox();
      const outgoing: Outgoing[] = [];
      for (const unsent of (await this.#sendable()).slice(0, limit)) {
        const bytes = await readUnsent(this.#context, unsent);
        if (bytes) outgoing.push({ topic: unsent.topic, id: fromHex(unsent.id), bytes });
      }
      return outgoing;
    });
    return answer;
  }

  acknowledge(ids: readonly Bytes[]): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const acknowledged = new Set(ids.map(hex));
      const unsent = await this.#readOutbox();
      const sent = unsent.filter(({ id }) => acknowledged.has(id));
      if (sent.length === 0) return ok();
      const turn = this.#turn();
      const left = unsent.filter(({ id }) => !acknowledged.has(id));
      for (const { key } of sent) turn.unsend(key);
      turn.setHead({ sent: sentUpTo(turn.head, this.#context.self.id, left) });
      const unsentIds = new Set(left.map(({ id }) => id));
      if (turn.head.undecided.length > 0) {
        const full = await this.#receivingTurn(turn);
        await this.#judge(full, [], { upToDate: false, unsent: unsentIds }, newTally());
        const failure = await this.#commit(full, { unsent: left });
        return failure ? fail(failure) : ok();
      }
      const failure = await this.#commit(turn, { unsent: left });
      return failure ? fail(failure) : ok();
    });
  }

  reconcile(topic: Bytes, ids: readonly Bytes[]): Done<{ wanted: readonly Bytes[] }> {
    return this.#act<{ wanted: readonly Bytes[] }, DiskError>(async () => {
      const turn = await this.#receivingTurn();
      const listed = new Set(ids.map(hex));
      const unsent = new Set((await this.#readOutbox()).map(({ id }) => id));
      const wanted = [...listed].filter((id) => !turn.isHeld(id) && !this.#unreadable.has(id));
      await noteAbsent(this.#context, turn, topic, { listed, unsent });
      const failure = turn.changes.length > 0 ? await this.#commit(turn, {}) : null;
      if (failure) return fail(failure);
      return ok({ wanted: wanted.map(fromHex) });
    });
  }

  async deletable(limit = 1000): Promise<readonly { topic: Bytes; ids: readonly Bytes[] }[]> {
    return groupByTopic(await this.#context.ports.disk.keys(this.#context.layout.doomed), limit);
  }

  proposed(ids: readonly Bytes[]): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const done = new Set(ids.map(hex));
      const { disk, layout } = { ...this.#context.ports, layout: this.#context.layout };
      const keys = (await disk.keys(layout.doomed)).filter((key) => done.has(key.at(-1) ?? ''));
      const written = await disk.write(
        keys.map((key) => ({ type: 'delete', key })),
        'strict',
      );
      return written.ok ? ok() : written;
    });
  }

  topics(): readonly Bytes[] {
    return this.#context.keyring.topics;
  }

  cursor(topic: Bytes): Cursor {
    return this.#memory.head.cursors.get(hex(topic)) ?? { after: 0, frame: null };
  }

  missing(): readonly Bytes[] {
    if (!this.#shelf) return [];
    const missing = missingIds(this.#holdings(this.#memory, this.#shelf));
    for (const { id, isLost } of this.#unsent ?? []) if (isLost) missing.add(id);
    return [...missing].map(fromHex);
  }

  wantsHistory(): boolean {
    const { wantsHistory, dropped } = this.#memory.head;
    return wantsHistory || (dropped && (this.#shelf?.waiting.size ?? 0) === 0);
  }

  record(): HealthRecord {
    return this.#shown ?? this.#document.read();
  }

  isWhole(): boolean {
    return this.#memory.head.owed === null || this.#isAsked;
  }

  members(): M {
    // The members in memory always come from this very policy; before `load` there are no controls.
    return (this.#memory === EMPTY ? this.#policy.evaluate([]) : this.#memory.members) as M;
  }

  controls(): readonly VerifiedControl[] {
    return [...this.#memory.controls.values()];
  }

  frontier(): EncodedFrontier {
    return encodeFrontier(frontierOf(this.#memory));
  }

  head(device: DeviceHex, lane: Lane): { readonly seq: number; readonly id: Hex } | undefined {
    if (lane === 'data') return this.#memory.head.chains.get(device);
    return frontierOf(this.#memory).find((head) => head.author === device && head.lane === lane);
  }

  uncovered(): number {
    const { chains, base } = this.#memory.head;
    let frames = 0;
    for (const [author, { seq }] of chains) frames += seq - (base?.chains.get(author)?.seq ?? 0);
    return frames;
  }

  otherFrontiers(): ReadonlyMap<DeviceHex, ReadonlyMap<string, EncodedFrontier>> {
    return this.#memory.others;
  }

  stateHash(): Bytes {
    const writer = new Writer(4096);
    const text = (value: string) => writer.lengthPrefixed(encoder.encode(value));
    for (const [section, key, value] of this.#document.values()) {
      text(section);
      text(key);
      text(JSON.stringify(value) ?? '');
    }
    for (const id of [...this.#memory.controls.keys()].sort()) text(id);
    for (const author of [...this.#memory.head.chains.keys()].sort()) {
      const { seq, id, clock } = this.#memory.head.chains.get(author)!;
      text(`${author} ${seq} ${id} ${clock}`);
    }
    return sha256(writer.finish());
  }

  delivery(frame?: Bytes): Delivery | undefined {
    const { head } = this.#memory;
    const own = head.chains.get(this.#context.self.id);
    if (!frame)
      return own && own.clock > 0 ? this.#deliveryOf((reach) => reach.clock >= own.clock) : undefined;
    const seq = this.#made.get(hex(frame));
    return seq === undefined ? undefined : this.#deliveryOf((reach) => reach.seq >= seq);
  }

  entryDelivery(section: SectionId, id: EntryId): Delivery {
    const client = this.#memory.members.author(this.#context.self.id)?.clientId;
    const clock = client === undefined ? 0 : this.#document.lastSet(client, section, id);
    // An entry that others wrote came from the relay.
    return this.#deliveryOf((reach) => reach.clock >= clock);
  }

  unsent(): number {
    return this.#memory.head.unsent;
  }

  subscribe(listener: (change: ReplicaChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#inLine(() => Promise.resolve());
  }

  // ———————————————————————————————————————————————————————————————————————————————————————————— reading the disk

  /** Everything from the disk again; the failure, if that fails. */
  async #read(): Promise<DiskError | null> {
    try {
      const loaded = await readSealed(this.#context);
      const { damaged } = loaded;
      this.#document = loaded.document;
      this.#stateBytes = loaded.stateBytes;
      this.#memory = this.#memoryOf(loaded);
      this.#shelf = null;
      this.#unsent = null;
      this.#outboxChecked = false;
      this.#broken = false;
      this.#shown = null;
      if (damaged.head || damaged.controls || damaged.record) {
        const failure = await this.#repair(damaged.head);
        if (failure) this.#broken = true;
        return failure;
      }
      // Where there is no room for it, the next write that succeeds does it.
      if (loaded.isSingle) await this.#commit(this.#turn(), {});
      return null;
    } catch (error) {
      return diskErrorOf(error);
    }
  }

  #memoryOf({ head, controls, others, reported }: Loaded): Memory {
    const members = this.#context.policy.evaluate([...controls.values()]);
    return { head, controls, members, reported, others };
  }

  /** Makes sealed values that were lost again from the frames. */
  async #repair(isHeadLost: boolean): Promise<DiskError | null> {
    this.#repaired = true;
    const turn = await this.#receivingTurn();
    const controls = new Map(turn.controls);
    for (const frame of await readControls(this.#context, turn)) {
      controls.set(frame.id, controlOf(frame));
      turn.place(frame, 'frame');
    }
    const good = await this.#context.policy.admit([...controls.values()], [...controls.values()]);
    turn.controls = new Map(good.map((control) => [hex(control.id), control]));
    turn.members = this.#context.policy.evaluate(good);
    const unsent = await readOutbox(this.#context, this.#clientIn(turn.members));
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
    await rebuild(this.#context, turn, null, newTally());
    // Which snapshots had been adopted only the head knows.
    const circumstances = { upToDate: isHeadLost, unsent: new Set(unsent.map(({ id }) => id)) };
    if (await this.#judge(turn, [], circumstances, newTally()))
      await rebuild(this.#context, turn, null, newTally());
    turn.setHead({ owed: stillOwed(turn, this.#context.self.id, false) });
    if (isHeadLost) turn.setHead({ sent: sentUpTo(turn.head, this.#context.self.id, unsent) });
    parkWaiting(turn);
    return this.#commit(turn, {});
  }

  async #readShelf(): Promise<Shelf> {
    if (this.#shelf) return this.#shelf;
    const { disk } = this.#context.ports;
    const { layout } = this.#context;
    const held = new Map<Hex, Key>();
    for (const prefix of [layout.frames, layout.parked, layout.refused])
      for (const key of await disk.keys(prefix)) held.set(key.at(-1) ?? '', key);
    const suspects = await disk.keys(layout.suspects);
    const parked = await listFrames(this.#context, layout.parked);
    const refused = await listFrames(this.#context, layout.refused);
    for (const key of [...parked.damaged, ...refused.damaged]) held.delete(key.at(-1) ?? '');
    const strangers = new Map(parked.opened.map(({ frame }) => [frame.frame.id, frame]));
    const shelf: Shelf = {
      held,
      waiting: new Map(),
      refused: new Map(refused.opened.map(({ frame: { frame } }) => [frame.id, frame])),
      strangers, // verified again with the first batch: the disk outside the seal is not believed
      suspects: new Map(suspects.map((key) => [key.at(-1) ?? '', key.at(-2) ?? ''])),
    };
    this.#shelf = shelf;
    return shelf;
  }

  /**
   * Work of this device goes out under the epoch that writers use now, or not yet: between learning of a rotation and
   * having its keys, and for good when this device gets none, because it was removed (R18, R19).
   */
  #maySend({ own, topic }: Unsent): boolean {
    const { epoch } = this.#memory.members;
    const keys = this.#context.keyring.at(topic);
    return own === null || epoch === undefined || (keys !== undefined && hex(keys.id) === epoch);
  }

  /** Puts back into the outbox what got lost from it; a frame too many is one the relay has already. */
  async #checkOutbox(): Promise<void> {
    if (this.#outboxChecked || this.#broken) return;
    this.#outboxChecked = true;
    this.#holes = 0;
    const { disk } = this.#context.ports;
    const keys = await disk.keys(this.#context.layout.outbox);
    if (keys.length === this.#memory.head.unsent) return;
    const turn = await this.#receivingTurn();
    const unacknowledged = await readUnacknowledged(this.#context, turn);
    // Counted as unsent until they are said again, so that the next process finds them missing too.
    this.#holes = holesIn(turn, this.#context.self.id, unacknowledged);
    turn.setHead({ unsent: keys.length + this.#holes });
    const present = new Set(keys.map(idIn));
    for (const frame of unacknowledged) if (!present.has(frame.id)) turn.send(frame);
    await this.#commit(turn, {});
  }

  /** In order; after a word of which nothing is left nothing goes out: nobody could take it in (restate.ts). */
  async #sendable(): Promise<readonly Unsent[]> {
    const unsent = await this.#readOutbox();
    const { controls } = this.#memory;
    const hole = unsent.findIndex(({ id, isNew, isLost, own }) =>
      isLost ? isNew && !controls.has(id) : own && this.#holes > 0,
    );
    const whole = unsent.slice(0, hole < 0 ? unsent.length : hole).filter(({ isLost }) => !isLost);
    return whole.filter((one) => this.#maySend(one));
  }

  async #readOutbox(): Promise<readonly Unsent[]> {
    this.#unsent ??= await readOutbox(this.#context, this.#clientIn(this.#memory.members));
    return this.#unsent;
  }

  // ————————————————————————————————————————————————————————————————————————————————————————————————— turns

  #turn(): Turn {
    return new Turn(this.#memory, this.#shelf ?? NO_SHELF, this.#context.layout);
  }

  /** A turn that knows what is held; with the changes of `started`, if given. */
  async #receivingTurn(started?: Turn): Promise<Turn> {
    await this.#readShelf();
    const turn = this.#turn();
    if (started) {
      turn.changes.push(...started.changes);
      turn.head = started.head;
    }
    return turn;
  }

  async #receiveInto(turn: Turn, batch: readonly Received[], options: ReceiveOptions): Done<ReceiveReport> {
    const { tally, recordChanged } = await this.#takeFrames(turn, batch, {
      upToDate: options.upToDate ?? false,
    });
    if (options.upTo) {
      const { topic, after, frame } = options.upTo;
      turn.setHead({ cursors: new Map(turn.head.cursors).set(hex(topic), { after, frame }) });
    }
    const isEmpty = turn.changes.length === 0 && turn.head === this.#memory.head && turn.events.length === 0;
    const failure = isEmpty && turn.members === this.#memory.members ? null : await this.#commit(turn, {});
    if (failure) return fail(failure);
    const { admitted, refused, known, membersChanged } = tally;
    const waiting = turn.waiting.size + turn.strangers.size;
    return ok({ admitted, refused, known, waiting, membersChanged, recordChanged, events: turn.events });
  }

  /** The way of frames into a turn. */
  async #takeFrames(turn: Turn, batch: readonly Received[], { upToDate }: { upToDate: boolean }) {
    const { members: before, head: headBefore } = this.#memory;
    for (const { id } of lostIn(turn, await this.#readOutbox())) if (turn.isHeld(id)) turn.discard(id);
    const { fresh, tally } = await takeIn(this.#context, turn, batch, this.#unreadable);
    const covering = turn.head.base?.chains;
    const isCovered = ({ author, seq }: Frame) => seq <= (covering?.get(author)?.seq ?? 0);
    const unsent = await this.#readOutbox();
    const circumstances = { upToDate, unsent: new Set(unsent.map(({ id }) => id)) };
    const covered = fresh.filter(isCovered);
    const current = fresh.filter((frame) => !isCovered(frame));
    for (const frame of current) turn.waiting.set(frame.id, frame);
    let anew = await reconsiderBase(this.#context, turn, covered, this.#document, circumstances);
    // What has come back may let go on what has lain here since.
    anew ||= turn.head.owed !== null && (fresh.length > 0 || turn.members !== before);
    if (!anew) anew = enterLog(this.#context.self.id, turn, current, before, tally) === null;
    if (anew) await rebuild(this.#context, turn, this.#document, tally);
    if (await this.#judge(turn, fresh, circumstances, tally))
      await rebuild(this.#context, turn, this.#document, tally);
    await this.#settleOwed(turn, upToDate);
    await this.#writeLostAgain(turn);
    if (upToDate) await this.#restate(turn, unsent);
    this.#noteOwn(turn, fresh);
    parkWaiting(turn);
    if (upToDate) {
      this.#report(turn);
      await settleSuspects(this.#context, turn);
    }
    const recordChanged = turn.updates.length > 0 || turn.adopted.length > 0 || turn.document !== null;
    if (upToDate && turn.head.dropped && turn.waiting.size === 0 && headBefore.dropped)
      turn.setHead({ dropped: false });
    return { tally, recordChanged };
  }

  #judge(turn: Turn, fresh: readonly Frame[], circumstances: Circumstances, tally: Tally): Promise<boolean> {
    return judgeSnapshots(this.#context, turn, fresh, circumstances, tally);
  }

  async #settleOwed(turn: Turn, upToDate: boolean): Promise<void> {
    if (!turn.head.owed) return;
    this.#isAsked ||= upToDate;
    const { id: self } = this.#context.self;
    turn.setHead({ owed: stillOwed(turn, self, upToDate) });
    if (turn.head.owed) return;
    turn.setHead({ sent: sentUpTo(turn.head, self, await this.#readOutbox()) });
  }

  /** Values of this device that lost their number to a copy of it are set once more, under new numbers. */
  async #writeLostAgain(turn: Turn): Promise<void> {
    const client = this.#clientIn(turn.members);
    const keys = this.#context.keyring.current;
    if (
      !turn.document ||
      turn.lost.size === 0 ||
      client === undefined ||
      !keys ||
      isSilenced(turn, this.#context.self.id) ||
      !this.#mayAuthor('update', turn)
    )
      return;
    const update = turn.document.set(client, turn.lost);
    if (!inspectUpdate(update, client)) return;
    await authorData(this.#context, turn, 'update', update, keys, turn.document.clock(client));
  }

  async #restate(turn: Turn, unsent: readonly Unsent[]): Promise<void> {
    const [keys, client] = [this.#context.keyring.current, this.#clientIn(turn.members)];
    const isAble = !isSilenced(turn, this.#context.self.id) && this.#mayAuthor('update', turn);
    const [lost, holes] = [lostIn(turn, unsent), this.#holes];
    if (lost.length + holes === 0 || !keys || client === undefined || !isAble) return;
    this.#outboxChecked = false;
    await restate(this.#context, turn, turn.document ?? this.#document, { unsent, holes, keys, client });
  }

  /** Frames of this device that it did not make: its key is somewhere else too. */
  #noteOwn(turn: Turn, fresh: readonly Frame[]): void {
    const { id: self } = this.#context.self;
    const known = this.#memory.head.chains.get(self)?.seq ?? 0;
    for (const { author, seq } of fresh)
      if (author === self && seq > known && !this.#memory.head.owed)
        turn.raise({ type: 'duplicate-device', author, seq, self: true });
  }

  /** The relay has shown all it has: what is missing is kept back, what waits in vain is refused. */
  #report(turn: Turn): void {
    const holdings = this.#holdings(turn, turn);
    const { chains, reach, sent } = turn.head;
    for (const gap of gapsIn(holdings)) turn.raise(gapEvent(gap, chains, reach, this.#context.self.id, sent));
    for (const frame of turn.waiting.values()) {
      const reason = whyWaiting(frame, turn, chains);
      if (reason) turn.raise({ type: 'frame-refused', reason, author: frame.author, frame: frame.id });
    }
  }

  #holdings({ head, controls, members }: Memory | Turn, shelf: Shelf | Turn): Holdings {
    const aside = new Map([...shelf.waiting, ...shelf.refused]);
    const seen = new Map<Hex, { author: Hex; seq: number; deps: Hex[] }>();
    const see = (id: Hex, { author, seq, deps }: VerifiedControl['inner']) =>
      seen.set(id, { author: hex(author), seq, deps: deps.map(hex) });
    for (const [id, { inner }] of controls) see(id, inner);
    for (const [id, { frame }] of shelf.strangers)
      if (frame.kind === 'control') see(id, frame.inner);
      else aside.set(id, frame);
    const pinOf = (author: Hex) => members.author(author)?.pin?.seq;
    return { chains: head.chains, claims: head.claims, aside, controls: seen, pinOf };
  }

  /**
   * Writes the turn; on success it is the state from then on. On failure nothing has changed, except a document that was
   * edited ahead of the write: that is read again before anything else happens.
   */
  async #commit(
    turn: Turn,
    {
      isApplied = false,
      made = [],
      unsent,
    }: { isApplied?: boolean; made?: readonly Frame[]; unsent?: readonly Unsent[] },
  ): Promise<DiskError | null> {
    let document = turn.document ?? this.#document;
    let state: Bytes | null = null;
    let sealed: readonly Bytes[] | undefined;
    if (turn.document) {
      turn.document.add(turn.adopted.map((snapshot) => snapshot.state));
      mustBeWhole(turn.document.apply(turn.updates));
      state = turn.document.state();
    } else if (turn.adopted.length > 0) {
      const [first] = turn.adopted;
      const isFirst = turn.adopted.length === 1 && this.#document.clocks().size === 0;
      document = isFirst && first ? first.document : this.#copyWith(turn.adopted);
      mustBeWhole(document.apply(turn.updates));
      // On an empty disk the state can stay as it came, which spares a new device folding it at once.
      state = isFirst && first ? first.state : document.state();
      if (isFirst) sealed = turn.updates;
    } else if (isApplied && isFoldDue(turn.head, this.#stateBytes, this.#context.maxTails))
      state = document.state();
    const changes = await sealTurn(this.#context, turn, this.#memory, state, sealed);
    const written = await this.#context.ports.disk.write(changes, 'strict');
    if (!written.ok) {
      if (this.#broken) await this.#read();
      return written.error;
    }
    // What the chains say is there and the document lacks: made again from the frames, which this write has put there.
    if (!state && !isApplied && !document.apply(turn.updates)) return this.#read();
    if (state) this.#stateBytes = state.length;
    this.#document = document;
    this.#become(turn, made, unsent);
    if (!state && isFoldDue(turn.head, this.#stateBytes, this.#context.maxTails)) await this.#fold();
    return null;
  }

  #copyWith(adopted: readonly Snapshot[]): RecordDocument {
    const copy = new RecordDocument(this.#context.schema);
    copy.add([this.#document.state(), ...adopted.map(({ state }) => state)]);
    return copy;
  }

  /** State instead of tails, in one write. Where that fails the tails stay, and it is tried again after the next write. */
  async #fold(): Promise<void> {
    const turn = this.#turn();
    const state = this.#document.state();
    const changes = await sealTurn(this.#context, turn, this.#memory, state);
    const written = await this.#context.ports.disk.write(changes, 'strict');
    if (!written.ok) return;
    this.#stateBytes = state.length;
    this.#memory = { ...this.#memory, head: turn.head };
  }

  #become(turn: Turn, made: readonly Frame[], unsent: readonly Unsent[] | undefined): void {
    const { head, controls, members, reported, others } = turn;
    const before = this.#memory;
    this.#memory = { head, controls, members, reported, others };
    if (this.#shelf) {
      const { waiting, refused, strangers, suspects } = turn;
      this.#shelf = { held: new Map(turn.heldKeys()), waiting, refused, strangers, suspects };
    }
    this.#broken = false;
    this.#shown = null;
    for (const frame of made) if (frame.kind !== 'control') this.#made.set(frame.id, frame.seq);
    this.#noteOutbox(turn, made, unsent);
    if (turn.updates.length > 0 || turn.adopted.length > 0 || turn.document) this.#tell({ type: 'record' });
    if (members !== before.members) this.#tell({ type: 'members' });
    if (head.sent !== before.head.sent || head.reach !== before.head.reach) this.#tell({ type: 'delivery' });
    for (const event of turn.events) this.#tell({ type: 'security', event });
  }

  #noteOutbox(turn: Turn, made: readonly Frame[], unsent: readonly Unsent[] | undefined): void {
    const { layout } = this.#context;
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
      const client = this.#clientIn(turn.members);
      const added = made.map((frame, i) => ({
        key: sending[i]!,
        id: frame.id,
        topic: frame.topic,
        own: ownOf(this.#context, frame, client),
        isNew: true,
        isLost: false,
      }));
      this.#unsent = [...this.#unsent, ...added];
    } else if (sending.length > 0 || unsent) this.#unsent = null;
  }

  // ————————————————————————————————————————————————————————————————————————————————————————————————— small things

  /** Operations wait for each other; one that fails does not stop the line. */
  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#line.then(work);
    this.#line = result.catch(() => {});
    return result;
  }

  #act<T, E extends { readonly type: string }>(
    work: () => Promise<Result<T, E | DiskError>>,
  ): Promise<Result<T, E | DiskError>> {
    return this.#inLine(async () => {
      try {
        if (this.#broken) {
          const failure = await this.#read();
          if (failure) return fail(failure);
        }
        await this.#checkOutbox();
        const result = await work();
        if (this.#broken) await this.#read();
        return result;
      } catch (error) {
        return fail(diskErrorOf(error));
      }
    });
  }

  #tell(change: ReplicaChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #deliveryOf(has: (reach: { seq: number; clock: number }) => boolean): Delivery {
    const { head } = this.#memory;
    const receivedBy: DeviceHex[] = [];
    for (const [device, authors] of head.reach) {
      const reach = authors.get(this.#context.self.id);
      if (reach && has(reach)) receivedBy.push(device);
    }
    return { sent: has(head.sent), receivedBy };
  }

  #clientIn(members: Members): number | undefined {
    return members.author(this.#context.self.id)?.clientId;
  }

  #writingClient(): number | null {
    return this.#mayAuthor('update') ? (this.#clientIn(this.#memory.members) ?? null) : null;
  }

  #mayAuthor(
    kind: 'update' | 'heads' | 'snapshot',
    { head, members }: Pick<Memory, 'head' | 'members'> = this.#memory,
  ): boolean {
    const device = this.#context.self.id;
    const { seq } = head.chains.get(device) ?? CHAIN_START;
    return members.admits({ device, seq: seq + 1, id: '', kind });
  }

  /** Whether something is owed that has to be there before this device says this (owed.ts). */
  #isSilenced(kind: 'update' | 'heads' | 'snapshot'): boolean {
    const { owed } = this.#memory.head;
    const isJudged = owed !== null && !owed.unknown && owed.controls === 0;
    return isSilenced(this.#memory, this.#context.self.id) && !(isJudged && !this.#mayAuthor(kind));
  }

  /** The first entry that is to be deleted or restored and is not there. */
  #missingEntry(edits: readonly Edit[]): EntryId | null {
    const put = new Set<string>();
    for (const { type, section, id } of edits) {
      if (type === 'put') put.add(`${section} ${id}`);
      else if (!put.has(`${section} ${id}`) && !this.#document.has(section, id)) return id;
    }
    return null;
  }
}

/** What was admitted builds on what is there: log.ts has seen to it. */
function mustBeWhole(whole: boolean): void {
  if (!whole) throw new Error('incomplete update');
}

function newTally(): Tally {
  return { admitted: 0, refused: 0, known: 0, membersChanged: false };
}

/** What a failed read of the disk means; anything else is a defect and goes on. */
function diskErrorOf(error: unknown): DiskError {
  if (error instanceof Error && 'error' in error) return error.error as DiskError;
  throw error;
}

const encoder = new TextEncoder();
