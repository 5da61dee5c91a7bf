/**
 * What the lanes start from: the snapshots that were adopted (adopt.ts), read again from their frames. Each may cover what
 * another does not, and the relay may have erased what either covers: of every lane the farthest holds.
 */
import type { Name } from '#lib/keys/grounds.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { readFrames, type Context } from './context.ts';
import type { RecordDocument } from './document/document.ts';
import type { Frame } from './frames.ts';
import { shortOf, type Lane } from './lane.ts';
import type { LaneHead, LaneHeads, LaneId } from './log.ts';
import { readSnapshot as readContents, type FoldedLane, type Snapshot } from './snapshot.ts';
import type { Base, Origin } from './state.ts';
import type { Transaction } from './transaction.ts';

export interface Foundation {
  readonly lanes: ReadonlyMap<LaneId, Lane>;
  readonly heads: LaneHeads;
  /** What the folded words name and no lane holds: it counts as they do. */
  readonly names: readonly Name[];
  /** The base with what could be read of it. */
  readonly kept: Base | null;
  /** Snapshots that could not be read again. */
  readonly lost: readonly Origin[];
}

export async function readBase(context: Context, transaction: Transaction): Promise<Foundation> {
  const { base } = transaction.head;
  const read: Origin[] = [];
  const lost: Origin[] = [];
  const names: Name[] = [];
  let lanes: ReadonlyMap<LaneId, FoldedLane> = new Map();
  for (const origin of base?.snapshots ?? []) {
    const snapshot = await readSnapshot(context, transaction, origin);
    (snapshot ? read : lost).push(origin);
    if (!snapshot) continue;
    lanes = farthestOf(lanes, snapshot.lanes);
    names.push(...snapshot.names);
  }
  const heads = new Map([...lanes].map(([id, { head }]) => [id, head]));
  const kept = base && read.length > 0 ? { ...base, snapshots: read, lanes: heads } : null;
  return { lanes: new Map([...lanes].map(([id, { lane }]) => [id, lane])), heads, names, kept, lost };
}

/** The snapshots of the base that are here, as far as they can be read now. */
export async function readSnapshots(context: Context, transaction: Transaction): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for (const origin of transaction.head.base?.snapshots ?? []) {
    const snapshot = await readSnapshot(context, transaction, origin);
    if (snapshot) snapshots.push(snapshot);
  }
  return snapshots;
}

/** Of both the lanes, each as far as it goes; those that part from each other stand side by side. */
export function farthestOf(
  some: ReadonlyMap<LaneId, FoldedLane>,
  more: ReadonlyMap<LaneId, FoldedLane>,
): Map<LaneId, FoldedLane> {
  const all = [...some.values(), ...more.values()];
  const left = all.filter(
    (one, i) => !all.some((other, j) => i !== j && isWithin(one, other) && (i > j || !isWithin(other, one))),
  );
  const lanes = new Map<LaneId, FoldedLane>();
  for (const one of left) {
    const { author, saying } = one.head;
    lanes.set(lanes.has(author) ? `${author} ${saying}` : author, one);
  }
  return lanes;
}

function isWithin({ head }: FoldedLane, { head: other, lane }: FoldedLane): boolean {
  return head.author === other.author && lane.frameAt(shortOf(head.saying)) === head.seq - 1;
}

async function readSnapshot(
  context: Context,
  transaction: Transaction,
  { parts }: Origin,
): Promise<Snapshot | null> {
  const frames: Frame[] = [];
  for (const id of parts) {
    const key = transaction.keyOf(id);
    const atHand = transaction.entered.get(id) ?? transaction.waiting.get(id);
    const { opened } = atHand || !key ? { opened: [] } : await readFrames(context, [[id, key]]);
    const frame = atHand ?? opened[0]?.frame;
    if (!frame) return null;
    frames.push(frame);
  }
  // Lanes of authors who are not known now are left out, and read again when they are: the base stays what it is.
  const reading = await readContents(
    frames.map(({ content }) => content),
    transaction.members,
  );
  return reading?.snapshot ?? null;
}

/** What these lanes' words name, with what was named in a base before, and none of the lanes holds. */
export function openNames(
  frames: Iterable<Frame>,
  before: readonly Name[],
  lanes: ReadonlyMap<LaneId, FoldedLane>,
): Name[] {
  const folded = [...lanes.values()];
  const isIn = ({ author, seq, saying }: Place) =>
    folded.some(({ head, lane }) => head.author === author && lane.frameAt(shortOf(saying)) === seq - 1);
  const open = new Map<Hex, Name>();
  const said = [...frames].filter((frame) => frame.kind !== 'control' && isIn(frame));
  for (const name of [...before, ...said.flatMap(({ names }) => names)])
    if (!isIn(name)) open.set(name.saying, name);
  return [...open.values()];
}

type Place = Pick<LaneHead, 'author' | 'seq' | 'saying'>;

/** Whether a word is within what is folded: said on the way to one of these heads, and not beside it in another branch. */
export function isCovered(
  { author, seq, saying }: Place,
  folded: LaneHeads,
  { lanes }: Pick<RecordDocument, 'lanes'>,
): boolean {
  const isIn = (lane: Lane, place: Pick<Place, 'seq' | 'saying'>) =>
    lane.frameAt(shortOf(place.saying)) === place.seq - 1;
  return [...folded.values()].some(
    (head) =>
      head.author === author &&
      seq <= head.seq &&
      [...lanes.values()].some((lane) => isIn(lane, head) && isIn(lane, { seq, saying })),
  );
}
