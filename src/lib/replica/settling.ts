/**
 * Words of devices that are revoked: what is late, what was kept although the revoking device had not seen it, and what the
 * person makes of them. Taking in is naming (rule 9); setting aside is an ordinary entry, which the vault writes.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { assemble } from './adopt.ts';
import type { Context } from './context.ts';
import { countedAmong, unseenAmong } from './unseen.ts';
import type { Frame } from './frames.ts';
import { compareHlc } from './hlc.ts';
import { shortOf, type Lane } from './lane.ts';
import { readLog } from './recount.ts';
import { decodeSnapshot, type FoldedLane } from './snapshot.ts';
import type { Turn } from './turn.ts';
import { readUpdate, type Place } from './update.ts';
import type { UnsettledWords, WordOf } from './words.ts';

/**
 * What does not count: late words, and those that wait for what their author had folded and the relay erased, before it was
 * known here that the author is out.
 */
export function notCounted({ late, waiting, members }: Turn): Frame[] {
  return [...late.values(), ...[...waiting.values()].filter(({ author }) => !members.stands(author))];
}

export async function unsettled(context: Context, turn: Turn): Promise<UnsettledWords> {
  // Who stands no longer has nothing to settle: its own words count for itself alone.
  if (!turn.members.stands(context.self.id)) return { late: [], kept: [] };
  const held = [...(await readLog(context, turn)).values()].filter(({ id }) => !turn.refused.has(id));
  const late = new Set(notCounted(turn).map(({ saying }) => saying));
  const counted = countedAmong(held, turn);
  const kept = unseenAmong(held, counted, turn.members);
  const aside = await foldedAside(turn, held, counted);
  const lanes = [
    ...turn.document.lanes.values(),
    ...aside.flatMap((one) => one.lanes.map(({ lane }) => lane)),
  ];
  const places = placesIn(held, lanes);
  const folded = aside.flatMap((one) => wordOfFolded(one, held, turn));
  return {
    late: [...wordsAmong(held, late, places), ...folded].sort((a, b) => a.at - b.at),
    kept: wordsAmong(held, kept, places),
  };
}

/**
 * What snapshots that do not count say beyond the words held: their author had folded words and the relay erased them, before
 * it was known here that their author is out. Each is one thing to take in, by its last part, or to set aside.
 */
interface FoldedAside {
  /** The last part of the snapshot. */
  readonly last: Frame;
  readonly lanes: readonly FoldedLane[];
}

async function foldedAside(
  turn: Turn,
  held: readonly Frame[],
  counted: ReadonlySet<Hex>,
): Promise<readonly FoldedAside[]> {
  const aside = held.filter(
    ({ kind, saying, author }) => kind === 'snapshot' && !counted.has(saying) && !turn.members.stands(author),
  );
  const found: FoldedAside[] = [];
  for (const { parts } of assemble(aside)) {
    const contents = parts.map(({ content }) => content);
    const snapshot = await decodeSnapshot(contents, turn.members);
    if (snapshot) found.push({ last: parts.at(-1)!, lanes: [...snapshot.lanes.values()] });
  }
  return found;
}

function wordOfFolded({ last, lanes }: FoldedAside, held: readonly Frame[], turn: Turn): WordOf[] {
  const values = lanes.flatMap((lane) => unsaid(lane, held, turn));
  const word = { saying: last.saying, device: last.author, at: last.clock.time, values };
  return values.length > 0 ? [word] : [];
}

/** What a folded lane sets that is neither here nor said by a word held. */
function unsaid(
  { head: { author }, lane }: FoldedLane,
  held: readonly Frame[],
  { head: { lanes } }: Turn,
): (Place & { readonly value: unknown })[] {
  const isIn = (place: { readonly author: Hex; readonly seq: number; readonly saying: Hex }) =>
    place.author === author && lane.frameAt(shortOf(place.saying)) === place.seq - 1;
  const here = Math.max(0, ...[...lanes.values()].filter(isIn).map(({ clock }) => clock));
  const said = new Set<number>();
  for (const frame of held) {
    const update = frame.kind === 'update' && isIn(frame) ? readUpdate(frame.content) : null;
    update?.values.forEach((_, i) => said.add(update.clock + i));
  }
  return [...lane.sections()].flatMap((section) =>
    [...lane.keys(section)].flatMap((key) => {
      const last = lane.last(section, key);
      const isNews = last?.content && last.clock >= here && !said.has(last.clock);
      return isNews ? [{ section, key, value: last.content[0] }] : [];
    }),
  );
}

type PlaceOf = (frame: Frame, clock: number) => Place | null;

/** In the order in which they were said. */
function wordsAmong(frames: readonly Frame[], sayings: ReadonlySet<Hex>, placeOf: PlaceOf): WordOf[] {
  const words = new Map<Hex, WordOf>();
  for (const frame of [...frames].sort(bySaid)) {
    if (frame.kind !== 'update' || !sayings.has(frame.saying) || words.has(frame.saying)) continue;
    const update = readUpdate(frame.content);
    const values = (update?.values ?? []).flatMap(({ content }, i) => {
      const place = placeOf(frame, update!.clock + i);
      return place ? [{ ...place, value: content[0] }] : [];
    });
    words.set(frame.saying, { saying: frame.saying, device: frame.author, at: frame.clock.time, values });
  }
  return [...words.values()];
}

function bySaid(a: Frame, b: Frame): number {
  return compareHlc(a.clock, b.clock) || a.seq - b.seq || (a.saying < b.saying ? -1 : 1);
}

/**
 * Under which key the value with a clock stands, in the branch that leads to a frame: one that replaces another says only
 * after which, and that one may be folded by now.
 */
function placesIn(frames: readonly Frame[], lanes: readonly Lane[]): PlaceOf {
  const bySaying = new Map(frames.map((frame) => [frame.saying, frame]));
  return (frame, clock) => {
    let wanted = clock;
    let last = frame;
    for (let at: Frame | undefined = frame; at; at = bySaying.get(at.before[0] ?? '')) {
      last = at;
      const update = at.kind === 'update' ? readUpdate(at.content) : null;
      const value = update?.values[wanted - update.clock];
      if (value?.after === null) return { section: value.section, key: value.key };
      if (value) wanted = value.after;
    }
    for (const lane of lanes) {
      const isIn = lane.frameAt(shortOf(last.before[0] ?? '')) !== undefined;
      const place = isIn ? placeInLane(lane, wanted) : null;
      if (place) return place;
    }
    return null;
  };
}

function placeInLane(lane: Lane, clock: number): Place | null {
  for (const section of lane.sections())
    for (const key of lane.keys(section))
      if (lane.last(section, key)?.clock === clock) return { section, key };
  return null;
}
