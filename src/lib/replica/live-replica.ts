/**
 * The replica at work: one line of operations, each a turn that is written whole or dropped (turn.ts). Here is what acts
 * and what is told; what comes in is taken by receiving.ts, and what stays between two operations is in kept.ts.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
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
} from './interface.ts';
import { diskErrorOf, Kept } from './committed.ts';
import { Lane } from './lane.ts';
import { letGo, namesBase } from './letting-go.ts';
import { ownLanes, type LaneHead } from './log.ts';
import { noteAbsent } from './losses.ts';
import type { DeviceHex, Members } from './members.ts';
import { groupByTopic, readUnsent, sentUpTo } from './outbox.ts';
import type { Carried, DiskError, Policy } from './ports.ts';
import { holdingsOf, takeFrames } from './receiving.ts';
import { readLog, recount } from './recount.ts';
import { isOldIn, resealUnsent } from './reseal.ts';
import { notCounted, unsettled } from './settling.ts';
import { encodeSnapshot, fitting, type FoldedLane } from './snapshot.ts';
import { keyringOf, type Turn } from './transaction.ts';
import { MAX_UPDATE, readUpdate } from './update.ts';
import { deliveryOf, stateHashOf, uncoveredBy } from './views.ts';
import { noteShown } from './vouching.ts';
import type { UnsettledWords } from './words.ts';

type Done<T, E extends { readonly type: string } = DiskError> = Promise<Result<T, E>>;

export class LiveReplica<M extends Members> implements Replica<M> {
  readonly #context: Context;
  readonly #policy: Policy<M>;
  readonly #kept: Kept;
  /** Ids of what came and could not be opened, not to be looked at again. */
  readonly #unreadable = new Set<Hex>();
  readonly #listeners = new Set<(change: ReplicaChange) => void>();
  #line: Promise<unknown> = Promise.resolve();

  constructor(context: Context, policy: Policy<M>) {
    this.#context = context;
    this.#policy = policy;
    this.#kept = new Kept(context, (change) => {
      for (const listener of this.#listeners) listener(change);
    });
  }

  load(): Done<LoadReport> {
    return this.#inLine(async () => {
      const failure = await this.#kept.read();
      return failure ? fail(failure) : ok({ repaired: this.#kept.isRepaired });
    });
  }

  edit(asked: Edits): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const right = this.#right();
      if (!right) return fail({ type: 'not-allowed' });
      const edits = typeof asked === 'function' ? asked(this.#kept.document.read()) : asked;
      const missing = this.#missingEntry(edits);
      if (missing !== null) return fail({ type: 'entry-missing', id: missing });
      const turn = this.#kept.turn();
      const { lane, before } = ownLanes(this.#context.self.id, turn.head.lanes);
      if (before.length === 0) turn.touch();
      if (before.length === 0) turn.document.putLane(lane, new Lane(right.client));
      const { time } = tick(turn.head.clock, this.#context.ports.clock.now());
      const update = turn.document.edit(lane, edits, time);
      if (update.length > MAX_UPDATE || !readUpdate(update)) return fail({ type: 'edit-too-large' });
      const frame = await authorData(this.#context, turn, 'update', update, right.keys);
      // What a person has just written they have seen.
      turn.setHead({ shown: new Map(turn.head.shown).set(lane, turn.head.lanes.get(lane)!) });
      const failure = await this.#kept.commit(turn, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  control(body: Bytes, epoch?: EpochKeys, confirmed: readonly Hex[] = []): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const keys = epoch ?? this.#context.keyring.current;
      if (!keys) return fail({ type: 'not-allowed' });
      if (body.length > MAX_CONTROL) return fail({ type: 'edit-too-large' });
      const turn = await this.#kept.fullTurn();
      const frame = await authorControl(this.#context, turn, body, keys, confirmed);
      await takeFrames(this.#kept, turn, [], { upToDate: false, unreadable: this.#unreadable });
      const failure = await this.#kept.commit(turn, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  publishHeads(others: ReadonlyMap<string, EncodedFrontier> = new Map()): Done<{ frame: Bytes }, EditError> {
    return this.#say(() => [], others);
  }

  takeInWords(sayings: readonly Hex[]): Done<{ frame: Bytes }, EditError> {
    return this.#say((turn) => {
      const wanted = new Set(sayings);
      return notCounted(turn)
        .filter(({ saying }) => wanted.has(saying))
        .map(({ author, seq, saying, id }) => ({ author, seq, saying, frame: id }));
    }, new Map());
  }

  /** A frame that sets nothing: it tells what this device has, and takes in what it names besides. */
  #say(
    also: (turn: Turn) => readonly Name[],
    others: ReadonlyMap<Hex, EncodedFrontier>,
  ): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const right = this.#right();
      if (!right) return fail({ type: 'not-allowed' });
      const turn = await this.#kept.fullTurn();
      const content = headsContent(turn, others);
      const taken = also(turn);
      const frame = await authorData(this.#context, turn, 'heads', content, right.keys, taken);
      if (taken.length > 0) await recount(this.#context, turn);
      await takeFrames(this.#kept, turn, [], { upToDate: false, unreadable: this.#unreadable });
      const failure = await this.#kept.commit(turn, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  snapshot(): Done<{ frames: readonly Bytes[] }, EditError> {
    return this.#act<{ frames: readonly Bytes[] }, EditError>(async () => {
      const right = this.#right();
      if (!right) return fail({ type: 'not-allowed' });
      if (this.#kept.memory.head.unsent > 0 || this.#kept.waitsForKeys) return fail({ type: 'unsent' });
      if (this.#kept.memory.head.owed) return fail({ type: 'incomplete' });
      const turn = await this.#kept.fullTurn();
      const lanes = foldedLanes(turn);
      const { names } = await readBase(this.#context, turn);
      const { chains, left } = this.#chainsKnown(turn);
      const contents = await encodeSnapshot({
        lanes,
        chains,
        controls: [...turn.controls.values()].map(({ epoch, statement }) => ({ epoch, statement })),
        late: [...turn.late.values()].map(({ saying }) => saying).sort(),
        names: openNames((await readLog(this.#context, turn)).values(), names, lanes),
      });
      if (!contents) return fail({ type: 'edit-too-large' });
      const made: Frame[] = [];
      for (const content of contents)
        made.push(await authorData(this.#context, turn, 'snapshot', content, right.keys));
      turn.setHead({ undecided: [...turn.head.undecided, ...made.map(({ id }) => id)] });
      // What there was no room for is carried again by the frames that follow.
      forgetTold(turn, left);
      const failure = await this.#kept.commit(turn, { made });
      return failure ? fail(failure) : ok({ frames: made.map(({ id }) => fromHex(id)) });
    });
  }

  /** All that is known of the chains of those concerned, however it came here: what frames carried may be erased by now. */
  #chainsKnown({ carried, controls, members: { owners } }: Turn): ReturnType<typeof fitting> {
    const known = this.#context.policy.chainsKnown(carried, { controls: [...controls.values()], owners });
    return fitting(known, new Set(owners));
  }

  useEpochs(epochs: readonly EpochKeys[]): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const before = this.#context.keyring;
      this.#context.keyring = keyringOf(epochs);
      // What is owed may lie here, and could not be opened until now.
      const unrepaired = this.#kept.memory.head.owed ? await this.#kept.repair(false) : null;
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
    const unsent = await this.#kept.outbox();
    if (!isOldIn(this.#context, unsent)) return null;
    const turn = await this.#kept.fullTurn();
    const resealed = await resealUnsent(this.#context, turn, unsent);
    return resealed.length > 0 ? this.#kept.commit(turn, { made: resealed }) : null;
  }

  refresh(): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () => {
      const turn = await this.#kept.fullTurn();
      turn.members = this.#context.policy.evaluate([...turn.controls.values()], turn.carried);
      return this.#receiveInto(turn, [], {});
    });
  }

  receive(batch: readonly Received[], options: ReceiveOptions = {}): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () =>
      this.#receiveInto(await this.#kept.fullTurn(), batch, options),
    );
  }

  witness(device: DeviceHex, frontier: EncodedFrontier): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const heads = decodeFrontier(frontier);
      if (!heads) return ok();
      const turn = this.#kept.turn();
      const words = heads.filter(({ isControl }) => !isControl);
      const claims = heads.map((head) => ({ ...head, by: device }));
      turn.setHead({
        claims: mergeClaims(turn.head.claims, claims, turn.members),
        ...(device !== this.#context.self.id && {
          reach: mergeReach(turn.head.reach, device, words, turn.members, true),
        }),
      });
      const failure = await this.#kept.commit(turn);
      return failure ? fail(failure) : ok();
    });
  }

  async outbox(limit = 64): Promise<readonly Outgoing[]> {
    const answer = await this.#inLine(async () => {
      await this.#kept.checkOutbox();
      // A process may have died between keeping new keys and using them. Where the disk fails now, the next call does it.
      await this.#reseal();
      const outgoing: Outgoing[] = [];
      for (const unsent of (await this.#kept.sendable()).slice(0, limit)) {
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
      const unsent = await this.#kept.outbox();
      const sent = unsent.filter(({ id }) => acknowledged.has(id));
      if (sent.length === 0) return ok();
      const turn = this.#kept.turn();
      const left = unsent.filter(({ id }) => !acknowledged.has(id));
      for (const { key } of sent) turn.unsend(key);
      turn.setHead({ sent: sentUpTo(turn.head, this.#context.self.id, left) });
      const stillUnsent = new Set(left.map(({ id }) => id));
      const isOut = (id: Hex) => !stillUnsent.has(id);
      const { undecided, base } = turn.head;
      if (undecided.length === 0 && (base === null || base.hasLetGo)) {
        const failure = await this.#kept.commit(turn, { unsent: left });
        return failure ? fail(failure) : ok();
      }
      const full = await this.#kept.fullTurn(turn);
      await judgeSnapshots(this.#context, full, [], { upToDate: false, unsent: stillUnsent });
      await namesBase(this.#context, full);
      await letGo(this.#context, full, isOut);
      const failure = await this.#kept.commit(full, { unsent: left });
      return failure ? fail(failure) : ok();
    });
  }

  reconcile(topic: Bytes, ids: readonly Bytes[]): Done<{ wanted: readonly Bytes[] }> {
    return this.#act<{ wanted: readonly Bytes[] }, DiskError>(async () => {
      const turn = await this.#kept.fullTurn();
      const listed = new Set(ids.map(hex));
      const unsent = new Set((await this.#kept.outbox()).map(({ id }) => id));
      const wanted = [...listed].filter((id) => !turn.isHeld(id) && !this.#unreadable.has(id));
      await noteAbsent(this.#context, turn, topic, { listed, unsent });
      const failure = turn.changes.length > 0 ? await this.#kept.commit(turn) : null;
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
    return this.#kept.memory.head.cursors.get(hex(topic)) ?? { after: 0, frame: null };
  }

  missing(): readonly Bytes[] {
    if (!this.#kept.shelf) return [];
    const holdings = holdingsOf({ ...this.#kept.memory, document: this.#kept.document }, this.#kept.shelf);
    const missing = missingIds(holdings, this.#kept.shelf.waiting.values());
    for (const { id, isLost } of this.#kept.knownUnsent) if (isLost) missing.add(id);
    return [...missing].map(fromHex);
  }

  wantsHistory(): boolean {
    const { wantsHistory, dropped } = this.#kept.memory.head;
    return wantsHistory || (dropped && (this.#kept.shelf?.waiting.size ?? 0) === 0);
  }

  record(): HealthRecord {
    return this.#kept.shown ?? this.#kept.document.read();
  }

  standing(section: SectionId, id: EntryId, name: string): readonly Pick<Claim, 'client' | 'value'>[] {
    return this.#kept.document.standing(section, keyOf(id, name));
  }

  isWhole(): boolean {
    return this.#kept.memory.head.owed === null || this.#kept.isAsked;
  }

  members(): M {
    // The members in memory always come from this very policy; before `load` there are no controls.
    return (this.#kept.isLoaded ? this.#kept.memory.members : this.#policy.evaluate([], new Map())) as M;
  }

  controls(): readonly VerifiedControl[] {
    return [...this.#kept.memory.controls.values()];
  }

  frontier(): EncodedFrontier {
    return encodeFrontier(frontierOf(this.#kept.memory));
  }

  lanesOf(device: DeviceHex): readonly LaneHead[] {
    return [...this.#kept.memory.head.lanes.values()].filter(({ author }) => author === device);
  }

  unsettled(): Done<UnsettledWords> {
    return this.#act<UnsettledWords, DiskError>(async () =>
      ok(await unsettled(this.#context, await this.#kept.fullTurn())),
    );
  }

  noteShown(): Done<void> {
    return this.#act<undefined, DiskError>(async () => {
      const turn = this.#kept.turn();
      noteShown(turn);
      const failure = turn.head === this.#kept.memory.head ? null : await this.#kept.commit(turn);
      return failure ? fail(failure) : ok();
    });
  }

  lateWords(): Done<number> {
    return this.#act<number, DiskError>(async () => ok(notCounted(await this.#kept.fullTurn()).length));
  }

  carried(): Carried {
    return this.#kept.memory.carried;
  }

  takeStatements(statements: readonly Bytes[]): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () => {
      const { keyring, ports, policy } = this.#context;
      const turn = await this.#kept.fullTurn();
      const keys = keyring.current;
      const frames = keys
        ? statements.map((one) => sealStatement(one, 'control', keys, ports.random, policy.hasGrounds))
        : [];
      const fresh = frames.filter(({ saying }) => !turn.controls.has(saying));
      const answer = await this.#receiveInto(turn, fresh, {}, (taken) => {
        for (const frame of fresh) if (taken.controls.has(frame.saying)) taken.send(frame, 'again');
      });
      return answer;
    });
  }

  uncovered(): number {
    return uncoveredBy(this.#kept.memory.head);
  }

  otherFrontiers(): ReadonlyMap<DeviceHex, ReadonlyMap<string, EncodedFrontier>> {
    return this.#kept.memory.others;
  }

  stateHash(): Bytes {
    return stateHashOf(this.#kept.memory, this.#kept.document);
  }

  delivery(frame?: Bytes): Delivery | undefined {
    const { head } = this.#kept.memory;
    const [own] = ownLanes(this.#context.self.id, head.lanes).before;
    const self = this.#context.self.id;
    if (!frame)
      return own && own.clock > 0 ? deliveryOf(head, self, (reach) => reach.clock >= own.clock) : undefined;
    const seq = this.#kept.made.get(hex(frame));
    return seq === undefined ? undefined : deliveryOf(head, self, (reach) => reach.seq >= seq);
  }

  entryDelivery(section: SectionId, id: EntryId): Delivery {
    const { head } = this.#kept.memory;
    const { lane, before } = ownLanes(this.#context.self.id, head.lanes);
    const clock = before.length === 0 ? 0 : this.#kept.document.lastSet(lane, section, id);
    // An entry that others wrote came from the relay.
    return deliveryOf(head, this.#context.self.id, (reach) => reach.clock >= clock);
  }

  unsent(): number {
    return this.#kept.memory.head.unsent;
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
    turn: Turn,
    batch: readonly Received[],
    options: ReceiveOptions,
    after: (turn: Turn) => void = () => {},
  ): Done<ReceiveReport> {
    const { tally, recordChanged } = await takeFrames(this.#kept, turn, batch, {
      upToDate: options.upToDate ?? false,
      unreadable: this.#unreadable,
    });
    after(turn);
    if (options.upTo) {
      const { topic, after: cursor, frame } = options.upTo;
      turn.setHead({ cursors: new Map(turn.head.cursors).set(hex(topic), { after: cursor, frame }) });
    }
    const failure = this.#isIdle(turn, recordChanged) ? null : await this.#kept.commit(turn);
    if (failure) return fail(failure);
    const { admitted, refused, known, membersChanged } = tally;
    const waiting = turn.waiting.size + turn.strangers.size;
    return ok({ admitted, refused, known, waiting, membersChanged, recordChanged, events: turn.events });
  }

  /** Nothing has come of it that is to be written. */
  #isIdle(turn: Turn, recordChanged: boolean): boolean {
    const { memory } = this.#kept;
    const isSame =
      turn.head === memory.head && turn.members === memory.members && turn.carried === memory.carried;
    return isSame && turn.changes.length === 0 && turn.events.length === 0 && !recordChanged;
  }

  /** What this device needs to write; null when it must not. */
  #right(): { keys: EpochKeys; client: number } | null {
    const { members } = this.#kept.memory;
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
        if (this.#kept.isBroken) {
          const failure = await this.#kept.read();
          if (failure) return fail(failure);
        }
        await this.#kept.checkOutbox();
        const result = await work();
        if (this.#kept.isBroken) await this.#kept.read();
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
      else if (!put.has(`${section} ${id}`) && !this.#kept.document.has(section, id)) return id;
    }
    return null;
  }
}

function forgetTold(turn: Turn, left: readonly Address[]): void {
  if (left.length === 0) return;
  const { announced } = turn.head;
  const chains = new Map([...announced.chains].filter(([address]) => !left.includes(address)));
  turn.setHead({ announced: { ...announced, chains } });
}

function foldedLanes(turn: Turn): Map<string, FoldedLane> {
  return new Map(
    [...turn.head.lanes].map(([id, head]) => [id, { head, lane: turn.document.lanes.get(id)! }]),
  );
}
