/**
 * A lane from its bytes (folded.ts).
 *
 * Guarantees: takes bytes of anybody. It refuses what a lane cannot hold, in time linear in the bytes; what it makes is
 * what Yjs would make of the same values.
 * Leaves out: whose lane it is, what the values may be under their keys (gate.ts), and how many bytes may come
 * (`MAX_STATE`).
 */
import * as Y from 'yjs';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, Reader } from '#lib/bytes/reader.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import { isEntryId } from '#lib/record/section.ts';
import {
  AFTER,
  ENTRY_LENGTH,
  isCounted,
  MAX_STATE_VALUES,
  NUMBER,
  OVER,
  REPLACED,
  SHORT_LENGTH,
  unzigzag,
  VERSION,
  type LaneFrame,
} from './format.ts';
import {
  isFieldValue,
  isOver,
  MAX_OVER,
  MAX_ROOT,
  MAX_SUB,
  MAX_VALUES,
  type Content,
} from '#lib/replica/update.ts';

export interface DecodedLane {
  readonly doc: Y.Doc;
  readonly frames: LaneFrame[];
}

/** What folds to these bytes under this client; null when nothing does. */
export function decodeLane(folded: Bytes, client: number): DecodedLane | null {
  return decodeWith(folded, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    const column = () => new Reader(reader.lengthPrefixed(reader.remaining));
    const list = () => readJson(reader.lengthPrefixed(reader.remaining));
    const doc = new Y.Doc();
    const frames = readFrames(column(), column());
    const sections = list().map((pair) => sectionOf(pair, doc));
    const entries = list();
    checkKeys(sections, entries);
    const [tags, places, numbers] = [column(), column(), column()];
    const others = list();
    const lists = readLists(column());
    const contents = new Contents(numbers, others, lists, column());
    if (tags.remaining !== (frames.at(-1)?.clock ?? 0))
      throw new MalformedBytes('not as many values as said');
    const items = readValues(client, tags, new Places(places, sections, entries), contents);
    for (const done of [places, contents]) done.end();
    if (items.length > 0) doc.store.clients.set(client, items);
    return { doc, frames };
  });
}

interface Section {
  readonly section: string;
  readonly name: string;
  readonly root: Y.Map<unknown>;
}

function readValues(client: number, tags: Reader, places: Places, contents: Contents): Y.Item[] {
  const items: Y.Item[] = [];
  for (let clock = 0; tags.remaining > 0; clock++) {
    const tag = tags.u8();
    const content = contents.read(tag);
    const before = (tag & AFTER) !== 0 ? places.before(items) : null;
    const root = before ? (before.parent as Y.Map<unknown>) : places.root();
    const key = before ? before.parentSub! : places.key();
    const origin = before && before.id;
    const item = new Y.Item(Y.createID(client, clock), before, origin, null, null, root, key, content);
    if (content instanceof Y.ContentDeleted) item.markDeleted();
    if (before) before.right = item;
    const known = root._map.size;
    root._map.set(key, item);
    if (!before && root._map.size === known) throw new MalformedBytes('a key that is new twice');
    items.push(item);
  }
  return items;
}

/** Where each value stands. */
class Places {
  readonly #reader: Reader;
  readonly #sections: readonly Section[];
  readonly #entries: readonly string[];
  #section: Section | undefined;
  #entry = 0;
  #distance = 0;

  constructor(reader: Reader, sections: readonly Section[], entries: readonly string[]) {
    this.#reader = reader;
    this.#sections = sections;
    this.#entries = entries;
  }

  /** Of a value under a new key: the section first, then the key. */
  root(): Y.Map<unknown> {
    this.#section = at(this.#sections, this.#reader.varint());
    return this.#section.root;
  }

