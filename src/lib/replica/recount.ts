/**
 * Counting anew: lanes and record from the frames on the disk. Needed when what counts changes other than by growing: when
 * a device stops standing, when a word of one that does not stand comes or is taken in, when a lane branches, when a
 * snapshot is adopted or disproved, and when something sealed was damaged.
 *
 * Gives what any other replica with these frames has. The frames are verified again: this is rare, and what stands on the
 * disk outside the seal need not be believed.
 */
import { separate as separateByDeps } from '#lib/keys/history.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { readBase, type Foundation } from './base.ts';
import { idIn, introducedBy, listFrames, verifyAll, type Context } from './context.ts';
import { countedWords } from './count.ts';
import { RecordDocument } from './document/document.ts';
import type { Frame, OpenedFrame } from './frames.ts';
import { enterWords } from './intake.ts';
import { shortOf } from './lane.ts';
import { holds, type LaneHeads } from './log.ts';
import { noteMissing } from './missing.ts';
import type { Origin } from './state.ts';
import type { Transaction } from './transaction.ts';

/** The data frames held; what is damaged leaves the disk. */
export async function readLog(context: Context, transaction: Transaction): Promise<Map<Hex, Frame>> {
  const frames = new Map<Hex, Frame>([
    ...transaction.entered,
    ...transaction.waiting,
    ...transaction.late,
    ...transaction.refused,
  ]);
  for (const { frame } of await readOpened(context, transaction)) frames.set(frame.id, frame);
  return frames;
}

async function readOpened(context: Context, transaction: Transaction): Promise<OpenedFrame[]> {
  const held = await listHeld(context, transaction);
  return held.filter(({ frame }) => frame.kind !== 'control');
}

/**
 * The frames that stand with those that count; one that is not whole there, from its copy in the outbox, if it has one.
 * What is damaged leaves the disk, so that it is fetched again.
 */
async function listHeld(context: Context, transaction: Transaction): Promise<OpenedFrame[]> {
  const { frames, outbox } = context.layout;
  const { opened, damaged } = await listFrames(context, frames);
  const whole = new Set(opened.map(({ frame }) => frame.frame.id));
  for (const id of damaged.map(idIn)) if (!transaction.placed.has(id)) transaction.discard(id);
  const isLost = (id: Hex) =>
    !whole.has(id) &&
    !transaction.keyOf(id) &&
    (transaction.discarded.has(id) || !transaction.placed.has(id));
  const copies = (await listFrames(context, outbox)).opened.filter(({ frame }) => isLost(frame.frame.id));
  const still = opened.filter(({ key, frame }) => transaction.keyOf(frame.frame.id)?.join() === key.join());
  return [...still, ...copies].map(({ frame }) => frame);
}

/** Those of them whose signatures are good, and what waits or is late. */
export async function readVerified(context: Context, transaction: Transaction): Promise<Map<Hex, Frame>> {
  const frames = new Map<Hex, Frame>([...transaction.entered, ...transaction.waiting, ...transaction.late]);
  const { good, bad } = await verifyAll(
    await readOpened(context, transaction),
    transaction.members,
    new Map(),
  );
  for (const { frame } of good) frames.set(frame.id, frame);
  for (const { frame } of bad) transaction.forget(frame.id);
  return frames;
}

