/**
 * The words that count, in lanes: one lane for each branch of a device's words (lane.ts), put together from its frames.
 *
 * A frame goes on from the saying it names first. Where that is the head of a lane, the lane grows; where it is an older
 * one, the device's key was in use in two places, and a second lane begins there: both count, nobody is accused, and the
 * device joins them with its next word (docs/protocol.md, rule 14). A frame waits for its author's own word before it, and for
 * nothing else; so a lane is taken in as soon as it is there.
 *
 * Every branch holds what its device said before it over again, so there are few: a word that would be one too many waits
 * until its device joins some. Which ones wait follows from the words held, not from the order in which they came: where a
 * lane branches, or would, all is taken in anew (receiving.ts).
 *
 * What a frame says is judged by the gate against its own lane alone. Void content takes its place in the lane all the same
 * (rule 18), on every replica alike.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { RecordDocument, Schema } from './document/document.ts';
import type { Frame } from './frames.ts';
import { inspect } from './gate.ts';
import { Lane, shortOf, type Mark } from './lane.ts';
import type { Members } from './members.ts';

/** Branches of one device that no later word of it has joined, and all of them. */
export const MAX_OPEN = 16;
export const MAX_BRANCHES = 64;

/** What a lane is called on this device: its author, and for a second one the saying it began with. */
export type LaneId = string;

export interface LaneHead {
  readonly author: Hex;
  readonly seq: number;
  readonly saying: Hex;
  /** A frame that says it, to ask a relay for. */
  readonly frame: Hex;
  /** How many values it has set. */
  readonly clock: number;
  /** A word in another lane of its author goes on from it. */
  readonly isJoined: boolean;
}

export type LaneHeads = ReadonlyMap<LaneId, LaneHead>;

/** What one frame did to its lane: enough to do it again when the disk is read. */
export interface Taken {
  readonly lane: LaneId;
  readonly client: number;
  readonly update: Bytes | null;
  readonly mark: Mark;
}

type Place =
  | { readonly type: 'next'; readonly lane: LaneId }
  | { readonly type: 'branch'; readonly from: LaneId | null; readonly frames: number }
  | { readonly type: 'known' } // another frame with the same saying was taken
  | { readonly type: 'crowded' } // a branch too many
  | { readonly type: 'missing' };

export function placeOf(frame: Frame, heads: LaneHeads, document: RecordDocument): Place {
  const own = [...heads].filter(([, { author }]) => author === frame.author);
  const has = (lane: LaneId, saying: Hex, seq: number) =>
    document.lanes.get(lane)?.frameAt(shortOf(saying)) === seq - 1;
  if (own.some(([lane]) => has(lane, frame.saying, frame.seq))) return { type: 'known' };
  const [first, ...joined] = frame.before;
  const isThere = (saying: Hex) =>
    own.some(([lane]) => document.lanes.get(lane)?.frameAt(shortOf(saying)) !== undefined);
  if (!joined.every(isThere)) return { type: 'missing' };
  if (own.length === 0 && first === undefined) return { type: 'branch', from: null, frames: 0 };
  const next = own.find(([, { saying, seq }]) => saying === first && seq === frame.seq - 1);
  if (next) return { type: 'next', lane: next[0] };
  const from = own.find(([lane]) => first === undefined || has(lane, first, frame.seq - 1));
  if (!from) return { type: 'missing' };
  const open = own.filter(([, { isJoined, saying }]) => !isJoined && !joined.includes(saying));
  if (own.length >= MAX_BRANCHES || open.length >= MAX_OPEN) return { type: 'crowded' };
  return { type: 'branch', from: from[0], frames: frame.seq - 1 };
}

export interface Log {
  readonly heads: LaneHeads;
  /** In the order in which they were done. */
  readonly taken: readonly Taken[];
  /** A lane began at an older word: what `taken` says is not enough to do it again. */
  readonly hasBranched: boolean;
  /** Frames that were taken, each after what it goes on from. */
  readonly entered: readonly Frame[];
  /** Frames that say what another frame has said. */
  readonly twins: readonly Frame[];
  /** Frames whose content is void. */
  readonly voided: readonly Frame[];
  readonly waiting: readonly Frame[];
  /** Those of them that wait because there are too many branches: which ones wait, all frames together decide. */
  readonly crowded: ReadonlySet<Frame>;
}