  key(): string {
    this.#entry += unzigzag(this.#reader.varint());
    return at(this.#entries, this.#entry) + this.#section!.name;
  }

  /** The value in whose place it is: the last one of its key, which is gone with that. */
  before(items: readonly Y.Item[]): Y.Item {
    this.#distance += unzigzag(this.#reader.varint());
    const before = at(items, items.length - this.#distance);
    if (before.right || !before.deleted) throw new MalformedBytes('not in the place of the last value');
    return before;
  }
}

class Contents {
  readonly #numbers: Reader;
  readonly #others: readonly unknown[];
  readonly #lists: readonly (readonly Hex[])[];
  readonly #overs: Reader;
  #number = 0;
  #other = 0;

  constructor(
    numbers: Reader,
    others: readonly unknown[],
    lists: readonly (readonly Hex[])[],
    overs: Reader,
  ) {
    this.#numbers = numbers;
    this.#others = others;
    this.#lists = lists;
    this.#overs = overs;
  }

  read(tag: number): Y.ContentAny | Y.ContentDeleted {
    if (tag >= 2 * OVER || ((tag & REPLACED) !== 0 && (tag & ~AFTER) !== REPLACED))
      throw new MalformedBytes('no such value');
    if ((tag & REPLACED) !== 0) return new Y.ContentDeleted(1);
    const value = (tag & NUMBER) === 0 ? this.#otherValue() : this.#counted();
    const over = (tag & OVER) === 0 ? NOTHING : at(this.#lists, this.#overs.varint());
    return new Y.ContentAny([[value, over] satisfies Content]);
  }

  end(): void {
    for (const column of [this.#numbers, this.#overs]) column.end();
    if (this.#other !== this.#others.length) throw new MalformedBytes('left over');
  }

  #counted(): number {
    this.#number += unzigzag(this.#numbers.varint());
    if (!isCounted(this.#number)) throw new MalformedBytes('number out of range');
    return this.#number;
  }

  #otherValue(): FieldValue {
    const value = at(this.#others, this.#other++);
    if (!isFieldValue(value) || isCounted(value)) throw new MalformedBytes('no value');
    return value;
  }
}

const NOTHING: readonly Hex[] = [];

function readFrames(shorts: Reader, marks: Reader): LaneFrame[] {
  const frames: LaneFrame[] = [];
  let [clock, time] = [0, 0];
  while (marks.remaining > 0) {
    const count = marks.varint();
    clock += count;
    time += unzigzag(marks.varint());
    const counter = marks.varint();
    if (count > MAX_VALUES || clock > MAX_STATE_VALUES) throw new MalformedBytes('too many values');
    if (time < 0 || time > MAX_TIME || counter > MAX_COUNTER) throw new MalformedBytes('no time');
    frames.push({ short: hex(shorts.bytes(SHORT_LENGTH)), time, counter, clock });
  }
  shorts.end();
  return frames;
}

/** As far as statements can name them (keys/inner.ts). */
const MAX_TIME = 2 ** 48 - 1;
const MAX_COUNTER = 2 ** 16 - 1;

function readLists(reader: Reader): (readonly Hex[])[] {
  const lists: (readonly Hex[])[] = [];
  while (reader.remaining > 0) {
    const count = reader.varint();
    if (count === 0 || count > MAX_OVER) throw new MalformedBytes('no list');
    const list = Array.from({ length: count }, () => hex(reader.bytes(SHORT_LENGTH)));
    if (!isOver(list)) throw new MalformedBytes('no list');
    lists.push(list);
  }
  return lists;
}

function readJson(bytes: Bytes): readonly unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(decoder.decode(bytes));
  } catch {
    throw new MalformedBytes('not JSON');
  }
  if (!Array.isArray(list)) throw new MalformedBytes('not a list');
  return list;
}

function sectionOf(value: unknown, doc: Y.Doc): Section {
  if (!Array.isArray(value) || value.length !== 2) throw new MalformedBytes('not a pair');
  const [section, name] = value as readonly unknown[];
  if (typeof section !== 'string' || section.length === 0 || section.length > MAX_ROOT)
    throw new MalformedBytes('no section');
  if (typeof name !== 'string' || !/^\/./s.test(name) || name.length > MAX_SUB - ENTRY_LENGTH)
    throw new MalformedBytes('no name');
  return { section, name, root: doc.getMap(section) };
}

/** Keys have one spelling: no section or entry stands there twice. */
function checkKeys(
  sections: readonly Section[],
  entries: readonly unknown[],
): asserts entries is readonly string[] {
  const pairs = new Set(sections.map(({ section, name }) => JSON.stringify([section, name])));
  if (!entries.every(isEntryId) || pairs.size < sections.length || new Set(entries).size < entries.length)
    throw new MalformedBytes('bad keys');
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new MalformedBytes('nothing there');
  return value;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
