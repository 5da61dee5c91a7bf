/**
 * The way of frames into a turn, step by step: verified, counted, vouched for, snapshots judged, what was owed or lost
 * settled, and what the relay keeps back told.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { judgeSnapshots, reconsiderBase } from './adopt.ts';
import type { Context } from './context.ts';
import type { Frame } from './frames.ts';
import { gapEvent, gapsIn, gapsUnder, learn, type Holdings } from './freshness.ts';
import { enterWords, newTally, parkWaiting, takeIn, type Tally } from './intake.ts';
import type { Received } from './interface.ts';
import type { Kept } from './committed.ts';
import { letGo, namesBase } from './letting-go.ts';
import { holds } from './log.ts';
import { readsAll, settleSuspects } from './losses.ts';
import type { Members } from './members.ts';
import { sentUpTo } from './outbox.ts';
import { stillOwed } from './missing.ts';
import { recount } from './recount.ts';
import { lostIn, restate } from './rewrite-lost.ts';
import type { Shelf, Turn } from './transaction.ts';
import { vouch } from './vouching.ts';

export interface Taking {
  readonly upToDate: boolean;
  readonly unreadable: Set<Hex>;
}

export async function takeFrames(
  kept: Kept,
  turn: Turn,
  batch: readonly Received[],
  taking: Taking,
): Promise<{ readonly tally: Tally; readonly recordChanged: boolean }> {
  const { context } = kept;
  const { upToDate } = taking;
  const { members: before, head: headBefore } = kept.memory;
  for (const { id } of lostIn(turn, await kept.outbox())) if (turn.isHeld(id)) turn.discard(id);
  const tally = newTally();
  let foreign = false;
  let left = batch;
  for (let again = true; again; left = []) {
    const round = await takeRound(kept, turn, left, taking, tally);
    foreign ||= round.foreign;
    // What a snapshot tells of chains and controls may be what frames set aside wait for.
    again = round.isNews && turn.strangers.size > 0;
  }
  await vouch(context, turn, before);
  await settleOwed(kept, turn, upToDate);
  if (upToDate) await sayAgain(kept, turn);
  noteSecondUse(kept, turn, foreign);
  parkWaiting(turn);
  if (upToDate) {
    report(context, turn);
    await settleSuspects(context, turn);
    await namesBase(context, turn);
    const unsent = new Set((await kept.outbox()).map(({ id }) => id));
    await letGo(context, turn, (id) => !unsent.has(id) && !turn.entered.has(id));
  }
  if (upToDate && turn.head.dropped && turn.waiting.size === 0 && headBefore.dropped)
    turn.setHead({ dropped: false });
  return { tally, recordChanged: turn.changesRecord(headBefore.lanes) };
}

/** What came is verified, counted, and its snapshots judged; whether those brought news of members. */
async function takeRound(
  kept: Kept,
  turn: Turn,
  batch: readonly Received[],
  { upToDate, unreadable }: Taking,
  tally: Tally,
): Promise<{ readonly foreign: boolean; readonly isNews: boolean }> {
  const { context } = kept;
  const fresh = await takeIn(context, turn, batch, unreadable, tally);
  const unsent = await kept.outbox();
  const circumstances = { upToDate, unsent: new Set(unsent.map(({ id }) => id)) };
  const current = await reconsiderBase(context, turn, fresh, circumstances);
  const isForeign = (frame: Frame) =>
    frame.author === context.self.id && !holds(frame, turn.head.lanes, turn.document);
  const foreign = current.some(isForeign);
  tally.admitted += await countFresh(context, turn, current, kept.memory.members);
  for (const frame of current)
    if (turn.waiting.has(frame.id) && turn.members.stands(frame.author)) learn(context, turn, frame);
  const { controls, carried } = turn;
  await judgeSnapshots(context, turn, current, circumstances);
  return { foreign, isNews: turn.controls !== controls || turn.carried !== carried };
}

