/**
 * The replica at work: one line of operations, each a turn that is written whole or dropped (turn.ts). Here is what acts
 * and what is told; what comes in is taken by receiving.ts, and what stays between two operations is in kept.ts.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Edit, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { coverAll, judgeSnapshots } from './adopt.ts';
import { authorControl, authorData, frontierOf, headsContent } from './authoring.ts';
import { decodeFrontier, encodeFrontier, type Lane } from './bodies.ts';
import type { Context } from './context.ts';
import type { Frame } from './frames.ts';
import { mergeClaims, mergeReach, missingIds } from './freshness.ts';
import { inspectUpdate, MAX_UPDATE } from './gate.ts';
import { tick } from './hlc.ts';
import { newTally } from './intake.ts';
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
import { diskErrorOf, Kept } from './kept.ts';
import { noteAbsent } from './losses.ts';
import type { DeviceHex, Members } from './members.ts';
import { groupByTopic, readUnsent, sentUpTo } from './outbox.ts';
import { isSilenced } from './owed.ts';
import type { DiskError, Policy } from './ports.ts';
import { holdingsOf, takeFrames } from './receiving.ts';
import { resealUnsent } from './reseal.ts';
import { clientOf, mayAuthor, mustWait } from './rights.ts';
import { encodeSnapshot } from './snapshot.ts';
import { keyringOf, type Turn } from './turn.ts';
import { deliveryOf, stateHashOf, uncoveredBy } from './views.ts';

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
      const { context, memory } = this.#kept;
      const [keys, client] = [context.keyring.current, clientOf(context, memory.members)];
      if (mustWait(context, memory, 'update')) return fail({ type: 'incomplete' });
      if (!keys || client === undefined || !mayAuthor(context, memory, 'update'))
        return fail({ type: 'not-allowed' });
      const edits = typeof asked === 'function' ? asked(this.#kept.document.read()) : asked;
      const missing = this.#missingEntry(edits);
      if (missing !== null) return fail({ type: 'entry-missing', id: missing });
      const turn = this.#kept.turn();
      this.#kept.shown = this.#kept.document.read();
      const { time } = tick(turn.head.clock, this.#context.ports.clock.now());
      const update = this.#kept.document.edit(client, edits, time);
      this.#kept.isBroken = true;
      const passed = update.length <= MAX_UPDATE ? inspectUpdate(update, client) : null;
      if (!passed) return fail({ type: 'edit-too-large' });
      const frame = await authorData(
        this.#context,
        turn,
        'update',
        update,
        keys,
        this.#kept.document.clock(client),
      );
      turn.updates.push(update);
      const failure = await this.#kept.commit(turn, { isApplied: true, made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  control(body: Bytes, epoch?: EpochKeys): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const keys = epoch ?? this.#context.keyring.current;
      if (!keys) return fail({ type: 'not-allowed' });
      if (isSilenced(this.#kept.memory, this.#context.self.id, 'control'))
        return fail({ type: 'incomplete' });
      const turn = await this.#kept.fullTurn();
      const frame = await authorControl(this.#context, turn, body, keys);
      await takeFrames(this.#kept, turn, [], {
        upToDate: false,
        unreadable: this.#unreadable,
      });
      const failure = await this.#kept.commit(turn, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  publishHeads(others: ReadonlyMap<string, EncodedFrontier> = new Map()): Done<{ frame: Bytes }, EditError> {
    return this.#act<{ frame: Bytes }, EditError>(async () => {
      const keys = this.#context.keyring.current;
      const turn = this.#kept.turn();
      if (mustWait(this.#context, this.#kept.memory, 'heads')) return fail({ type: 'incomplete' });
      if (!keys || !mayAuthor(this.#context, this.#kept.memory, 'heads'))
        return fail({ type: 'not-allowed' });
      const content = headsContent(turn, this.#context.self.id, others);
      const frame = await authorData(this.#context, turn, 'heads', content, keys);
      const failure = await this.#kept.commit(turn, { made: [frame] });
      return failure ? fail(failure) : ok({ frame: fromHex(frame.id) });
    });
  }

  snapshot(): Done<{ frames: readonly Bytes[] }, EditError> {
    return this.#act<{ frames: readonly Bytes[] }, EditError>(async () => {
      const keys = this.#context.keyring.current;
      if (mustWait(this.#context, this.#kept.memory, 'snapshot')) return fail({ type: 'incomplete' });
      if (!keys || !mayAuthor(this.#context, this.#kept.memory, 'snapshot'))
        return fail({ type: 'not-allowed' });
      if (this.#kept.memory.head.unsent > 0) return fail({ type: 'unsent' });
      const turn = await this.#kept.fullTurn();
      const frontier = await coverAll(this.#context, turn);
      if (!frontier) {
        const failure = turn.discarded.size > 0 ? await this.#kept.commit(turn) : null;
        return fail(failure ?? { type: 'incomplete' });
      }
      const contents = await encodeSnapshot({ frontier, state: this.#kept.document.state() });
      if (!contents) return fail({ type: 'edit-too-large' });
      const made: Frame[] = [];
      for (const content of contents)
        made.push(await authorData(this.#context, turn, 'snapshot', content, keys));
      turn.setHead({ undecided: [...turn.head.undecided, ...made.map(({ id }) => id)] });
      const failure = await this.#kept.commit(turn, { made });
      return failure ? fail(failure) : ok({ frames: made.map(({ id }) => fromHex(id)) });
    });
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
      const turn = await this.#kept.fullTurn();
      const unsent = await this.#kept.outbox();
      const resealed = await resealUnsent(this.#context, turn, unsent);
      if (resealed.length === 0) return ok();
      const failure = await this.#kept.commit(turn, { made: resealed });
      if (failure) this.#context.keyring = before;
      return failure ? fail(failure) : ok();
    });
  }

  refresh(): Done<ReceiveReport> {
    return this.#act<ReceiveReport, DiskError>(async () => {
      const turn = await this.#kept.fullTurn();
      turn.members = this.#context.policy.evaluate([...turn.controls.values()]);
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
      const data = heads.filter(({ lane }) => lane === 'data');
      turn.setHead({
        claims: mergeClaims(
          turn.head.claims,
          heads.map((head) => ({ ...head, by: device })),
        ),
        ...(device !== this.#context.self.id && { reach: mergeReach(turn.head.reach, device, data, true) }),
      });
      const failure = await this.#kept.commit(turn);
      return failure ? fail(failure) : ok();
    });
  }

  async outbox(limit = 64): Promise<readonly Outgoing[]> {
    const answer = await this.#inLine(async () => {
      await this.#kept.checkOutbox();
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
      const unsentIds = new Set(left.map(({ id }) => id));
      if (turn.head.undecided.length > 0) {
        const full = await this.#kept.fullTurn(turn);
        await judgeSnapshots(this.#context, full, [], { upToDate: false, unsent: unsentIds }, newTally());
        const failure = await this.#kept.commit(full, { unsent: left });
        return failure ? fail(failure) : ok();
      }
      const failure = await this.#kept.commit(turn, { unsent: left });
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
    const missing = missingIds(holdingsOf(this.#kept.memory, this.#kept.shelf));
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

  isWhole(): boolean {
    return this.#kept.memory.head.owed === null || this.#kept.isAsked;
  }

  members(): M {
    // The members in memory always come from this very policy; before `load` there are no controls.
    return (this.#kept.isLoaded ? this.#kept.memory.members : this.#policy.evaluate([])) as M;
  }

  controls(): readonly VerifiedControl[] {
    return [...this.#kept.memory.controls.values()];
  }

  frontier(): EncodedFrontier {
    return encodeFrontier(frontierOf(this.#kept.memory));
  }

  head(device: DeviceHex, lane: Lane): { readonly seq: number; readonly id: Hex } | undefined {
    if (lane === 'data') return this.#kept.memory.head.chains.get(device);
    return frontierOf(this.#kept.memory).find((head) => head.author === device && head.lane === lane);
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
    const own = head.chains.get(this.#context.self.id);
    if (!frame)
      return own && own.clock > 0
        ? deliveryOf(head, this.#context.self.id, (reach) => reach.clock >= own.clock)
        : undefined;
    const seq = this.#kept.made.get(hex(frame));
    return seq === undefined
      ? undefined
      : deliveryOf(head, this.#context.self.id, (reach) => reach.seq >= seq);
  }

  entryDelivery(section: SectionId, id: EntryId): Delivery {
    const client = this.#kept.memory.members.author(this.#context.self.id)?.clientId;
    const clock = client === undefined ? 0 : this.#kept.document.lastSet(client, section, id);
    // An entry that others wrote came from the relay.
    return deliveryOf(this.#kept.memory.head, this.#context.self.id, (reach) => reach.clock >= clock);
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

  async #receiveInto(turn: Turn, batch: readonly Received[], options: ReceiveOptions): Done<ReceiveReport> {
    const { tally, recordChanged } = await takeFrames(this.#kept, turn, batch, {
      upToDate: options.upToDate ?? false,
      unreadable: this.#unreadable,
    });
    if (options.upTo) {
      const { topic, after, frame } = options.upTo;
      turn.setHead({ cursors: new Map(turn.head.cursors).set(hex(topic), { after, frame }) });
    }
    const isEmpty =
      turn.changes.length === 0 && turn.head === this.#kept.memory.head && turn.events.length === 0;
    const failure =
      isEmpty && turn.members === this.#kept.memory.members ? null : await this.#kept.commit(turn);
    if (failure) return fail(failure);
    const { admitted, refused, known, membersChanged } = tally;
    const waiting = turn.waiting.size + turn.strangers.size;
    return ok({ admitted, refused, known, waiting, membersChanged, recordChanged, events: turn.events });
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
