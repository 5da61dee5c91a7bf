/**
 * The way of frames into a transaction, step by step: verified, counted, vouched for, snapshots judged, what was missing or lost
 * settled, and what the relay keeps back told.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { judgeSnapshots, reconsiderBase } from './adopt.ts';
import type { Context } from './context.ts';
import type { Frame } from './frames.ts';
import { gapEvent, gapsIn, gapsUnder, learn, type Holdings } from './freshness.ts';
import { enterWords, newTally, parkWaiting, takeIn, type Tally } from './intake.ts';
import type { Received } from './interface.ts';
import type { Committed } from './committed.ts';
import { letGo, namesBase } from './letting-go.ts';
import { holds } from './log.ts';
import { readsAll, settleSuspects } from './losses.ts';
import type { Members } from './members.ts';
import { sentUpTo } from './outbox.ts';
import { stillMissing } from './missing.ts';
import { recount } from './recount.ts';
import { lostIn, rewriteLost } from './rewrite-lost.ts';
import type { Parked, Transaction } from './transaction.ts';
import { vouch } from './vouching.ts';

export interface Taking {
  readonly upToDate: boolean;
  readonly unreadable: Set<Hex>;
}

export async function takeFrames(
  committed: Committed,
  transaction: Transaction,
  batch: readonly Received[],
  taking: Taking,
): Promise<{ readonly tally: Tally; readonly recordChanged: boolean }> {
  const { context } = committed;
  const { upToDate } = taking;
  const { members: before, head: headBefore } = committed.memory;
  for (const { id } of lostIn(transaction, await committed.outbox()))
    if (transaction.isHeld(id)) transaction.discard(id);
  const tally = newTally();
  let foreign = false;
  let left = batch;
  for (let again = true; again; left = []) {
    const round = await takeRound(committed, transaction, left, taking, tally);
    foreign ||= round.foreign;
    // What a snapshot tells of chains and controls may be what frames set aside wait for.
    again = round.isNews && transaction.strangers.size > 0;
  }
  await vouch(context, transaction, before);
  await settleMissing(committed, transaction, upToDate);
  if (upToDate) await sayAgain(committed, transaction);
  noteSecondUse(committed, transaction, foreign);
  parkWaiting(transaction);
  if (upToDate) {
    report(context, transaction);
    await settleSuspects(context, transaction);
    await namesBase(context, transaction);
    const unsent = new Set((await committed.outbox()).map(({ id }) => id));
    await letGo(context, transaction, (id) => !unsent.has(id) && !transaction.entered.has(id));
  }
  if (upToDate && transaction.head.dropped && transaction.waiting.size === 0 && headBefore.dropped)
    transaction.setHead({ dropped: false });
  return { tally, recordChanged: transaction.changesRecord(headBefore.lanes) };
}

/** What came is verified, counted, and its snapshots judged; whether those brought news of members. */
async function takeRound(
  committed: Committed,
  transaction: Transaction,
  batch: readonly Received[],
  { upToDate, unreadable }: Taking,
  tally: Tally,
): Promise<{ readonly foreign: boolean; readonly isNews: boolean }> {
  const { context } = committed;
  const fresh = await takeIn(context, transaction, batch, unreadable, tally);
  const unsent = await committed.outbox();
  const circumstances = { upToDate, unsent: new Set(unsent.map(({ id }) => id)) };
  const current = await reconsiderBase(context, transaction, fresh, circumstances);
  const isForeign = (frame: Frame) =>
    frame.author === context.self.id && !holds(frame, transaction.head.lanes, transaction.document);
  const foreign = current.some(isForeign);
  tally.admitted += await countFresh(context, transaction, current, committed.memory.members);
  for (const frame of current)
    if (transaction.waiting.has(frame.id) && transaction.members.stands(frame.author))
      learn(context, transaction, frame);
  const { controls, carried } = transaction;
  await judgeSnapshots(context, transaction, current, circumstances);
  return { foreign, isNews: transaction.controls !== controls || transaction.carried !== carried };
}

