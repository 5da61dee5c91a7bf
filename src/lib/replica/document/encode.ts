/** A lane to its bytes (folded.ts). */
import * as Y from 'yjs';
import { fromHex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { Hex } from '#lib/keys/ids.ts';
import {
  AFTER,
  ENTRY_LENGTH,
  isCounted,
  NUMBER,
  OVER,
  REPLACED,
  SHORT_LENGTH,
  VERSION,
  zigzag,
  type LaneFrame,
} from './format.ts';
import type { Content } from '#lib/replica/update.ts';

/** The bytes of what these frames left in the document of one client. */
export function encodeLane(doc: Y.Doc, client: number, frames: readonly LaneFrame[]): Bytes {
  const end = frames.at(-1)?.clock ?? 0;
  const columns = new FoldColumns(end);
  for (const struct of doc.store.clients.get(client) ?? []) {
    if (struct.id.clock >= end) break;
    if (!(struct instanceof Y.Item)) throw new Error('not a value under a key');
    columns.add(struct);
  }
  return columns.finish(frames);
}

class FoldColumns {
  readonly #end: number;
  readonly #sections = new Map<string, Map<string, number>>();
  readonly #pairs: [section: string, name: string][] = [];
  readonly #entries = new Map<string, number>();
  readonly #tags: Writer;
  readonly #places = new Writer(65_536);
  readonly #numbers = new Writer(65_536);
  readonly #others: unknown[] = [];
  readonly #lists = new Map<string, number>();
  readonly #listed = new Writer();
  readonly #overs = new Writer();
  readonly #roots = new Map<unknown, string>();
  #entry = 0;
  #distance = 0;
  #number = 0;

  constructor(end: number) {
    this.#end = end;
    this.#tags = new Writer(end);
  }

  add(item: Y.Item): void {
    const { id, origin, length, content } = item;
    const values = content instanceof Y.ContentAny && !item.deleted ? (content.arr as Content[]) : [];
    // Yjs joins values that were replaced one right after the other; here each stands for itself.
    for (let i = 0; i < length && id.clock + i < this.#end; i++) {
      const before = i > 0 ? id.clock + i - 1 : (origin?.clock ?? null);
      this.#tags.u8(this.#content(values[i]) | this.#place(item, before, id.clock + i));
    }
  }

  finish(frames: readonly LaneFrame[]): Bytes {
    const shorts = new Writer(SHORT_LENGTH * frames.length);
    const marks = new Writer(8 * frames.length);
    let [clock, time] = [0, 0];
    for (const frame of frames) {
      shorts.bytes(fromHex(frame.short));
      marks
        .varint(frame.clock - clock)
        .varint(zigzag(frame.time - time))
        .varint(frame.counter);
      [clock, time] = [frame.clock, frame.time];
    }
    const columns = [
      shorts.finish(),
      marks.finish(),
      utf8(JSON.stringify(this.#pairs)),
      utf8(JSON.stringify([...this.#entries.keys()])),
      ...[this.#tags, this.#places, this.#numbers].map((writer) => writer.finish()),
      utf8(JSON.stringify(this.#others)),
      ...[this.#listed, this.#overs].map((writer) => writer.finish()),
    ];
    const writer = new Writer(columns.reduce((sum, { length }) => sum + 4 + length, 1)).u8(VERSION);
    for (const column of columns) writer.lengthPrefixed(column);
    return writer.finish();
  }

  #content(content: Content | undefined): number {
    if (!content) return REPLACED;
    const [value, over] = content;
    const tag = over.length > 0 ? OVER : 0;
    if (tag === OVER) this.#overs.varint(this.#list(over));
    if (!isCounted(value)) {
      this.#others.push(value);
      return tag;
    }
    this.#numbers.varint(zigzag(value - this.#number));
    this.#number = value;
    return tag | NUMBER;
  }

  #list(over: readonly Hex[]): number {
    const name = over.join();
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    this.#listed.varint(over.length);
    for (const short of over) this.#listed.bytes(fromHex(short));
    return numberIn(this.#lists, name);
  }

  #place(item: Y.Item, before: number | null, clock: number): number {
    if (before !== null) {
      const distance = clock - before;
      this.#places.varint(zigzag(distance - this.#distance));
      this.#distance = distance;
      return AFTER;
    }
    const key = item.parentSub ?? '';
    const entry = numberIn(this.#entries, key.slice(0, ENTRY_LENGTH));
    this.#places
      .varint(this.#pair(this.#rootOf(item.parent), key.slice(ENTRY_LENGTH)))
      .varint(zigzag(entry - this.#entry));
    this.#entry = entry;
    return 0;
  }

  #pair(section: string, name: string): number {
    const names = this.#sections.get(section) ?? new Map<string, number>();
    this.#sections.set(section, names);
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, this.#pairs.length);
    return this.#pairs.push([section, name]) - 1;
  }

  #rootOf(parent: unknown): string {
    const known = this.#roots.get(parent);
    if (known !== undefined) return known;
    const root = Y.findRootTypeKey(parent as Y.AbstractType<unknown>);
    this.#roots.set(parent, root);
    return root;
  }
}

function numberIn(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}
