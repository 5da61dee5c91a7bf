/**
 * A lane: one branch of one device's words, in a Yjs document of its own.
 *
 *   document   one root map per section, all under the client id of the device
 *   key        entry id[22] "/" name              value: [value, over] (update.ts)
 *
 * Guarantees: what it takes in was set after its own last value of the key or under a new one, with its own next clocks.
 * So a lane depends on nothing but the frames before, and nobody else can touch, block or erase what stands in it. Which
 * frame set a value is known, and when.
 * Leaves out: which lanes count, what stands where several say something (document.ts), what may be said (gate.ts).
 */
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { EntryId, FieldValue, SectionId } from '#lib/record/entry.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { encodeLane } from './document/encode.ts';
import {
  ENTRY_LENGTH,
  MAX_STATE_VALUES,
  SHORT_LENGTH,
  type LaneFrame,
  type Mark,
} from './document/format.ts';
import { decodeLane } from './document/decode.ts';
import { readUpdate, type Content, type Place, type Placed, type Update } from './update.ts';

export type { Mark } from './document/format.ts';

/** The first 128 bits of what a frame says: how values name it. No two frames are made to share them. */
export function shortOf(saying: Hex): Hex {
  return saying.slice(0, 2 * SHORT_LENGTH);
}

/** A value that an update sets, with its place. */
export interface Setting extends Place {
  readonly content: Content;
  /** The lane has set nothing under this key before. */
  readonly isFirst: boolean;
}

/** The last value that a lane set under a key. */
export interface LastValue {
  readonly clock: number;
  /** Undefined when it was replaced after the frames that the lane was cut to. */
  readonly content: Content | undefined;
}

/** Nobody's client: the document never writes by itself, and Yjs never mistakes an update for its own. */
const NOBODY = 0;

export class Lane {
  readonly client: number;
  readonly #doc: Y.Doc;
  readonly #frames: LaneFrame[];
  /** Index by short id; of those with one id the first. */
  readonly #index = new Map<Hex, number>();
  readonly #names = new Map<unknown, SectionId>();
  /** The keys of members, by section and entry; null until they are asked for. */
  #memberKeys: Map<SectionId, Map<EntryId, Set<string>>> | null = null;

  /** The answer that was given last. */
  #settled: { update: Bytes; clock: number; settings: readonly Setting[] | null } | null = null;

