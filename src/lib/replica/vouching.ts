/**
 * Vouching (docs/protocol.md, rule 11): a device remembers what it has shown as counting. Where what it learns of members would
 * take some of that away, it writes one frame that names it, in the write with the change, so that what a remaining device
 * had taken in good faith is never lost. It vouches for what it held before this sync, never for what came beside the news.
 */
import type { Name } from '#lib/keys/grounds.ts';
import { authorControl, authorData, headsContent } from './authoring.ts';
import type { Context } from './context.ts';
import { shortOf } from './lane.ts';
import { holds, type LaneHead, type LaneId } from './log.ts';
import type { Doubt, Members } from './members.ts';
import { readLog, recount } from './recount.ts';
import type { Transaction } from './transaction.ts';

/** Controls that one note names, beside the heads: a statement names no more than 255. */
const NAMED_AT_ONCE = 128;

/** Names what was shown here and does not count any more; counts anew with it. */
export async function vouch(context: Context, transaction: Transaction, before: Members): Promise<void> {
  await noteGroundless(context, transaction, before);
  const lost = lostOf(transaction);
  const keys = context.keyring.current;
  const isOne = before.stands(context.self.id) || transaction.members.stands(context.self.id);
  if (lost.length === 0 || !keys || !isOne || !transaction.members.author(context.self.id)?.clientId) return;
  await authorData(context, transaction, 'heads', headsContent(transaction, new Map()), keys, lost);
  await recount(context, transaction);
}

/** Heads of lanes that were shown, are still held, and do not count. */
function lostOf(transaction: Transaction): Name[] {
  const held = new Set([...transaction.late.values()].map(({ saying }) => saying));
  return [...transaction.head.shown.values()].filter(
    (head) => held.has(head.saying) && !holds(head, transaction.head.lanes, transaction.document),
  );
}

/** The same for what this device's own people had said about members and keys. */
async function noteGroundless(context: Context, transaction: Transaction, before: Members): Promise<void> {
  const keys = context.keyring.current;
  if (!keys || before === transaction.members) return;
  const gone = context.policy.groundless(before, transaction.members);
  for (let at = 0; at < gone.length; at += NAMED_AT_ONCE)
    await authorControl(context, transaction, context.policy.note, keys, gone.slice(at, at + NAMED_AT_ONCE));
}

/**
 * The same without what devices in doubt have said since then: that is late once they are out, and waits for a person. What
 * is folded cannot be told apart any more, and counts.
 */
export async function noteShownBefore(
  context: Context,
  transaction: Transaction,
  { devices, since }: Doubt,
): Promise<void> {
  const said = [...(await readLog(context, transaction)).values()].filter(({ kind }) => kind !== 'control');
  const shown = new Map<LaneId, LaneHead>();
  for (const [id, head] of transaction.head.lanes) {
    const lane = transaction.document.lanes.get(id);
    const own = said.filter(
      ({ author, seq, saying }) =>
        author === head.author && seq <= head.seq && lane?.frameAt(shortOf(saying)) === seq - 1,
    );
    const doubted = devices.has(head.author) ? own.filter(({ clock }) => clock.time >= since) : [];
    const before = Math.min(...doubted.map(({ seq }) => seq)) - 1;
    const last = own.find(({ seq }) => seq === before);
    const folded = transaction.head.base?.lanes.get(id);
    if (doubted.length === 0) shown.set(id, head);
    else if (last) shown.set(id, { ...head, seq: last.seq, saying: last.saying, frame: last.id });
    else if (folded && folded.seq <= before) shown.set(id, folded);
  }
  transaction.setHead({ shown });
}

/** What counts has been shown: from now on this device vouches for it. */
export function noteShown(transaction: Transaction): void {
  if (transaction.head.shown !== transaction.head.lanes)
    transaction.setHead({ shown: transaction.head.lanes });
}
