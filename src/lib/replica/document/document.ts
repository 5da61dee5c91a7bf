/**
 * The record, read over any number of lanes (lane.ts), so that what devices write apart merges.
 *
 *   key        entry id[22] "/" field name                         value: a FieldValue
 *              entry id[22] "/" field name "=" member              value: whether the member is in the set
 *              entry id[22] "/@created" "/@updated" "/@deleted"    value: milliseconds, or null
 *
 * Every field is a key of its own and merges alone: two devices that change different fields of an entry keep both, and
 * so do two that create one entry (those with a fixed id) apart. A field with several values is a set, each member a key
 * of its own: a document linked here and one linked there are both linked.
 *
 * Of a key each lane says its last value. A value says which values of other lanes it replaces; what is replaced by none
 * *stands*. Of several that stand the one said last is shown, by the clocks of their frames, then by client and short id.
 * When an entry that is written once was created is what was said first. By whom is told where one device said it alone: of
 * several no clock decides who it was, since a clock may lie.
 *
 * Two lanes of one client are branches of one device. What both hold of the frames they share is one value, and one that
 * either branch replaced is replaced: a branch that was cut out of a folded lane reads as one made of its frames.
 *
 * Guarantees: what is read has known sections, entry ids and fields only, in Maps and objects without prototype (B11);
 * what does not fit is left out, never thrown. Nothing changes while reading, nor while an edit is made: it changes
 * something once it is applied.
 * Leaves out: whether an edit makes sense (record/), who may make it, and which lanes count.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Edit, Entry, EntryId, FieldValue, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import { hasMany, isEntryId, readFields, sameValue, type SectionDefinition } from '#lib/record/section.ts';
import { sectionDefinition } from '#lib/record/sections.ts';
import { ENTRY_LENGTH } from './format.ts';
import { CREATED, DELETED, UPDATED, type Schema } from '#lib/replica/gate.ts';
import type { Lane, Mark } from '#lib/replica/lane.ts';
import { encodeUpdate, isFieldValue, MAX_OVER, type Place } from '#lib/replica/update.ts';

export type { Schema } from '#lib/replica/gate.ts';

/** Chosen by whoever keeps the lanes. */
export type LaneId = string;

/** What one lane says last of a key. */
export interface Claim {
  readonly lane: LaneId;
  readonly client: number;
  readonly clock: number;
  readonly mark: Mark;
  readonly value: FieldValue;
  readonly over: readonly Hex[];
}

type Values = ReadonlyMap<SectionId, ReadonlyMap<string, FieldValue>>;
type Held = readonly [id: LaneId, lane: Lane];

export class RecordDocument {
  readonly #schema: Schema;
  readonly #lanes = new Map<LaneId, Lane>();
  /** Every lane, by id; and those that have others of their client beside them. */
  #held: readonly Held[] = [];
  #branches: ReadonlyMap<number, readonly Held[]> = new Map();
  /** How many values two branches share. */
  readonly #shared = new Map<string, number>();
  #record: HealthRecord | null = null;
  readonly #stale = new Map<SectionId, Set<EntryId>>();

  constructor(schema: Schema = sectionDefinition) {
    this.#schema = schema;
  }

