/**
 * Words of this device that it had acknowledged to the person, had not sent, and of which both copies rotted (R03). The record
 * shows them still; nobody else can ever have them, and nothing said after them could be taken in anywhere. So they are said
 * again: the lane goes on from the last word that is whole, with the values it had set since, as one update.
 *
 * Leaves out: a control frame lost that way. What it said is then to be done anew.
 */
import type { FieldValue, SectionId } from '#lib/record/entry.ts';
import { authorData } from './authoring.ts';
import type { Context } from './context.ts';
import type { Frame } from './frames.ts';
import type { Lane } from './lane.ts';
import { ownLanes, type LaneHead } from './log.ts';
import type { Unsent } from './outbox.ts';
import { readLog } from './recount.ts';
import type { Transaction } from './transaction.ts';

interface Holes {
  readonly unsent: readonly Unsent[];
  /** Frames that are to be sent and have left no trace. */
  readonly holes: number;
}

/** What of the outbox is left nowhere on this disk. */
export function lostIn(transaction: Transaction, unsent: readonly Unsent[]): readonly Unsent[] {
  return unsent.filter(
    ({ id, isLost }) => isLost && !transaction.entered.has(id) && !transaction.waiting.has(id),
  );
}

/** How many of this device's words after what the relay has are not among these frames. */
export function holesIn({ head }: Transaction, self: string, held: readonly Frame[]): number {
  const { before } = ownLanes(self, head.lanes);
  const folded = [...(head.base?.lanes.values() ?? [])].filter(({ author }) => author === self);
  const from = Math.max(head.sent.seq, ...folded.map(({ seq }) => seq));
  const numbers = new Set(held.filter(({ kind }) => kind !== 'control').map(({ seq }) => seq));
  let holes = 0;
  for (let seq = from + 1; seq <= (before[0]?.seq ?? 0); seq++) if (!numbers.has(seq)) holes++;
  return holes;
}

/** Says again what was lost. The relay has been asked for all of it. */
export async function rewriteLost(
  context: Context,
  transaction: Transaction,
  { unsent, holes }: Holes,
): Promise<void> {
  const lost = lostIn(transaction, unsent).filter(({ id }) => !transaction.controls.has(id));
  const keys = context.keyring.current;
  if (lost.length + holes === 0 || !keys || !transaction.members.author(context.self.id)?.clientId) return;
  // What the relay had once, and others may have: it is theirs to send again.
  for (const { key, id } of lost) {
    transaction.unsend(key);
    transaction.forget(id);
  }
  transaction.setHead({ unsent: transaction.head.unsent - holes });
  if (holes === 0 && !lost.some(({ isNew }) => isNew)) return;
  const { lane: id, before } = ownLanes(context.self.id, transaction.head.lanes);
  const lane = transaction.document.lanes.get(id);
  const end = lane && before[0] ? await lastWhole(context, transaction, before[0]) : null;
  if (!lane || end === null) return;
  for (const { key, id: frame, own } of unsent) {
    if ((own?.seq ?? 0) <= end.seq || lost.some((one) => one.key === key)) continue;
    transaction.unsend(key);
    transaction.forget(frame);
    transaction.entered.delete(frame);
  }
  const values = valuesSince(lane, lane.frame(end.seq - 1)?.clock ?? 0);
  transaction.touch();
  transaction.document.putLane(id, lane.cut(end.seq));
  const lanes = new Map(transaction.head.lanes);
  if (end.seq === 0) lanes.delete(id);
  else lanes.set(id, { ...end, clock: lane.frame(end.seq - 1)?.clock ?? 0, isJoined: false });
  transaction.setHead({
    lanes,
    announced: { ...transaction.head.announced, lanes: [], controls: [], chains: new Map() },
  });
  transaction.mustFold = true;
  const update = transaction.document.set(id, values);
  await authorData(context, transaction, 'update', update, keys);
}

/** The last of this device's words of which a copy is whole, or which the relay has; number 0 when there is none. */
async function lastWhole(
  context: Context,
  transaction: Transaction,
  head: LaneHead,
): Promise<Omit<LaneHead, 'clock' | 'isJoined'>> {
  const { id: author } = context.self;
  const held = [...(await readLog(context, transaction)).values()].filter((frame) => frame.author === author);
  const bySaying = new Map(held.map((frame) => [frame.saying, frame]));
  let end: Omit<LaneHead, 'clock' | 'isJoined'> = { author, seq: 0, saying: '', frame: '' };
  const folded = [...(transaction.head.base?.lanes.values() ?? [])].find((one) => one.author === author);
  if (folded) end = { author, seq: folded.seq, saying: folded.saying, frame: folded.frame };
  for (const frame of [...bySaying.values()].sort((a, b) => a.seq - b.seq)) {
    if (frame.seq !== end.seq + 1 || (end.seq > 0 && frame.before[0] !== end.saying)) continue;
    if (frame.seq > head.seq) break;
    end = { author, seq: frame.seq, saying: frame.saying, frame: frame.id };
  }
  return end;
}

/** What the lane has set from this clock on and has not set again. */
function valuesSince(lane: Lane, clock: number): Map<SectionId, Map<string, FieldValue>> {
  const values = new Map<SectionId, Map<string, FieldValue>>();
  for (const section of lane.sections())
    for (const key of lane.keys(section)) {
      const last = lane.last(section, key);
      if (!last?.content || last.clock < clock) continue;
      const own = values.get(section) ?? new Map<string, FieldValue>();
      values.set(section, own.set(key, last.content[0]));
    }
  return values;
}