/** Takes in what counts; anew from all frames where what counts may change other than by growing. How many frames that were. */
async function countFresh(
  context: Context,
  turn: Turn,
  fresh: readonly Frame[],
  before: Members,
): Promise<number> {
  const isSelf = (device: Hex) => device === context.self.id;
  const stands = (device: Hex) => turn.members.stands(device) || isSelf(device);
  const counts = (device: Hex) => before.stands(device) || isSelf(device);
  const authors = new Set([...turn.head.lanes.values()].map(({ author }) => author));
  const isDoubtful =
    [...authors].some((author) => counts(author) && !stands(author)) ||
    fresh.some(({ author }) => !stands(author)) ||
    // What could not be read for want of its author may be read by now.
    (turn.head.owed !== null && before !== turn.members) ||
    (turn.late.size > 0 && (fresh.length > 0 || before !== turn.members));
  for (const frame of fresh) turn.waiting.set(frame.id, frame);
  if (!isDoubtful) {
    const log = enterWords(context, turn, turn.waiting.values());
    if (!log.hasBranched && !fresh.some((frame) => log.crowded.has(frame))) return log.entered.length;
  }
  await recount(context, turn);
  return fresh.filter(({ id }) => !turn.waiting.has(id) && !turn.late.has(id)).length;
}

/** What was lost and is nobody's but this device's. Once it is said, there are no holes to look for any more. */
async function sayAgain(kept: Kept, turn: Turn): Promise<void> {
  const { context, holes } = kept;
  if (holes > 0) kept.isOutboxChecked = false;
  await restate(context, turn, { unsent: await kept.outbox(), holes });
}

async function settleOwed(kept: Kept, turn: Turn, upToDate: boolean): Promise<void> {
  if (!turn.head.owed) return;
  kept.isAsked ||= upToDate;
  turn.setHead({ owed: stillOwed(turn, upToDate) });
  if (turn.head.owed) return;
  turn.setHead({ sent: sentUpTo(turn.head, kept.context.self.id, await kept.outbox()) });
}

/** One device has gone on from one word in two ways, or has words it did not write: its key is in two places. Both count. */
function noteSecondUse({ memory, context }: Kept, turn: Turn, isForeign: boolean): void {
  const { id: self } = context.self;
  if (isForeign && !memory.head.owed) turn.raise({ type: 'duplicate-device', author: self, self: true });
  const seen = new Set<Hex>();
  for (const { author } of turn.head.lanes.values()) {
    if (seen.has(author)) turn.raise({ type: 'duplicate-device', author, self: author === self });
    seen.add(author);
  }
}

/**
 * The relay has shown all it has: what is missing is kept back, unless it may stand under an epoch of which this device has no
 * keys, as one that was revoked has none.
 */
function report(context: Context, turn: Turn): void {
  if (!readsAll(context, turn)) return;
  const { id: self } = context.self;
  const { members } = turn;
  // A device that is out may have spoken under an epoch of its own making, which is void, and of which nobody here has keys. What
  // counts of it is named by who stands, and told as missing there.
  const mayBeUnreadable = !members.begun.every((epoch) => context.keyring.has(epoch));
  for (const gap of [...gapsIn(holdingsOf(turn, turn)), ...gapsUnder(turn)])
    if (!gap.isControl || !mayBeUnreadable || members.stands(gap.author))
      turn.raise(gapEvent(gap, turn.head, self));
}

/** What is held, for freshness.ts to compare with what is said to exist. */
export function holdingsOf(
  { head, controls, members, document }: Pick<Turn, 'head' | 'controls' | 'members' | 'document'>,
  shelf: Shelf | Turn,
): Holdings {
  const parked = [...shelf.strangers.values()].map(({ frame }) => frame);
  // Only of known authors have the signatures been looked at.
  const words = parked.filter(({ kind, author }) => kind !== 'control' && members.isKnown(author));
  const aside = [...shelf.waiting.values(), ...shelf.late.values(), ...shelf.refused.values(), ...words];
  const known = new Set([...controls.keys(), ...parked.map(({ saying }) => saying)]);
  return { head, document, members, aside, controls: known };
}