/** Replaces lanes and document by what the held frames make; says which frames count that did not before. */
export async function recount(context: Context, transaction: Transaction): Promise<void> {
  const before = transaction.head.lanes;
  const held = await readVerified(context, transaction);
  const stands = (device: Hex) => transaction.members.stands(device) || device === context.self.id;
  const base = await standingBase(context, transaction, held, stands);
  const document = new RecordDocument(context.schema);
  for (const [id, lane] of base.lanes) document.putLane(id, lane);
  transaction.document = document;
  transaction.mustFold = true;
  transaction.taken.length = 0;
  transaction.setHead({ lanes: base.heads, base: base.kept });
  const fresh = [...held.values()].filter((frame) => !isFolded(frame, base.heads, document));
  const { whole, torn } = separate(fresh, base.heads, document);
  const counted = countedWords(whole, stands, [...transaction.members.anchors, ...base.names]);
  transaction.waiting.clear();
  transaction.late.clear();
  enterWords(
    context,
    transaction,
    whole.filter(({ saying }) => counted.has(saying)),
  );
  for (const frame of whole) {
    if (counted.has(frame.saying)) continue;
    transaction.entered.delete(frame.id);
    transaction.late.set(frame.id, frame);
    transaction.place(frame, 'late');
  }
  for (const frame of torn) {
    transaction.entered.delete(frame.id);
    transaction.waiting.set(frame.id, frame);
  }
  noteMissing(transaction, before, [...transaction.late.values()]);
}

/**
 * What the lanes start from, without the snapshots that do not count: their maker is out since, and nobody who stands had taken
 * them in. Once this device's own word names the base it counts as that does.
 */
async function standingBase(
  context: Context,
  transaction: Transaction,
  held: ReadonlyMap<Hex, Frame>,
  stands: (device: Hex) => boolean,
): Promise<Foundation> {
  const all = await readBase(context, transaction);
  if (!all.kept || all.kept.namedBy !== null || all.kept.snapshots.every(({ author }) => stands(author)))
    return all;
  const counted = countedWords(held.values(), stands, [...transaction.members.anchors, ...all.names]);
  const counts = ({ author, parts }: Origin) =>
    stands(author) || parts.some((id) => counted.has(held.get(id)?.saying ?? ''));
  const snapshots = all.kept.snapshots.filter(counts);
  if (snapshots.length === all.kept.snapshots.length) return all;
  transaction.setHead({ base: snapshots.length > 0 ? { ...all.kept, snapshots } : null });
  return readBase(context, transaction);
}

/** Words that a snapshot covers say nothing new, whether they are held still or not. */
function isFolded(frame: Frame, heads: LaneHeads, document: RecordDocument): boolean {
  return holds(frame, heads, document);
}

type Link = Pick<Frame, 'saying' | 'author' | 'before'>;

/**
 * Words of which all their author's words before them are there, down to what is folded or to the first; and the others. Each
 * is looked at once, whatever its number: that is the author's to choose.
 */
export function separate<F extends Link>(frames: readonly F[], heads: LaneHeads, document: RecordDocument) {
  const isFoldedHere = (author: Hex, saying: Hex) =>
    [...heads].some(
      ([lane, head]) =>
        head.author === author && document.lanes.get(lane)?.frameAt(shortOf(saying)) !== undefined,
    );
  const missing = ({ author, before }: Link) => before.filter((one) => !isFoldedHere(author, one));
  const { present } = separateByDeps(frames.map((frame) => ({ id: frame.saying, deps: missing(frame) })));
  const isWhole = ({ saying }: Link) => present.has(saying);
  return { whole: frames.filter(isWhole), torn: frames.filter((frame) => !isWhole(frame)) };
}

/**
 * What stands on the disk, where the sealed list of controls or of chains is damaged: the controls that are rightly signed, and all
 * that carries anything of chains. Chain statements are signed by themselves, whatever they stand in.
 */
export async function readGrounds(
  context: Context,
  transaction: Transaction,
): Promise<Readonly<Record<'controls' | 'all', Frame[]>>> {
  const late = (await listFrames(context, context.layout.late)).opened.map(({ frame }) => frame);
  const all = [...(await listHeld(context, transaction)), ...late];
  const controls = all.filter(({ frame }) => frame.kind === 'control');
  const members = context.policy.evaluate([], transaction.carried);
  const { good } = await verifyAll(controls, members, introducedBy(context.policy, all));
  return { controls: good.map(({ frame }) => frame), all: all.map(({ frame }) => frame) };
}
