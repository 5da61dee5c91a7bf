/**
 * The replica at work: one line of operations, each a transaction that is written whole or dropped (transaction.ts). Here is what acts
 * and what is told; what comes in is taken by receiving.ts, and what stays between two operations is in kept.ts.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Address } from '#lib/keys/address.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Name } from '#lib/keys/grounds.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Edit, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { judgeSnapshots } from './adopt.ts';
import { authorControl, authorData, frontierOf, headsContent, MAX_CONTROL } from './authoring.ts';
import { openNames, readBase } from './base.ts';
import { decodeFrontier, encodeFrontier } from './bodies.ts';
import type { Context } from './context.ts';
import { keyOf, type Claim } from './document/document.ts';
import { sealStatement, type Frame } from './frames.ts';
import { mergeClaims, mergeReach, missingIds } from './freshness.ts';
import { tick } from './hlc.ts';
import type {
  Cursor,
  Delivery,
  EditError,
  Edits,
  EncodedFrontier,
  LoadReport,
  Outgoing,
  ReceiveOptions,
  ReceiveReport,
  Received,
  Replica,
  ReplicaChange,
  TopicCursor,
} from './interface.ts';
import { diskErrorOf, Committed } from './committed.ts';
import { Lane } from './lane.ts';
import { letGo, namesBase } from './letting-go.ts';
import { ownLanes, type LaneHead } from './log.ts';
import { noteAbsent } from './losses.ts';
import type { DeviceHex, Doubt, Members } from './members.ts';
import { beyondCursors, groupByTopic, readUnsent, sentUpTo } from './outbox.ts';
import type { Carried, DiskError, Policy } from './ports.ts';
import { holdingsOf, takeFrames } from './receiving.ts';
import { readLog, recount } from './recount.ts';
import { isOldIn, resealUnsent } from './reseal.ts';
import { notCounted, unsettled } from './settling.ts';
import { encodeSnapshot, fitting, type FoldedLane } from './snapshot.ts';
import { keyringOf, type Transaction } from './transaction.ts';
import { MAX_UPDATE, readUpdate } from './update.ts';
import { deliveryOf, stateHashOf, uncoveredBy } from './views.ts';
import { noteShown, noteShownBefore } from './vouching.ts';
import type { UnsettledWords } from './words.ts';

type Done<T, E extends { readonly type: string } = DiskError> = Promise<Result<T, E>>;

export class LiveReplica<M extends Members> implements Replica<M> {
  readonly #context: Context;
  readonly #policy: Policy<M>;
  readonly #committed: Committed;
  /** Ids of what came and could not be opened, not to be looked at again. */
  readonly #unreadable = new Set<Hex>();
  readonly #listeners = new Set<(change: ReplicaChange) => void>();
  #line: Promise<unknown> = Promise.resolve();

  constructor(context: Context, policy: Policy<M>) {
    this.#context = context;
    this.#policy = policy;
    this.#committed = new Committed(context, (change) => {
      for (const listener of this.#listeners) listener(change);
    });
  }

  load(): Done<LoadReport> {
    return this.#inLine(async () => {
      const failure = await this.#committed.read();
      return failure ? fail(failure) : ok({ repaired: this.#committed.isRepaired });
    });
  }

  edit(asked: Edits): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const right = this.#right();
      if (!right) return fail({ type: 'not-allowed' });
      const edits = typeof asked === 'function' ? asked(this.#committed.document.read()) : asked;
      const missing = this.#missingEntry(edits);
      if (missing !== null) return fail({ type: 'entry-missing', id: missing });
      const transaction = this.#committed.transaction();
      const { lane, before } = ownLanes(this.#context.self.id, transaction.head.lanes);
      if (before.length === 0) transaction.touch();
      if (before.length === 0) transaction.document.putLane(lane, new Lane(right.client));
      const { time } = tick(transaction.head.clock, this.#context.ports.clock.now());
      const update = transaction.document.edit(lane, edits, time);
      if (update.length > MAX_UPDATE || !readUpdate(update)) return fail({ type: 'edit-too-large' });
      const frame = await authorData(this.#context, transaction, 'update', update, right.keys);
      // What a person has just written they have seen.
      transaction.setHead({
        shown: new Map(transaction.head.shown).set(lane, transaction.head.lanes.get(lane)!),
      });
      const failure = await this.#committed.commit(transaction, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  control(body: Bytes, epoch?: EpochKeys, confirmed: readonly Hex[] = []): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const keys = epoch ?? this.#context.keyring.current;
      if (!keys) return fail({ type: 'not-allowed' });
      if (body.length > MAX_CONTROL) return fail({ type: 'edit-too-large' });
      const transaction = await this.#committed.fullTransaction();
      const frame = await authorControl(this.#context, transaction, body, keys, confirmed);
      await takeFrames(this.#committed, transaction, [], { upToDate: false, unreadable: this.#unreadable });
      const failure = await this.#committed.commit(transaction, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  publishHeads(others: ReadonlyMap<string, EncodedFrontier> = new Map()): Done<{ frame: Bytes }, EditError> {
    return this.#say(() => [], others);
  }

  takeInWords(sayings: readonly Hex[]): Done<{ frame: Bytes }, EditError> {
    return this.#say((transaction) => {
      const wanted = new Set(sayings);
      return notCounted(transaction)
        .filter(({ saying }) => wanted.has(saying))
        .map(({ author, seq, saying, id }) => ({ author, seq, saying, frame: id }));
    }, new Map());
  }

  /** A frame that sets nothing: it tells what this device has, and takes in what it names besides. */
  #say(
    also: (transaction: Transaction) => readonly Name[],
    others: ReadonlyMap<Hex, EncodedFrontier>,
  ): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const right = this.#right();
      if (!right) return fail({ type: 'not-allowed' });
      const transaction = await this.#committed.fullTransaction();
      const content = headsContent(transaction, others);
      const taken = also(transaction);
      const frame = await authorData(this.#context, transaction, 'heads', content, right.keys, taken);
      if (taken.length > 0) await recount(this.#context, transaction);
      await takeFrames(this.#committed, transaction, [], { upToDate: false, unreadable: this.#unreadable });
      const failure = await this.#committed.commit(transaction, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  snapshot(): Done<{ frames: readonly Bytes[] }, EditError> {
    return this.#act<{ frames: readonly Bytes[] }, EditError>(async () => {
      const right = this.#right();
      if (!right) return fail({ type: 'not-allowed' });
      if (this.#committed.memory.head.unsent > 0 || this.#committed.waitsForKeys)
        return fail({ type: 'unsent' });
      if (this.#committed.memory.head.missing) return fail({ type: 'incomplete' });
      const transaction = await this.#committed.fullTransaction();
      const lanes = foldedLanes(transaction);
      const { names } = await readBase(this.#context, transaction);
      const { chains, left } = this.#chainsKnown(transaction);
      const contents = await encodeSnapshot({
        lanes,
        chains,
        controls: [...transaction.controls.values()].map(({ epoch, statement }) => ({ epoch, statement })),
        late: [...transaction.late.values()].map(({ saying }) => saying).sort(),
        names: openNames((await readLog(this.#context, transaction)).values(), names, lanes),
      });
      if (!contents) return fail({ type: 'edit-too-large' });
      const made: Frame[] = [];
      for (const content of contents)
        made.push(await authorData(this.#context, transaction, 'snapshot', content, right.keys));
      transaction.setHead({ undecided: [...transaction.head.undecided, ...made.map(({ id }) => id)] });
      // What there was no room for is carried again by the frames that follow.
      forgetTold(transaction, left);
      const failure = await this.#committed.commit(transaction, { made });
      return failure ? fail(failure) : ok({ frames: made.map(({ id }) => fromHex(id)) });
    });
  }

  /** All that is known of the chains of those concerned, however it came here: what frames carried may be erased by now. */
  #chainsKnown({ carried, controls, members: { owners } }: Transaction): ReturnType<typeof fitting> {
    const known = this.#context.policy.chainsKnown(carried, { controls: [...controls.values()], owners });
    return fitting(known, new Set(owners));
  }

  useEpochs(epochs: readonly EpochKeys[]): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const before = this.#context.keyring;
      this.#context.keyring = keyringOf(epochs);
      // What is missing may lie here, and could not be opened until now.
      const unrepaired = this.#committed.memory.head.missing ? await this.#committed.repair(false) : null;
      if (unrepaired) {
        this.#context.keyring = before;
        return fail(unrepaired);
      }
      const failure = await this.#reseal();
      if (failure) this.#context.keyring = before;
      return failure ? fail(failure) : ok();
    });
  }

  /** Work that was sealed under keys no longer in use, under those that are. */
  async #reseal(): Promise<DiskError | null> {
    const unsent = await this.#committed.outbox();
    if (!isOldIn(this.#context, unsent)) return null;
    const transaction = await this.#committed.fullTransaction();
    const resealed = await resealUnsent(this.#context, transaction, unsent);
    return resealed.length > 0 ? this.#committed.commit(transaction, { made: resealed }) : null;
  }

  refresh(): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () => {
      const transaction = await this.#committed.fullTransaction();
      transaction.members = this.#context.policy.evaluate(
        [...transaction.controls.values()],
        transaction.carried,
      );
      return this.#receiveInto(transaction, [], {});
    });
  }

  receive(batch: readonly Received[], options: ReceiveOptions = {}): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () => {
      const transaction = await this.#committed.fullTransaction();
      if (!options.unsent) return this.#receiveInto(transaction, batch, options);
      const frames = batch.map(({ topic, bytes }) => ({ id: hex(frameId(bytes)), topic, bytes }));
      const isNew = frames.filter(({ id }) => !transaction.isHeld(id));
      return this.#receiveInto(transaction, batch, options, (taken) => {
        for (const frame of isNew) if (taken.isHeld(frame.id)) taken.send(frame, 'again');
      });
    });
  }

  witness(device: DeviceHex, frontier: EncodedFrontier): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const heads = decodeFrontier(frontier);
      if (!heads) return ok();
      const transaction = this.#committed.transaction();
      const words = heads.filter(({ isControl }) => !isControl);
      const claims = heads.map((head) => ({ ...head, by: device }));
      transaction.setHead({
        claims: mergeClaims(transaction.head.claims, claims, transaction.members),
        ...(device !== this.#context.self.id && {
          reach: mergeReach(transaction.head.reach, device, words, transaction.members, true),
        }),
      });
      const failure = await this.#committed.commit(transaction);
      return failure ? fail(failure) : ok();
    });
  }

  async outbox(limit = 64): Promise<readonly Outgoing[]> {
    const answer = await this.#inLine(async () => {
      await this.#committed.checkOutbox();
      // A process may have died between keeping new keys and using them. Where the disk fails now, the next call does it.
      await this.#reseal();
      const outgoing: Outgoing[] = [];
      for (const unsent of (await this.#committed.sendable()).slice(0, limit)) {
        const bytes = await readUnsent(this.#context, unsent);
        if (bytes) outgoing.push({ topic: unsent.topic, id: fromHex(unsent.id), bytes });
      }
      return outgoing;
    });
    return answer;
  }

  acknowledge(ids: readonly Bytes[], newest: readonly TopicCursor[] = []): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const acknowledged = new Set(ids.map(hex));
      const unsent = await this.#committed.outbox();
      const sent = unsent.filter(({ id }) => acknowledged.has(id));
      if (sent.length === 0) return ok();
      const transaction = this.#committed.transaction();
      const left = unsent.filter(({ id }) => !acknowledged.has(id));
      for (const { key } of sent) transaction.unsend(key);
      transaction.setHead({
        sent: sentUpTo(transaction.head, this.#context.self.id, left),
        acknowledged: beyondCursors(transaction.head, newest),
      });
      const stillUnsent = new Set(left.map(({ id }) => id));
      const isOut = (id: Hex) => !stillUnsent.has(id);
      const { undecided, base } = transaction.head;
      if (undecided.length === 0 && (base === null || base.hasLetGo)) {
        const failure = await this.#committed.commit(transaction, { unsent: left });
        return failure ? fail(failure) : ok();
      }
      const full = await this.#committed.fullTransaction(transaction);
      await judgeSnapshots(this.#context, full, [], { upToDate: false, unsent: stillUnsent });
      await namesBase(this.#context, full);
      await letGo(this.#context, full, isOut);
      const failure = await this.#committed.commit(full, { unsent: left });
      return failure ? fail(failure) : ok();
    });
  }

  reconcile(topic: Bytes, ids: readonly Bytes[]): Done<{ wanted: readonly Bytes[] }> {
    return this.#act<{ wanted: readonly Bytes[] }, DiskError>(async () => {
      const transaction = await this.#committed.fullTransaction();
      const listed = new Set(ids.map(hex));
      const unsent = new Set((await this.#committed.outbox()).map(({ id }) => id));
      const wanted = [...listed].filter((id) => !transaction.isHeld(id) && !this.#unreadable.has(id));
      await noteAbsent(this.#context, transaction, topic, { listed, unsent });
      // All that was acknowledged has been compared now.
      const { acknowledged } = transaction.head;
      if (acknowledged.has(hex(topic)))
        transaction.setHead({
          acknowledged: new Map([...acknowledged].filter(([one]) => one !== hex(topic))),
        });
      const failure = transaction.changes.length > 0 ? await this.#committed.commit(transaction) : null;
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
    return this.#committed.memory.head.cursors.get(hex(topic)) ?? { after: 0, frame: null };
  }

  acknowledged(topic: Bytes): Cursor | null {
    const place = this.#committed.memory.head.acknowledged.get(hex(topic));
    return place && place.after > this.cursor(topic).after ? place : null;
  }

  missing(): readonly Bytes[] {
    if (!this.#committed.parked) return [];
    const holdings = holdingsOf(
      { ...this.#committed.memory, document: this.#committed.document },
      this.#committed.parked,
    );
    const missing = missingIds(holdings, this.#committed.parked.waiting.values());
    for (const { id, isLost } of this.#committed.knownUnsent) if (isLost) missing.add(id);
    return [...missing].map(fromHex);
  }

  wantsHistory(): boolean {
    const { wantsHistory, dropped } = this.#committed.memory.head;
    return wantsHistory || (dropped && (this.#committed.parked?.waiting.size ?? 0) === 0);
  }

  record(): HealthRecord {
    return this.#committed.shown ?? this.#committed.document.read();
  }

  standing(section: SectionId, id: EntryId, name: string): readonly Pick<Claim, 'client' | 'value'>[] {
    return this.#committed.document.standing(section, keyOf(id, name));
  }

  isWhole(): boolean {
    return this.#committed.memory.head.missing === null || this.#committed.isAsked;
  }

  members(): M {
    // The members in memory always come from this very policy; before `load` there are no controls.
    return (
      this.#committed.isLoaded ? this.#committed.memory.members : this.#policy.evaluate([], new Map())
    ) as M;
  }

  controls(): readonly VerifiedControl[] {
    return [...this.#committed.memory.controls.values()];
  }

  frontier(): EncodedFrontier {
    return encodeFrontier(frontierOf(this.#committed.memory));
  }

  lanesOf(device: DeviceHex): readonly LaneHead[] {
    return [...this.#committed.memory.head.lanes.values()].filter(({ author }) => author === device);
  }

  lacking(ids: readonly Hex[]): Promise<readonly Hex[]> {
    return this.#inLine(async () => {
      const transaction = await this.#committed.fullTransaction();
      return ids.filter((id) => !transaction.isHeld(id));
    });
  }

  lastWordAt(device?: DeviceHex): number | null {
    const { memory, document } = this.#committed;
    const times = [...memory.head.lanes].flatMap(([id, { author }]) => {
      const lane = device === undefined || author === device ? document.lanes.get(id) : undefined;
      return lane?.frame(lane.frames - 1)?.time ?? [];
    });
    return times.length > 0 ? Math.max(...times) : null;
  }

  shownOf(device: DeviceHex): readonly LaneHead[] {
    return [...this.#committed.memory.head.shown.values()].filter(({ author }) => author === device);
  }

  unsettled(): Done<UnsettledWords> {
    return this.#act<UnsettledWords, DiskError>(async () =>
      ok(await unsettled(this.#context, await this.#committed.fullTransaction())),
    );
  }

  noteShown(doubt?: Doubt): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const transaction = doubt ? await this.#committed.fullTransaction() : this.#committed.transaction();
      if (doubt) await noteShownBefore(this.#context, transaction, doubt);
      else noteShown(transaction);
      const failure =
        transaction.head === this.#committed.memory.head ? null : await this.#committed.commit(transaction);
      return failure ? fail(failure) : ok();
    });
  }

  lateWords(): Done<number> {
    return this.#act<number, DiskError>(async () =>
      ok(notCounted(await this.#committed.fullTransaction()).length),
    );
  }

  carried(): Carried {
    return this.#committed.memory.carried;
  }

  takeChain(address: Address, statements: readonly Bytes[]): Done<boolean> {
    return this.#act<boolean, DiskError>(async () => {
      const { policy } = this.#context;
      const transaction = this.#committed.transaction();
      const news = [[{ address, heads: [], carried: statements }]];
      const { carried, brought } = await policy.carry(news, transaction.carried);
      if (brought.some((one) => one === 'malformed' || one === 'incomplete')) return ok(false);
      transaction.carried = carried;
      transaction.members = policy.evaluate([...transaction.controls.values()], carried);
      const failure = await this.#committed.commit(transaction);
      return failure ? fail(failure) : ok(true);
    });
  }

  takeStatements(statements: readonly Bytes[]): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () => {
      const { keyring, ports, policy } = this.#context;
      const transaction = await this.#committed.fullTransaction();
      const keys = keyring.current;
      const frames = keys
        ? statements.map((one) => sealStatement(one, 'control', keys, ports.random, policy.hasGrounds))
        : [];
      const fresh = frames.filter(({ saying }) => !transaction.controls.has(saying));
      const answer = await this.#receiveInto(transaction, fresh, {}, (taken) => {
        for (const frame of fresh) if (taken.controls.has(frame.saying)) taken.send(frame, 'again');
      });
      return answer;
    });
  }

  uncovered(): number {
    return uncoveredBy(this.#committed.memory.head);
  }

  otherFrontiers(): ReadonlyMap<DeviceHex, ReadonlyMap<string, EncodedFrontier>> {
    return this.#committed.memory.others;
  }

  stateHash(): Bytes {
    return stateHashOf(this.#committed.memory, this.#committed.document);
  }

  delivery(frame?: Bytes): Delivery | undefined {
    const { head } = this.#committed.memory;
    const [own] = ownLanes(this.#context.self.id, head.lanes).before;
    const self = this.#context.self.id;
    if (!frame)
      return own && own.clock > 0 ? deliveryOf(head, self, (reach) => reach.clock >= own.clock) : undefined;
    const seq = this.#committed.made.get(hex(frame));
    return seq === undefined ? undefined : deliveryOf(head, self, (reach) => reach.seq >= seq);
  }

  entryDelivery(section: SectionId, id: EntryId): Delivery {
    const { head } = this.#committed.memory;
    const { lane, before } = ownLanes(this.#context.self.id, head.lanes);
    const clock = before.length === 0 ? 0 : this.#committed.document.lastSet(lane, section, id);
    // An entry that others wrote came from the relay.
    return deliveryOf(head, this.#context.self.id, (reach) => reach.clock >= clock);
  }

  release(): void {
    this.#committed.isReleased = true;
  }

  unsentWords(): Promise<number> {
    return this.#inLine(async () => {
      const unsent = await this.#committed.outbox();
      return unsent.filter(({ own }) => own !== null && own.from !== null).length;
    });
  }

  unsent(): number {
    return this.#committed.memory.head.unsent;
  }

  subscribe(listener: (change: ReplicaChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#inLine(() => Promise.resolve());
  }

  async #receiveInto(
    transaction: Transaction,
    batch: readonly Received[],
    options: ReceiveOptions,
    after: (transaction: Transaction) => void = () => {},
  ): Done<ReceiveReport> {
    const { tally, recordChanged } = await takeFrames(this.#committed, transaction, batch, {
      upToDate: options.upToDate ?? false,
      unreadable: this.#unreadable,
    });
    after(transaction);
    if (options.upTo) {
      const { topic, after: cursor, frame } = options.upTo;
      transaction.setHead({
        cursors: new Map(transaction.head.cursors).set(hex(topic), { after: cursor, frame }),
      });
    }
    const failure = this.#isIdle(transaction, recordChanged)
      ? null
      : await this.#committed.commit(transaction);
    if (failure) return fail(failure);
    const { admitted, refused, known, membersChanged } = tally;
    const waiting = transaction.waiting.size + transaction.strangers.size;
    return ok({
      admitted,
      refused,
      known,
      waiting,
      membersChanged,
      recordChanged,
      events: transaction.events,
    });
  }

  /** Nothing has come of it that is to be written. */
  #isIdle(transaction: Transaction, recordChanged: boolean): boolean {
    const { memory } = this.#committed;
    const isSame =
      transaction.head === memory.head &&
      transaction.members === memory.members &&
      transaction.carried === memory.carried;
    return isSame && transaction.changes.length === 0 && transaction.events.length === 0 && !recordChanged;
  }

  /** What this device needs to write; null when it must not. */
  #right(): { keys: EpochKeys; client: number } | null {
    const { members } = this.#committed.memory;
    const { self, keyring } = this.#context;
    const client = members.author(self.id)?.clientId;
    return keyring.current && client !== undefined && members.stands(self.id)
      ? { keys: keyring.current, client }
      : null;
  }

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
        if (this.#committed.isBroken) {
          const failure = await this.#committed.read();
          if (failure) return fail(failure);
        }
        await this.#committed.checkOutbox();
        const result = await work();
        if (this.#committed.isBroken) await this.#committed.read();
        return result;
      } catch (error) {
        return fail(diskErrorOf(error));
      }
    });
  }

  /** The first entry that is to be deleted or restored and is not there. */
  #missingEntry(edits: readonly Edit[]): EntryId | null {
    const put = new Set<string>();
    for (const { type, section, id } of edits) {
      if (type === 'put') put.add(`${section} ${id}`);
      else if (!put.has(`${section} ${id}`) && !this.#committed.document.has(section, id)) return id;
    }
    return null;
  }
}

function forgetTold(transaction: Transaction, left: readonly Address[]): void {
  if (left.length === 0) return;
  const { announced } = transaction.head;
  const chains = new Map([...announced.chains].filter(([address]) => !left.includes(address)));
  transaction.setHead({ announced: { ...announced, chains } });
}

function foldedLanes(transaction: Transaction): Map<string, FoldedLane> {
  return new Map(
    [...transaction.head.lanes].map(([id, head]) => [
      id,
      { head, lane: transaction.document.lanes.get(id)! },
    ]),
  );
}
