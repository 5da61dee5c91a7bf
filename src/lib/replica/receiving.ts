/**
 * The way of frames into a turn, step by step: verified, entered into the log, snapshots judged, what was owed or lost
 * settled, and what the relay keeps back told.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { judgeSnapshots, reconsiderBase } from './adopt.ts';
import { authorData } from './authoring.ts';
import type { Context } from './context.ts';
import type { Frame } from './frames.ts';
import { gapEvent, gapsIn, type Holdings } from './freshness.ts';
import { inspectUpdate } from './gate.ts';
import { enterLog, parkWaiting, takeIn } from './intake.ts';
import type { Received } from './interface.ts';
import type { Kept } from './kept.ts';
import { whyWaiting } from './log.ts';
import { settleSuspects } from './losses.ts';
import { sentUpTo, type Unsent } from './outbox.ts';
import { isSilenced, stillOwed } from './owed.ts';
import { rebuild } from './rebuild.ts';
import { lostIn, restate } from './restate.ts';
import { clientOf, mayAuthor } from './rights.ts';
import type { Memory, Shelf, Turn } from './turn.ts';

export async function takeFrames(
  kept: Kept,
  turn: Turn,
  batch: readonly Received[],
  { upToDate, unreadable }: { readonly upToDate: boolean; readonly unreadable: Set<Hex> },
) {
  const { context } = kept;
  const { id: self } = context.self;
  const { members: before, head: headBefore } = kept.memory;
  for (const { id } of lostIn(turn, await kept.outbox())) if (turn.isHeld(id)) turn.discard(id);
  const { fresh, tally } = await takeIn(context, turn, batch, unreadable);
  const covering = turn.head.base?.chains;
  const isCovered = ({ author, seq }: Frame) => seq <= (covering?.get(author)?.seq ?? 0);
  const unsent = await kept.outbox();
  const circumstances = { upToDate, unsent: new Set(unsent.map(({ id }) => id)) };
  const covered = fresh.filter(isCovered);
  const current = fresh.filter((frame) => !isCovered(frame));
  for (const frame of current) turn.waiting.set(frame.id, frame);
  let anew = await reconsiderBase(context, turn, covered, kept.document, circumstances);
  // What has come back may let go on what has lain here since.
  anew ||= turn.head.owed !== null && (fresh.length > 0 || turn.members !== before);
  if (!anew) anew = enterLog(self, turn, current, before, tally) === null;
  if (anew) await rebuild(context, turn, kept.document, tally);
  if (await judgeSnapshots(context, turn, fresh, circumstances, tally))
    await rebuild(context, turn, kept.document, tally);
  await settleOwed(kept, turn, upToDate);
  await writeLostAgain(context, turn);
  if (upToDate) await sayAgain(kept, turn, unsent);
  noteOwn(kept, turn, fresh);
  parkWaiting(turn);
  if (upToDate) {
    report(self, turn);
    await settleSuspects(context, turn);
  }
  const recordChanged = turn.updates.length > 0 || turn.adopted.length > 0 || turn.document !== null;
  if (upToDate && turn.head.dropped && turn.waiting.size === 0 && headBefore.dropped)
    turn.setHead({ dropped: false });
  return { tally, recordChanged };
}

async function settleOwed(kept: Kept, turn: Turn, upToDate: boolean): Promise<void> {
  if (!turn.head.owed) return;
  kept.isAsked ||= upToDate;
  const { id: self } = kept.context.self;
  turn.setHead({ owed: stillOwed(turn, self, upToDate) });
  if (turn.head.owed) return;
  turn.setHead({ sent: sentUpTo(turn.head, self, await kept.outbox()) });
}

/** Values of this device that lost their number to a copy of it are set once more, under new numbers. */
async function writeLostAgain(context: Context, turn: Turn): Promise<void> {
  const right = rightToSpeak(context, turn);
  if (!turn.document || turn.lost.size === 0 || !right) return;
  const { client, keys } = right;
  const update = turn.document.set(client, turn.lost);
  if (!inspectUpdate(update, client)) return;
  await authorData(context, turn, 'update', update, keys, turn.document.clock(client));
}

async function sayAgain(kept: Kept, turn: Turn, unsent: readonly Unsent[]): Promise<void> {
  const right = rightToSpeak(kept.context, turn);
  const { holes } = kept;
  if (lostIn(turn, unsent).length + holes === 0 || !right) return;
  kept.isOutboxChecked = false;
  await restate(kept.context, turn, turn.document ?? kept.document, { unsent, holes, ...right });
}

/** What this device needs to write in this turn; null when it must not. */
function rightToSpeak(context: Context, turn: Turn): { keys: EpochKeys; client: number } | null {
  const [keys, client] = [context.keyring.current, clientOf(context, turn.members)];
  const isAble = !isSilenced(turn, context.self.id) && mayAuthor(context, turn, 'update');
  return keys && client !== undefined && isAble ? { keys, client } : null;
}

/** Frames of this device that it did not make: its key is somewhere else too. */
function noteOwn({ memory, context }: Kept, turn: Turn, fresh: readonly Frame[]): void {
  const { id: self } = context.self;
  const known = memory.head.chains.get(self)?.seq ?? 0;
  for (const { author, seq } of fresh)
    if (author === self && seq > known && !memory.head.owed)
      turn.raise({ type: 'duplicate-device', author, seq, self: true });
}

/** The relay has shown all it has: what is missing is kept back, what waits in vain is refused. */
function report(self: Hex, turn: Turn): void {
  const holdings = holdingsOf(turn, turn);
  const { chains, reach, sent } = turn.head;
  for (const gap of gapsIn(holdings)) turn.raise(gapEvent(gap, chains, reach, self, sent));
  for (const frame of turn.waiting.values()) {
    const reason = whyWaiting(frame, turn, chains);
    if (reason) turn.raise({ type: 'frame-refused', reason, author: frame.author, frame: frame.id });
  }
}

/** What is held, for freshness.ts to compare with what is said to exist. */
export function holdingsOf({ head, controls, members }: Memory | Turn, shelf: Shelf | Turn): Holdings {
  const aside = new Map([...shelf.waiting, ...shelf.refused]);
  const seen = new Map<Hex, { author: Hex; seq: number; deps: Hex[] }>();
  const see = (id: Hex, { author, seq, deps }: VerifiedControl['inner']) =>
    seen.set(id, { author: hex(author), seq, deps: deps.map(hex) });
  for (const [id, { inner }] of controls) see(id, inner);
  for (const [id, { frame }] of shelf.strangers)
    if (frame.kind === 'control') see(id, frame.inner);
    else aside.set(id, frame);
  const pinOf = (author: Hex) => members.author(author)?.pin?.seq;
  return { chains: head.chains, claims: head.claims, aside, controls: seen, pinOf };
}
