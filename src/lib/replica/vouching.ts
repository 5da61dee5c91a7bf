/**
 * Vouching (docs/protocol.md, rule 11): a device remembers what it has shown as counting. Where what it learns of members would
 * take some of that away, it writes one frame that names it, in the write with the change, so that what a remaining device
 * had taken in good faith is never lost. It vouches for what it held before this sync, never for what came beside the news.
 */
import type { Name } from '#lib/keys/grounds.ts';
import { authorControl, authorData, headsContent } from './authoring.ts';
import type { Context } from './context.ts';
import { holds } from './log.ts';
import type { Members } from './members.ts';
import { recount } from './recount.ts';
import type { Turn } from './transaction.ts';

/** Controls that one note names, beside the heads: a statement names no more than 255. */
const NAMED_AT_ONCE = 128;

/** Names what was shown here and does not count any more; counts anew with it. */
export async function vouch(context: Context, turn: Turn, before: Members): Promise<void> {
  await noteGroundless(context, turn, before);
  const lost = lostOf(turn);
  const keys = context.keyring.current;
  const isOne = before.stands(context.self.id) || turn.members.stands(context.self.id);
  if (lost.length === 0 || !keys || !isOne || !turn.members.author(context.self.id)?.clientId) return;
  await authorData(context, turn, 'heads', headsContent(turn, new Map()), keys, lost);
  await recount(context, turn);
}

/** Heads of lanes that were shown, are still held, and do not count. */
function lostOf(turn: Turn): Name[] {
  const held = new Set([...turn.late.values()].map(({ saying }) => saying));
  return [...turn.head.shown.values()].filter(
    (head) => held.has(head.saying) && !holds(head, turn.head.lanes, turn.document),
  );
}

/** The same for what this device's own people had said about members and keys. */
async function noteGroundless(context: Context, turn: Turn, before: Members): Promise<void> {
  const keys = context.keyring.current;
  if (!keys || before === turn.members) return;
  const gone = context.policy.groundless(before, turn.members);
  for (let at = 0; at < gone.length; at += NAMED_AT_ONCE)
    await authorControl(context, turn, context.policy.note, keys, gone.slice(at, at + NAMED_AT_ONCE));
}

/** What counts has been shown: from now on this device vouches for it. */
export function noteShown(turn: Turn): void {
  if (turn.head.shown !== turn.head.lanes) turn.setHead({ shown: turn.head.lanes });
}