/** Takes in all of these frames that have their place. Changes `document`. */
export function takeAll(
  { schema }: { readonly schema: Schema },
  frames: Iterable<Frame>,
  start: LaneHeads,
  document: RecordDocument,
  members: Members,
): Log {
  const heads = new Map(start);
  const log = { taken: [] as Taken[], entered: [] as Frame[], twins: [] as Frame[], voided: [] as Frame[] };
  let hasBranched = false;
  const crowded = new Set<Frame>();
  let open = [...frames].sort(byPlace);
  for (let progress = true; progress;) {
    progress = false;
    const waiting: Frame[] = [];
    crowded.clear();
    for (const frame of open) {
      const client = members.author(frame.author)?.clientId;
      const place = client === undefined ? { type: 'missing' as const } : placeOf(frame, heads, document);
      if (place.type === 'crowded') crowded.add(frame);
      if (place.type === 'missing' || place.type === 'crowded' || client === undefined) {
        waiting.push(frame);
        continue;
      }
      progress = true;
      if (place.type === 'known') {
        log.twins.push(frame);
        continue;
      }
      const isSecond = place.type === 'branch' && place.from !== null;
      hasBranched ||= isSecond;
      const lane =
        place.type === 'next' ? place.lane : isSecond ? `${frame.author} ${frame.saying}` : frame.author;
      if (place.type === 'branch') {
        const from = place.from === null ? undefined : document.lanes.get(place.from);
        document.putLane(lane, from ? from.cut(place.frames) : new Lane(client));
      }
      takeOne(frame, { lane, client, schema, heads, document }, log);
    }
    open = waiting;
  }
  return { heads, ...log, hasBranched, waiting: open, crowded };
}

interface Taking {
  readonly lane: LaneId;
  readonly client: number;
  readonly schema: Schema;
  readonly heads: Map<LaneId, LaneHead>;
  readonly document: RecordDocument;
}

function takeOne(
  frame: Frame,
  { lane, client, schema, heads, document }: Taking,
  log: { taken: Taken[]; entered: Frame[]; voided: Frame[] },
): void {
  const held = document.lanes.get(lane)!;
  const isGood = frame.kind === 'update' && inspect(frame.content, held, schema) === 'good';
  if (frame.kind === 'update' && !isGood) log.voided.push(frame);
  const { time, counter } = frame.clock;
  const mark = { short: shortOf(frame.saying), time, counter };
  const update = isGood ? frame.content : null;
  if (!document.apply(lane, update, mark)) throw new Error('an update that passed the gate');
  log.taken.push({ lane, client, update, mark });
  log.entered.push(frame);
  for (const [id, head] of heads)
    if (head.author === frame.author && frame.before.slice(1).includes(head.saying))
      heads.set(id, { ...head, isJoined: true });
  heads.set(lane, {
    author: frame.author,
    seq: frame.seq,
    saying: frame.saying,
    frame: frame.id,
    clock: document.lanes.get(lane)!.clock,
    isJoined: false,
  });
}

/** Whether these lanes hold a saying. */
export function holds(
  { author, seq, saying }: { readonly author: Hex; readonly seq: number; readonly saying: Hex },
  heads: LaneHeads,
  document: RecordDocument,
): boolean {
  return [...heads].some(
    ([lane, head]) =>
      head.author === author && document.lanes.get(lane)?.frameAt(shortOf(saying)) === seq - 1,
  );
}

/** The lane a device writes on, and its other heads, which its next word joins. */
export function ownLanes(
  self: Hex,
  heads: LaneHeads,
): { readonly lane: LaneId; readonly before: readonly LaneHead[] } {
  const own = [...heads].filter(([, { author, isJoined }]) => author === self && !isJoined);
  own.sort(([, a], [, b]) => b.seq - a.seq || (a.saying < b.saying ? -1 : 1));
  const [first, ...others] = own;
  if (!first) return { lane: self, before: [] };
  const rest = others.map(([, head]) => head).sort((a, b) => (a.saying < b.saying ? -1 : 1));
  return { lane: first[0], before: [first[1], ...rest] };
}

function byPlace(a: Frame, b: Frame): number {
  return a.seq - b.seq || (a.saying < b.saying ? -1 : a.saying > b.saying ? 1 : 0);
}