  constructor(client: number, doc = new Y.Doc(), frames: LaneFrame[] = []) {
    this.client = client;
    this.#doc = doc;
    this.#frames = frames;
    doc.clientID = NOBODY;
    for (const section of doc.share.keys()) this.#rootOf(section);
    for (const [i, { short }] of frames.entries()) if (!this.#index.has(short)) this.#index.set(short, i);
  }

  /** The lane that folds to these bytes, of anybody; null when none does. */
  static open(folded: Bytes, client: number): Lane | null {
    const unfolded = decodeLane(folded, client);
    return unfolded && new Lane(client, unfolded.doc, unfolded.frames);
  }

  /** All it holds. Two lanes that hold the same give the same bytes. */
  encode(): Bytes {
    return encodeLane(this.#doc, this.client, this.#frames);
  }

  /** The lane as it was after so many frames; values that were replaced since are gone. */
  cut(frames: number): Lane {
    const lane = Lane.open(encodeLane(this.#doc, this.client, this.#frames.slice(0, frames)), this.client);
    if (!lane) throw new Error('a lane that does not open again');
    return lane;
  }

  clone(): Lane {
    return this.cut(this.frames);
  }

  /** How many values it has set. */
  get clock(): number {
    return this.#frames.at(-1)?.clock ?? 0;
  }

  /** How many frames it has taken. */
  get frames(): number {
    return this.#frames.length;
  }

  frameAt(short: Hex): number | undefined {
    return this.#index.get(short);
  }

  /** A frame, with the clock after it. */
  frame(index: number): LaneFrame | undefined {
    return this.#frames[index];
  }

  /** The frame that set the value with this clock. */
  markOf(clock: number): Mark {
    let [low, high] = [0, this.#frames.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#frames[middle]!.clock <= clock) low = middle + 1;
      else high = middle;
    }
    const frame = this.#frames[low];
    if (!frame) throw new Error('no such clock');
    return frame;
  }

  /**
   * Takes in the next frame of the lane.
   * @param update null for a frame that sets nothing, or whose content is void
   * @returns false, with nothing changed, when the update is none of what this lane can take next
   */
  apply(update: Bytes | null, mark: Mark): boolean {
    const settings = update ? this.settle(update) : [];
    if (!settings) return false;
    if (update && settings.length > 0) {
      for (const { section } of settings) this.#rootOf(section);
      Y.applyUpdate(this.#doc, update);
      if (this.#memberKeys) for (const { section, key } of settings) this.#noteMember(section, key);
    }
    const { short, time, counter } = mark;
    if (!this.#index.has(short)) this.#index.set(short, this.#frames.length);
    this.#frames.push({ short, time, counter, clock: this.clock + settings.length });
    return true;
  }

  /** What an update would set here; null when the lane cannot take it now. */
  settle(update: Bytes): readonly Setting[] | null {
    // Whoever lets an update pass has it taken in next.
    if (this.#settled?.update !== update || this.#settled.clock !== this.clock)
      this.#settled = { update, clock: this.clock, settings: this.#settleAll(update) };
    return this.#settled.settings;
  }

  /** Whether the frame at this index set what the update says, where it says so; what was replaced since is not compared. */
  says(update: Bytes, index: number): boolean {
    const said = readUpdate(update);
    const from = this.#frames[index - 1]?.clock ?? 0;
    if (!said || (this.#frames[index]?.clock ?? 0) - from !== said.values.length) return false;
    return said.values.every((value, i) => this.#isAt(value, from + i));
  }

  /** What a frame set: where, and what it is unless it was replaced since. */
  saidAt(index: number): readonly (Place & { readonly content: Content | undefined })[] {
    const from = this.#frames[index - 1]?.clock ?? 0;
    const end = this.#frames[index]?.clock ?? from;
    return Array.from({ length: end - from }, (_, i) => {
      const { section, key, content, isReplaced } = this.#at(from + i);
      if (section === undefined || key === null) throw new Error('not a value under a key');
      return { section, key, content: isReplaced ? undefined : content };
    });
  }

  /** How many frames both began with, by their short ids. */
  sharedWith(other: Lane): number {
    const frames = this.#frames;
    let shared = 0;
    while (shared < frames.length && frames[shared]!.short === other.frame(shared)?.short) shared++;
    return shared;
  }

  /**
   * Whether the first frames say here what they say in the other lane: when, how many values, each in its place, and what.
   * A value is compared where both lanes have it still. What the other one has and this one lacks must have been replaced
   * here, or, as `isReplacedBeside` says, in another branch.
   */
  agrees(other: Lane, frames: number, isReplacedBeside: (clock: number) => boolean): boolean {
    for (let i = 0; i < frames; i++) {
      const [one, same] = [this.frame(i), other.frame(i)];
      if (!one || !same || one.short !== same.short || one.clock !== same.clock) return false;
      if (one.time !== same.time || one.counter !== same.counter) return false;
    }
    const end = this.#frames[frames - 1]?.clock ?? 0;
    for (let clock = 0; clock < end; clock++) {
      const [one, same] = [this.#at(clock), other.#at(clock)];
      if (one.before !== same.before || one.key !== same.key || one.section !== same.section) return false;
      if (!same.content || one.isReplaced) continue;
      if (!one.content) {
        if (!isReplacedBeside(clock)) return false;
      } else if (JSON.stringify(one.content) !== JSON.stringify(same.content)) return false;
    }
    return true;
  }

  /** Whether this lane has set another value in the place of the one with this clock. */
  replaces(clock: number): boolean {
    return clock < this.clock && this.#at(clock).isReplaced;
  }

  /** The update that sets these values next. */
  place(values: readonly (Place & { readonly content: Content })[]): Update {
    const placed = values.map(({ section, key, content }): Placed => {
      const after = this.last(section, key)?.clock;
      return after === undefined ? { section, key, content, after: null } : { content, after };
    });
    return { client: this.client, clock: this.clock, values: placed };
  }

  last(section: SectionId, key: string): LastValue | undefined {
    const item = this.#itemsOf(section)?.get(key);
    return item && { clock: lastClock(item), content: contentOf(item) };
  }

  value(section: SectionId, key: string): FieldValue | undefined {
    const item = this.#itemsOf(section)?.get(key);
    return item && contentOf(item)?.[0];
  }

  sections(): Iterable<SectionId> {
    return this.#doc.share.keys();
  }

  keys(section: SectionId): Iterable<string> {
    return this.#itemsOf(section)?.keys() ?? [];
  }

  has(section: SectionId): boolean {
    return this.#doc.share.has(section);
  }

  /** The keys of members of sets, whether they are in them or not. */
  memberKeys(section: SectionId, id: EntryId): Iterable<string> {
    if (!this.#memberKeys) {
      this.#memberKeys = new Map();
      for (const name of this.sections()) for (const key of this.keys(name)) this.#noteMember(name, key);
    }
    return this.#memberKeys.get(section)?.get(id) ?? [];
  }

  #settleAll(update: Bytes): readonly Setting[] | null {
    const said = readUpdate(update);
    if (!said || (said.values.length > 0 && (said.client !== this.client || said.clock !== this.clock)))
      return null;
    // What a lane takes in, it opens again (unfold.ts).
    if (this.clock + said.values.length > MAX_STATE_VALUES) return null;
    const settings: Setting[] = [];
    const taken = new Set<string | number>();
    for (const value of said.values) {
      const setting = this.#settle(value);
      const place = value.after ?? JSON.stringify([value.section, value.key]);
      if (!setting || taken.has(place)) return null;
      taken.add(place);
      settings.push(setting);
    }
    return settings;
  }

  #settle(value: Placed): Setting | null {
    if (value.after === null) {
      const { section, key, content } = value;
      return this.last(section, key) ? null : { section, key, content, isFirst: true };
    }
    if (value.after >= this.clock) return null;
    const item: Y.Item | Y.GC = Y.getItem(this.#doc.store, Y.createID(this.client, value.after));
    if (!(item instanceof Y.Item) || item.parentSub === null) return null;
    const section = this.#names.get(item.parent);
    if (section === undefined || this.last(section, item.parentSub)?.clock !== value.after) return null;
    return { section, key: item.parentSub, content: value.content, isFirst: false };
  }

  #isAt(value: Placed, clock: number): boolean {
    const { before, section, key, content } = this.#at(clock);
    if (before !== value.after) return false;
    if (value.after === null && (section !== value.section || key !== value.key)) return false;
    return !content || JSON.stringify(content) === JSON.stringify(value.content);
  }

  /** The value with this clock: where it stands, and what it is unless it was replaced. */
  #at(clock: number) {
    const item: Y.Item | Y.GC = Y.getItem(this.#doc.store, Y.createID(this.client, clock));
    if (!(item instanceof Y.Item)) throw new Error('not a value under a key');
    // Yjs joins values that were replaced one right after the other.
    const isLast = clock === lastClock(item);
    return {
      before: clock > item.id.clock ? clock - 1 : (item.origin?.clock ?? null),
      section: this.#names.get(item.parent),
      key: item.parentSub,
      content: isLast ? contentOf(item) : undefined,
      isReplaced: !isLast || item.right !== null,
    };
  }

  #rootOf(section: SectionId): void {
    this.#names.set(this.#doc.getMap(section), section);
  }

  #itemsOf(section: SectionId): ReadonlyMap<string, Y.Item> | undefined {
    return this.#doc.share.get(section)?._map;
  }

  #noteMember(section: SectionId, key: string): void {
    if (!this.#memberKeys || !key.includes('=')) return;
    const entries = this.#memberKeys.get(section) ?? new Map<EntryId, Set<string>>();
    this.#memberKeys.set(section, entries);
    const id = key.slice(0, ENTRY_LENGTH);
    entries.set(id, (entries.get(id) ?? new Set()).add(key));
  }
}

function lastClock(item: Y.Item): number {
  return item.id.clock + item.length - 1;
}

function contentOf(item: Y.Item): Content | undefined {
  return item.deleted ? undefined : ((item.content as Y.ContentAny).arr.at(-1) as Content);
}