  clone(): RecordDocument {
    const twin = new RecordDocument(this.#schema);
    for (const [id, lane] of this.#lanes) twin.putLane(id, lane.clone());
    return twin;
  }

  get lanes(): ReadonlyMap<LaneId, Lane> {
    return this.#lanes;
  }

  /** The lane is the document's from now on: only `apply` changes it. */
  putLane(id: LaneId, lane: Lane): void {
    const before = this.#lanes.get(id);
    this.#lanes.set(id, lane);
    for (const changed of [before, lane]) if (changed) this.#noteLane(changed);
    this.#arrange();
  }

  drop(id: LaneId): void {
    const before = this.#lanes.get(id);
    this.#lanes.delete(id);
    if (before) this.#noteLane(before);
    this.#arrange();
  }

  /**
   * Takes in the next frame of a lane.
   * @param update null for a frame that sets nothing, or whose content is void
   * @returns false, with nothing changed, when the lane cannot take it
   */
  apply(id: LaneId, update: Bytes | null, mark: Mark): boolean {
    const lane = this.#lane(id);
    const settings = update ? lane.settle(update) : [];
    if (!settings || !lane.apply(update, mark)) return false;
    if (this.#branches.has(lane.client)) this.#shared.clear();
    for (const { section, key } of settings) this.#note(section, key);
    return true;
  }

  /** Makes the edits in a lane at `time`. The answer is the update, which is not applied yet. */
  edit(id: LaneId, edits: readonly Edit[], time: number): Bytes {
    const values = new Map<SectionId, Map<string, FieldValue>>();
    for (const edit of edits) this.#plan(edit, time, values);
    return this.set(id, values);
  }

  /** Sets values by section and key in a lane. The answer is the update, which is not applied yet. */
  set(id: LaneId, values: Values): Bytes {
    const lane = this.#lane(id);
    const settings = [...values].flatMap(([section, keys]) =>
      [...keys].map(([key, value]) => ({
        section,
        key,
        content: [plain(value), this.#over(lane, { section, key })] as const,
      })),
    );
    return encodeUpdate(lane.place(settings));
  }

  has(section: SectionId, id: EntryId): boolean {
    const definition = this.#schema(section);
    return definition !== undefined && this.#readEntry(definition, id, this.#held) !== null;
  }

  /** All values of a key that nothing replaces, the one that is shown first. */
  standing(section: SectionId, key: string): readonly Claim[] {
    return standing(this.#claims({ section, key }, this.#held));
  }

  /** The clock after the last value of an entry that a lane set and that still stands; 0 when there is none. */
  lastSet(id: LaneId, section: SectionId, entry: EntryId): number {
    const lane = this.#lane(id);
    const fields = (this.#schema(section)?.fields ?? []).map(({ name }) => name);
    const keys = [CREATED, UPDATED, DELETED, ...fields].map((name) => keyOf(entry, name));
    let last = 0;
    for (const key of [...keys, ...lane.memberKeys(section, entry)])
      for (const claim of this.standing(section, key))
        if (claim.client === lane.client && claim.clock === lane.last(section, key)?.clock)
          last = Math.max(last, claim.clock + 1);
    return last;
  }

  /** All that lanes say, replaced by other lanes or not, in the same order wherever the same lanes are: what replicas compare. */
  *values(): Iterable<readonly [section: SectionId, key: string, claim: Claim]> {
    const sections = new Set(this.#held.flatMap(([, lane]) => [...lane.sections()]));
    for (const section of [...sections].sort()) {
      const keys = new Set(this.#held.flatMap(([, lane]) => [...lane.keys(section)]));
      for (const key of [...keys].sort())
        for (const claim of [...this.#claims({ section, key }, this.#held)].sort(byAuthor))
          yield [section, key, claim];
    }
  }

  read(): HealthRecord {
    if (!this.#record) this.#record = this.#readAll();
    else if (this.#stale.size > 0) this.#record = this.#readStale(this.#record);
    this.#stale.clear();
    return this.#record;
  }

  #lane(id: LaneId): Lane {
    const lane = this.#lanes.get(id);
    if (!lane) throw new Error('no such lane');
    return lane;
  }

  #arrange(): void {
    this.#held = [...this.#lanes].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#branches = new Map(
      [...Map.groupBy(this.#held, ([, lane]) => lane.client)].filter(([, { length }]) => length > 1),
    );
    this.#shared.clear();
  }

  // ── what stands ────────────────────────────────────────────────────────────────────────────────────────────────

  #claims({ section, key }: Place, held: readonly Held[]): readonly Claim[] {
    const claims: Claim[] = [];
    for (const [id, lane] of held) {
      const last = lane.last(section, key);
      if (!last?.content || this.#isSaidElsewhere(id, lane, { section, key }, last.clock)) continue;
      const [value, over] = last.content;
      const { client } = lane;
      claims.push({ lane: id, client, clock: last.clock, mark: lane.markOf(last.clock), value, over });
    }
    return claims;
  }

  /** Whether another branch holds the same value, or has replaced it. */
  #isSaidElsewhere(id: LaneId, lane: Lane, { section, key }: Place, clock: number): boolean {
    const branches = this.#branches.get(lane.client);
    if (!branches) return false;
    return branches.some(([other, branch]) => {
      const last = other === id ? undefined : branch.last(section, key);
      if (!last || clock >= this.#sharedBy(id, other)) return false;
      return last.clock > clock || (last.clock === clock && last.content !== undefined && other < id);
    });
  }

  #sharedBy(a: LaneId, b: LaneId): number {
    const name = JSON.stringify(a < b ? [a, b] : [b, a]);
    let shared = this.#shared.get(name);
    if (shared === undefined) {
      shared = sharedValues(this.#lane(a), this.#lane(b));
      this.#shared.set(name, shared);
    }
    return shared;
  }

  /** What a value that a lane sets now is over: all that stands, and what its last value was over. */
  #over(lane: Lane, place: Place): readonly Hex[] {
    const last = lane.last(place.section, place.key);
    const own = last && lane.markOf(last.clock).short;
    const others = this.#claims(place, this.#held);
    const isOwn = (claim: Claim) => claim.client === lane.client && claim.mark.short === own;
    const inherited = others.filter(({ mark }) => last?.content?.[1].includes(mark.short));
    const shorts = [...standing(others), ...inherited]
      .filter((claim) => !isOwn(claim))
      .map(({ mark }) => mark.short);
    return [...new Set(shorts)].slice(0, MAX_OVER).sort();
  }

  // ── edits ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #plan(edit: Edit, time: number, values: Map<SectionId, Map<string, FieldValue>>): void {
    const { section, id } = edit;
    const planned = values.get(section) ?? new Map<string, FieldValue>();
    values.set(section, planned);
    const set = (name: string, value: FieldValue) => planned.set(keyOf(id, name), value);
    if (edit.type === 'put') this.#planFields(edit, time, planned);
    else if (edit.type === 'delete') set(DELETED, time);
    else if (this.#isSaid(section, keyOf(id, DELETED), planned)) set(DELETED, null);
    set(UPDATED, time);
  }

  #planFields(
    { section, id, fields }: Extract<Edit, { type: 'put' }>,
    time: number,
    planned: Map<string, FieldValue>,
  ): void {
    const isCreated = this.#isSaid(section, keyOf(id, CREATED), planned);
    const isOnce = this.#schema(section)?.immutable === true;
    if (isOnce && isCreated) return;
    if (isOnce && immutableId(section, fields, sha256) !== id)
      throw new Error('what is written once has another id');
    if (!isCreated) planned.set(keyOf(id, CREATED), time);
    for (const [name, value] of this.#spelled(section, id, fields)) {
      const key = keyOf(id, name);
      // A value that is already there is not set again: another device may be changing it right now.
      const there = planned.has(key)
        ? [planned.get(key)!]
        : this.standing(section, key).map((claim) => claim.value);
      if (there.length === 0 || !there.every((one) => sameValue(one, value))) planned.set(key, value);
    }
  }

  #isSaid(section: SectionId, key: string, planned: ReadonlyMap<string, FieldValue>): boolean {
    return planned.has(key) || this.standing(section, key).length > 0;
  }

  /** The fields of an edit under the names they are kept by: a set becomes its members, those that are gone included. */
  *#spelled(
    section: SectionId,
    id: EntryId,
    fields: Readonly<Record<string, FieldValue>>,
  ): Iterable<[name: string, value: FieldValue]> {
    const sets = new Set(
      this.#schema(section)
        ?.fields.filter(hasMany)
        .map(({ name }) => name),
    );
    for (const [name, value] of Object.entries(fields)) {
      if (!sets.has(name)) yield [name, value];
      else {
        const wanted = Array.isArray(value) ? (value as readonly string[]) : [];
        for (const member of wanted) yield [`${name}=${member}`, true];
        for (const member of this.#membersOf(section, id, name, this.#held))
          if (!wanted.includes(member)) yield [`${name}=${member}`, false];
      }
    }
  }

  // ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────

  #noteLane(lane: Lane): void {
    if (!this.#record) return;
    for (const section of lane.sections()) for (const key of lane.keys(section)) this.#note(section, key);
  }

  #note(section: SectionId, key: string): void {
    if (!this.#record) return;
    const stale = this.#stale.get(section) ?? new Set();
    this.#stale.set(section, stale);
    stale.add(key.slice(0, ENTRY_LENGTH));
  }

  #readAll(): HealthRecord {
    const entries = new Map<SectionId, Map<EntryId, Entry>>();
    for (const name of new Set(this.#held.flatMap(([, lane]) => [...lane.sections()]))) {
      const definition = this.#schema(name);
      if (!definition) continue;
      const section = new Map<EntryId, Entry>();
      for (const [id, held] of holdersOf(this.#held, name)) {
        const entry = this.#readEntry(definition, id, held);
        if (entry) section.set(id, entry);
      }
      if (section.size > 0) entries.set(definition.id, section);
    }
    return { entries };
  }

  /** The record again with what changed read anew; everything else is shared with the one before. */
  #readStale(before: HealthRecord): HealthRecord {
    const entries = new Map(before.entries);
    for (const [name, ids] of this.#stale) {
      const definition = this.#schema(name);
      if (!definition) continue;
      const section = new Map(entries.get(definition.id));
      const held = this.#held.filter(([, lane]) => lane.has(name));
      for (const id of ids) {
        const entry = this.#readEntry(definition, id, held);
        if (entry) section.set(id, entry);
        else section.delete(id);
      }
      if (section.size > 0) entries.set(definition.id, section);
      else entries.delete(definition.id);
    }
    return { entries };
  }

  #readEntry(definition: SectionDefinition, id: EntryId, held: readonly Held[]): Entry | null {
    if (!isEntryId(id)) return null;
    const section = definition.id;
    const time = (claim: Pick<Claim, 'value'> | undefined) => (isTime(claim?.value) ? claim.value : null);
    const updated = this.#shown({ section, key: keyOf(id, UPDATED) }, held);
    const updatedAt = time(updated);
    if (updatedAt === null) return null;
    const created = definition.immutable
      ? firstSaid(this.#claims({ section, key: keyOf(id, CREATED) }, held))
      : this.#shown({ section, key: keyOf(id, CREATED) }, held);
    const raw = Object.create(null) as Record<string, FieldValue>;
    for (const field of definition.fields) {
      const { name } = field;
      const value = hasMany(field)
        ? this.#membersOf(section, id, name, held)
        : this.#shownValue({ section, key: keyOf(id, name) }, held);
      if (value !== undefined) raw[name] = value;
    }
    const deletedAt = time(this.#shown({ section, key: keyOf(id, DELETED) }, held));
    return {
      id,
      section,
      fields: readFields(definition, raw),
      createdAt: time(created) ?? updatedAt,
      updatedAt,
      ...(deletedAt !== null && { deletedAt }),
      ...(created?.client !== undefined && { createdBy: created.client }),
      ...(updated && { updatedBy: updated.client }),
    };
  }

  #membersOf(section: SectionId, id: EntryId, name: string, held: readonly Held[]): string[] {
    const keys = new Set(held.flatMap(([, lane]) => [...lane.memberKeys(section, id)]));
    return [...keys]
      .filter((key) => this.#shownValue({ section, key }, held) === true)
      .map(memberOf)
      .filter((one) => one.name === name)
      .map(({ member }) => member);
  }

  #shown(place: Place, held: readonly Held[]): Claim | undefined {
    const claims = this.#claims(place, held);
    return claims.length < 2 ? claims[0] : standing(claims)[0];
  }

  #shownValue(place: Place, held: readonly Held[]): FieldValue | undefined {
    const [only] = held;
    // Most entries were written on one device alone.
    return held.length === 1 && only
      ? only[1].value(place.section, place.key)
      : this.#shown(place, held)?.value;
  }
}

/** Those that none of them replaces, the one said last first. */
function standing(claims: readonly Claim[]): readonly Claim[] {
  const replaced = new Set(claims.flatMap(({ over }) => over));
  return claims.filter(({ mark }) => !replaced.has(mark.short)).sort(lastSaidFirst);
}

function lastSaidFirst(a: Claim, b: Claim): number {
  return b.mark.time - a.mark.time || b.mark.counter - a.mark.counter || byAuthor(b, a);
}

/** The first of what several say once each; whose it is only where it is one device's. */
function firstSaid(claims: readonly Claim[]) {
  const first = claims.toSorted(lastSaidFirst).at(-1);
  const isShared = claims.some(({ client }) => client !== first?.client);
  return first && { value: first.value, client: isShared ? undefined : first.client };
}

function byAuthor(a: Claim, b: Claim): number {
  return a.client - b.client || (a.mark.short < b.mark.short ? -1 : a.mark.short > b.mark.short ? 1 : 0);
}

/** How many values two branches of one device have in common: those of the frames they began with. */
function sharedValues(a: Lane, b: Lane): number {
  let shared = 0;
  for (let i = 0; ; i++) {
    const [one, other] = [a.frame(i), b.frame(i)];
    if (!one || one.short !== other?.short || one.clock !== other.clock) return shared;
    shared = one.clock;
  }
}

/** The entries of a section, each with the lanes that say something of it. */
function holdersOf(all: readonly Held[], section: SectionId): ReadonlyMap<EntryId, readonly Held[]> {
  const holders = new Map<EntryId, readonly Held[]>();
  for (const held of all) {
    const alone = [held];
    for (const key of held[1].keys(section)) {
      const id = key.slice(0, ENTRY_LENGTH);
      const known = holders.get(id);
      if (!known) holders.set(id, alone);
      else if (known.at(-1) !== held) holders.set(id, [...known, held]);
    }
  }
  return holders;
}

/** Under which a lane keeps a field of an entry. */
export function keyOf(id: EntryId, name: string): string {
  return `${id}/${name}`;
}

function memberOf(key: string): { readonly name: string; readonly member: string } {
  const [name = '', ...member] = key.slice(ENTRY_LENGTH + 1).split('=');
  return { name, member: member.join('=') };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function plain(value: FieldValue): FieldValue {
  if (value === 0) return 0; // of the two zeros the one that is written
  if (!isFieldValue(value)) throw new Error('no value of a field');
  return value;
}
