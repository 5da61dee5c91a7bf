/**
 * The record as a Yjs document, so that what two devices write apart merges.
 *
 *   document   one root map per section
 *   key        entry id[22] "/" field name         value: a FieldValue
 *              entry id[22] "/" field name "=" member             value: whether the member is in the set
 *              entry id[22] "/@created" "/@updated" "/@deleted"   value: milliseconds, or null
 *
 * Every field is a key of its own and merges alone: two devices that change different fields of an entry keep both, and
 * so do two that create one entry (those with a fixed id) apart. A map nested per entry would lose one of the two then,
 * because the maps themselves would compete. A field with several values is a set, each member a key of its own: a
 * document linked here and one linked there are both linked.
 *
 * Guarantees: what is read has known sections, entry ids and fields only, in Maps and objects without prototype (B11);
 * what does not fit is left out, never thrown. Updates that come in have passed the gate. Nothing changes while reading.
 * Leaves out: whether an edit makes sense (record/), and who may make it.
 */
import * as Y from 'yjs';
import { concat, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type { Edit, Entry, EntryId, FieldValue, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { hasMany, isEntryId, readFields, type SectionDefinition } from '#lib/record/section.ts';
import { sectionDefinition } from '#lib/record/sections.ts';
import { fold } from './fold.ts';
import { unfold } from './unfold.ts';

export type Schema = (section: SectionId) => SectionDefinition | undefined;

const CREATED = '@created';
const UPDATED = '@updated';
const DELETED = '@deleted';
const ENTRY_ID_LENGTH = 22;

/** Nobody's client: the document never writes by itself, and Yjs never mistakes a received update for its own. */
const NOBODY = 0;

export class RecordDocument {
  #doc = new Y.Doc();
  readonly #schema: Schema;
  #record: HealthRecord | null = null;
  readonly #stale = new Map<SectionId, Set<EntryId>>();
  /** The keys of members, by section and entry; null until they are asked for. */
  #memberKeys: Map<SectionId, Map<EntryId, Set<string>>> | null = null;

  constructor(schema: Schema = sectionDefinition) {
    this.#schema = schema;
    this.#use(this.#doc);
  }

  /** The document that gave this state; null when none can have given it. */
  static open(state: Bytes, schema?: Schema): RecordDocument | null {
    const doc = unfold(state);
    if (!doc) return null;
    const document = new RecordDocument(schema);
    document.#use(doc);
    return document;
  }

  /** Takes in all that other documents held. */
  add(states: readonly Bytes[]): void {
    // The largest comes in fastest: where nothing is yet, there is nothing to merge with.
    for (const state of [...states].sort((a, b) => b.length - a.length)) {
      const doc = unfold(state);
      if (!doc) throw new Error('no state');
      if (this.#doc.store.clients.size === 0) this.#use(doc);
      else Y.applyUpdate(this.#doc, Y.encodeStateAsUpdate(doc));
    }
  }

  /**
   * Takes updates in, in one transaction. False when something they build on is neither there nor among them: the document
   * is not to be used any more then.
   */
  apply(updates: readonly Bytes[]): boolean {
    if (updates.length === 0) return true;
    Y.transact(this.#doc, () => {
      for (const update of updates) Y.applyUpdate(this.#doc, update);
    });
    return !this.#doc.store.pendingStructs && !this.#doc.store.pendingDs;
  }

  /** Makes the edits as `client` at `time`; the answer is the update for others. */
  edit(client: number, edits: readonly Edit[], time: number): Bytes {
    const values = new Map<string, Map<string, FieldValue>>();
    for (const edit of edits) this.#plan(edit, time, values);
    return this.set(client, values);
  }

  /** Sets values by section and key; the answer is the update for others. */
  set(client: number, values: ReadonlyMap<SectionId, ReadonlyMap<string, FieldValue>>): Bytes {
    let update: Uint8Array | null = null;
    const take = (made: Uint8Array) => (update = made);
    this.#doc.on('update', take);
    this.#doc.clientID = client;
    try {
      Y.transact(this.#doc, () => {
        for (const [section, entries] of values)
          for (const [key, value] of entries) this.#doc.getMap(section).set(key, value);
      });
    } finally {
      this.#doc.clientID = NOBODY;
      this.#doc.off('update', take);
    }
    return update ? toOwned(update) : NO_UPDATE;
  }

  has(section: SectionId, id: EntryId): boolean {
    const definition = this.#schema(section);
    return definition !== undefined && this.#readEntry(definition, id) !== null;
  }

  /** The clock of a client: how many values it has set. */
  clock(client: number): number {
    return Y.getState(this.#doc.store, client);
  }

  clocks(): Map<number, number> {
    return Y.decodeStateVector(Y.encodeStateVector(this.#doc));
  }

  /** All it holds. Two documents that hold the same give the same bytes. */
  state(): Bytes {
    return fold(this.#doc);
  }

  /** All it holds, as an update. */
  update(): Bytes {
    return toOwned(Y.encodeStateAsUpdate(this.#doc));
  }

  /** What `client` has set from `clock` on, as one update. What it replaced goes without saying: a new value does that. */
  since(client: number, clock: number): Bytes {
    const [all, from] = [this.clocks(), this.clocks().set(client, clock)];
    const update = Y.encodeStateAsUpdate(this.#doc, Y.encodeStateVector(from));
    // Behind the values stand all deletions of the document, as they do behind none at all.
    const deletions = Y.encodeStateAsUpdate(this.#doc, Y.encodeStateVector(all)).length - NO_VALUES.length;
    return concat(update.subarray(0, update.length - deletions), NO_DELETIONS);
  }

  /** The clock after the last value of an entry that `client` set and that still stands; 0 when there is none. */
  lastSet(client: number, section: SectionId, id: EntryId): number {
    const map = this.#doc.getMap(section);
    let last = 0;
    const names = [
      CREATED,
      UPDATED,
      DELETED,
      ...(this.#schema(section)?.fields ?? []).map(({ name }) => name),
    ];
    for (const key of [...names.map((name) => keyOf(id, name)), ...this.#memberKeysOf(section, id)]) {
      const item = map._map.get(key);
      if (item?.id.client === client) last = Math.max(last, item.id.clock + item.length);
    }
    return last;
  }

  /** Every value that stands, section and key ascending: what two replicas compare. */
  *values(): Iterable<readonly [section: string, key: string, value: unknown]> {
    for (const section of [...this.#doc.share.keys()].sort()) {
      const map = this.#doc.getMap(section);
      for (const key of [...map._map.keys()].sort()) {
        const item = map._map.get(key);
        if (item && !item.deleted) yield [section, key, valueOf(item)];
      }
    }
  }

  /** The value that `client` set at `clock`, if it still stands, with its place. */
  valueAt(client: number, clock: number): { section: string; key: string; value: FieldValue } | null {
    const item = Y.getItem(this.#doc.store, Y.createID(client, clock)) as Y.Item | Y.GC;
    if (!(item instanceof Y.Item) || item.deleted || item.parentSub === null) return null;
    const value = valueOf(item);
    const section = Y.findRootTypeKey(item.parent as Y.AbstractType<unknown>);
    return isFieldValue(value) ? { section, key: item.parentSub, value } : null;
  }

  read(): HealthRecord {
    if (!this.#record) this.#record = this.#readAll();
    else if (this.#stale.size > 0) this.#record = this.#readStale(this.#record);
    this.#stale.clear();
    return this.#record;
  }

  #use(doc: Y.Doc): void {
    this.#doc = doc;
    this.#record = null;
    this.#memberKeys = null;
    doc.clientID = NOBODY;
    doc.on('afterTransaction', (transaction: Y.Transaction) => {
      this.#noteChanges(transaction);
    });
  }

  #plan(edit: Edit, time: number, values: Map<string, Map<string, FieldValue>>): void {
    const planned = values.get(edit.section) ?? new Map<string, FieldValue>();
    values.set(edit.section, planned);
    const map = this.#doc.getMap(edit.section);
    const current = (key: string) => (planned.has(key) ? planned.get(key) : valueIn(map, key));
    const set = (name: string, value: FieldValue) => planned.set(keyOf(edit.id, name), value);
    if (edit.type === 'put') {
      if (current(keyOf(edit.id, CREATED)) === undefined) set(CREATED, time);
      // A value that is already there is not set again: another device may be changing it right now.
      for (const [name, value] of this.#spelled(edit))
        if (!sameValue(current(keyOf(edit.id, name)), value)) set(name, value);
    } else set(DELETED, edit.type === 'delete' ? time : null);
    set(UPDATED, time);
  }

  /** The fields of an edit under the names they are kept by: a set becomes its members, those that are gone included. */
  *#spelled({
    section,
    id,
    fields,
  }: Extract<Edit, { type: 'put' }>): Iterable<[name: string, value: FieldValue]> {
    const sets = new Set(
      this.#schema(section)
        ?.fields.filter(hasMany)
        .map(({ name }) => name),
    );
    const map = this.#doc.getMap(section);
    for (const [name, value] of Object.entries(fields)) {
      if (!sets.has(name)) yield [name, value];
      else {
        const wanted = Array.isArray(value) ? (value as readonly string[]) : [];
        for (const member of wanted) yield [`${name}=${member}`, true];
        for (const member of this.#membersOf(map, section, id, name))
          if (!wanted.includes(member)) yield [`${name}=${member}`, false];
      }
    }
  }

  #noteChanges(transaction: Y.Transaction): void {
    if (!this.#record && !this.#memberKeys) return;
    for (const [type, keys] of transaction.changed) {
      const section = sectionOf(this.#doc, type as unknown as Y.AbstractType<unknown>);
      if (section === null) continue;
      for (const key of keys) if (key !== null) this.#noteMember(section, key);
      if (!this.#record) continue;
      const stale = this.#stale.get(section) ?? new Set();
      this.#stale.set(section, stale);
      for (const key of keys) if (key !== null) stale.add(key.slice(0, ENTRY_ID_LENGTH));
    }
  }

  #noteMember(section: SectionId, key: string): void {
    if (!this.#memberKeys || !key.includes('=')) return;
    const entries = this.#memberKeys.get(section) ?? new Map<EntryId, Set<string>>();
    this.#memberKeys.set(section, entries);
    const id = key.slice(0, ENTRY_ID_LENGTH);
    entries.set(id, (entries.get(id) ?? new Set()).add(key));
  }

  #memberKeysOf(section: SectionId, id: EntryId): string[] {
    if (!this.#memberKeys) {
      this.#memberKeys = new Map();
      for (const name of this.#doc.share.keys())
        for (const key of this.#doc.getMap(name)._map.keys()) this.#noteMember(name, key);
    }
    return [...(this.#memberKeys.get(section)?.get(id) ?? [])];
  }

  #membersOf(map: Y.Map<unknown>, section: SectionId, id: EntryId, name: string): string[] {
    return this.#memberKeysOf(section, id)
      .filter((key) => valueIn(map, key) === true)
      .map(memberOf)
      .filter((one) => one.name === name)
      .map(({ member }) => member);
  }

  #readAll(): HealthRecord {
    const entries = new Map<SectionId, Map<EntryId, Entry>>();
    for (const name of this.#doc.share.keys()) {
      const definition = this.#schema(name);
      if (!definition) continue;
      const section = new Map<EntryId, Entry>();
      const ids = new Set<EntryId>();
      for (const key of this.#doc.getMap(name)._map.keys()) ids.add(key.slice(0, ENTRY_ID_LENGTH));
      for (const id of ids) {
        const entry = this.#readEntry(definition, id);
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
      for (const id of ids) {
        const entry = this.#readEntry(definition, id);
        if (entry) section.set(id, entry);
      }
      if (section.size > 0) entries.set(definition.id, section);
    }
    return { entries };
  }

  #readEntry(definition: SectionDefinition, id: EntryId): Entry | null {
    if (!isEntryId(id)) return null;
    const map = this.#doc.getMap(definition.id);
    const updatedAt = timeIn(map, keyOf(id, UPDATED));
    if (updatedAt === null) return null;
    const [createdBy, updatedBy] = [CREATED, UPDATED].map((name) => clientIn(map, keyOf(id, name)));
    const single = (key: string): unknown =>
      definition.immutable && clientIn(map, key) !== createdBy ? undefined : valueIn(map, key);
    const raw = Object.create(null) as Record<string, FieldValue>;
    for (const field of definition.fields) {
      const { name } = field;
      const value = hasMany(field) ? this.#membersOf(map, definition.id, id, name) : single(keyOf(id, name));
      if (isFieldValue(value)) raw[name] = value;
    }
    const deletedAt = timeIn(map, keyOf(id, DELETED));
    return {
      id,
      section: definition.id,
      fields: readFields(definition, raw),
      createdAt: timeIn(map, keyOf(id, CREATED)) ?? updatedAt,
      updatedAt,
      ...(deletedAt !== null && { deletedAt }),
      ...(createdBy !== undefined && { createdBy }),
      ...(updatedBy !== undefined && { updatedBy }),
    };
  }
}

const NO_VALUES: Bytes = Uint8Array.of(0);
const NO_DELETIONS: Bytes = Uint8Array.of(0);
/** An update that says nothing. */
const NO_UPDATE: Bytes = concat(NO_VALUES, NO_DELETIONS);

function keyOf(id: EntryId, name: string): string {
  return `${id}/${name}`;
}

function memberOf(key: string): { readonly name: string; readonly member: string } {
  const [name = '', ...member] = key.slice(ENTRY_ID_LENGTH + 1).split('=');
  return { name, member: member.join('=') };
}

function sectionOf(doc: Y.Doc, type: Y.AbstractType<unknown>): string | null {
  return type._item === null && type.doc === doc ? Y.findRootTypeKey(type) : null;
}

function valueIn(map: Y.Map<unknown>, key: string): unknown {
  const item = map._map.get(key);
  return item && !item.deleted ? valueOf(item) : undefined;
}

function clientIn(map: Y.Map<unknown>, key: string): number | undefined {
  const item = map._map.get(key);
  return item && !item.deleted ? item.id.client : undefined;
}

function valueOf(item: Y.Item): unknown {
  return item.content instanceof Y.ContentAny ? item.content.arr.at(-1) : undefined;
}

function timeIn(map: Y.Map<unknown>, key: string): number | null {
  const value = valueIn(map, key);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function isFieldValue(value: unknown): value is FieldValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function sameValue(a: unknown, b: FieldValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