/** Takes in what counts; anew from all frames where what counts may change other than by growing. How many frames that were. */
async function countFresh(
  context: Context,
  transaction: Transaction,
  fresh: readonly Frame[],
  before: Members,
): Promise<number> {
  const isSelf = (device: Hex) => device === context.self.id;
  const stands = (device: Hex) => transaction.members.stands(device) || isSelf(device);
  const counts = (device: Hex) => before.stands(device) || isSelf(device);
  const authors = new Set([...transaction.head.lanes.values()].map(({ author }) => author));
  const isDoubtful =
    [...authors].some((author) => counts(author) && !stands(author)) ||
    fresh.some(({ author }) => !stands(author)) ||
    // What could not be read for want of its author may be read by now.
    (transaction.head.missing !== null && before !== transaction.members) ||
    (transaction.late.size > 0 && (fresh.length > 0 || before !== transaction.members));
  for (const frame of fresh) transaction.waiting.set(frame.id, frame);
  if (!isDoubtful) {
    const log = enterWords(context, transaction, transaction.waiting.values());
    if (!log.hasBranched && !fresh.some((frame) => log.crowded.has(frame))) return log.entered.length;
  }
  await recount(context, transaction);
  return fresh.filter(({ id }) => !transaction.waiting.has(id) && !transaction.late.has(id)).length;
}

/** What was lost and is nobody's but this device's. Once it is said, there are no holes to look for any more. */
async function sayAgain(committed: Committed, transaction: Transaction): Promise<void> {
  const { context, holes } = committed;
  if (holes > 0) committed.isOutboxChecked = false;
  await rewriteLost(context, transaction, { unsent: await committed.outbox(), holes });
}

async function settleMissing(
  committed: Committed,
  transaction: Transaction,
  upToDate: boolean,
): Promise<void> {
  if (!transaction.head.missing) return;
  committed.isAsked ||= upToDate;
  transaction.setHead({ missing: stillMissing(transaction, upToDate) });
  if (transaction.head.missing) return;
  transaction.setHead({
    sent: sentUpTo(transaction.head, committed.context.self.id, await committed.outbox()),
  });
}

/** One device has gone on from one word in two ways, or has words it did not write: its key is in two places. Both count. */
function noteSecondUse({ memory, context }: Committed, transaction: Transaction, isForeign: boolean): void {
  const { id: self } = context.self;
  if (isForeign && !memory.head.missing)
    transaction.raise({ type: 'duplicate-device', author: self, self: true });
  const seen = new Set<Hex>();
  for (const { author } of transaction.head.lanes.values()) {
    if (seen.has(author)) transaction.raise({ type: 'duplicate-device', author, self: author === self });
    seen.add(author);
  }
}

/**
 * The relay has shown all it has: what is missing is kept back, unless it may stand under an epoch of which this device has no
 * keys, as one that was revoked has none.
 */
function report(context: Context, transaction: Transaction): void {
  if (!readsAll(context, transaction)) return;
  const { id: self } = context.self;
  const { members } = transaction;
  // A device that is out may have spoken under an epoch of its own making, which is void, and of which nobody here has keys. What
  // counts of it is named by who stands, and told as missing there.
  const mayBeUnreadable = !members.begun.every((epoch) => context.keyring.has(epoch));
  for (const gap of [...gapsIn(holdingsOf(transaction, transaction)), ...gapsUnder(transaction)])
    if (!gap.isControl || !mayBeUnreadable || members.stands(gap.author))
      transaction.raise(gapEvent(gap, transaction.head, self));
}

/** What is held, for freshness.ts to compare with what is said to exist. */
export function holdingsOf(
  { head, controls, members, document }: Pick<Transaction, 'head' | 'controls' | 'members' | 'document'>,
  aside: Parked | Transaction,
): Holdings {
  const parked = [...aside.strangers.values()].map(({ frame }) => frame);
  // Only of known authors have the signatures been looked at.
  const words = parked.filter(({ kind, author }) => kind !== 'control' && members.isKnown(author));
  const all = [...aside.waiting.values(), ...aside.late.values(), ...aside.refused.values(), ...words];
  const known = new Set([...controls.keys(), ...parked.map(({ saying }) => saying)]);
  return { head, document, members, aside: all, controls: known };
}
