/**
 * Words of devices that are revoked: what is late, what was kept although the revoking device had not seen it, and what the
 * person makes of them. Taking in is naming (rule 9); setting aside is an ordinary entry, which the vault writes.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { openFew } from './adopt.ts';
import type { Context } from './context.ts';
import { RecordDocument } from './document/document.ts';
import type { Frame } from './frames.ts';
import { compareHlc } from './hlc.ts';
import { shortOf, type Lane } from './lane.ts';
import { takeAll, type LaneHead, type LaneId } from './log.ts';
import type { FoldedLane } from './snapshot.ts';
import type { Transaction } from './transaction.ts';
import { keptUnseen } from './unseen.ts';
import { readUpdate, type Place } from './update.ts';
import type { UnsettledWords, WordOf } from './words.ts';

/**
 * What does not count: late words, and those that wait for what their author had folded and the relay erased, before it was
 * known here that the author is out.
 */
export function notCounted({ late, waiting, members }: Transaction): Frame[] {
  return [...late.values(), ...[...waiting.values()].filter(({ author }) => !members.stands(author))];
}

export async function unsettled(context: Context, transaction: Transaction): Promise<UnsettledWords> {
  // Who stands no longer has nothing to settle: its own words count for itself alone.
  if (!transaction.members.stands(context.self.id)) return { late: [], kept: [] };
  const late = notCounted(transaction);
  const aside = await foldedAside(transaction, late);
  const folded = aside.flatMap((one) => wordOfFolded(one, late, transaction));
  return {
    late: [...wordsAmong(late, replayed(context, transaction, late, aside)), ...folded].sort(
      (a, b) => a.at - b.at,
    ),
    kept: keptUnseen(transaction),
  };
}

/** A snapshot that does not count. */
interface FoldedAside {
  /** The last part of the snapshot. */
  readonly last: Frame;
  readonly lanes: readonly FoldedLane[];
}

/**
 * What snapshots that do not count say beyond the words held: their author had folded words and the relay erased them, before
 * it was known here that their author is out. Each is one thing to take in, by its last part, or to set aside.
 */
async function foldedAside(
  { members }: Transaction,
  late: readonly Frame[],
): Promise<readonly FoldedAside[]> {
  const opened = await openFew(
    late.filter(({ kind }) => kind === 'snapshot'),
    members,
  );
  return opened.map(({ last, snapshot }) => ({ last, lanes: [...snapshot.lanes.values()] }));
}

function wordOfFolded(
  { last, lanes }: FoldedAside,
  held: readonly Frame[],
  transaction: Transaction,
): WordOf[] {
  const values = lanes.flatMap((lane) => unsaid(lane, held, transaction));
  const word = { saying: last.saying, device: last.author, at: last.clock.time, values };
  return values.length > 0 ? [word] : [];
}

/** What a folded lane sets that is neither here nor said by a word held. */
function unsaid(
  { head: { author }, lane }: FoldedLane,
  held: readonly Frame[],
  { head: { lanes } }: Transaction,
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

/**
 * The lanes of these words' authors with the words taken in, beside the record: where each value would stand is what the gate
 * would make of it. What its author had folded before is there, as far as snapshots that do not count tell it.
 */
function replayed(
  context: Context,
  transaction: Transaction,
  late: readonly Frame[],
  aside: readonly FoldedAside[],
): readonly Lane[] {
  const authors = new Set(late.map(({ author }) => author));
  const scratch = new RecordDocument(context.schema);
  const heads = new Map<LaneId, LaneHead>();
  const put = (id: LaneId, head: LaneHead, lane: Lane): void => {
    if (!authors.has(head.author)) return;
    heads.set(id, head);
    scratch.putLane(id, lane);
  };
  for (const [id, head] of transaction.head.lanes) put(id, head, transaction.document.lanes.get(id)!.clone());
  for (const { last, lanes } of aside)
    for (const { head, lane } of lanes) put(`${last.saying} ${head.saying}`, head, lane);
  takeAll(context, late, heads, scratch, transaction.members);
  return [...scratch.lanes.values()];
}

/** In the order in which they were said. Of a word that waits for one before it only what it sets under new keys is known. */
function wordsAmong(frames: readonly Frame[], lanes: readonly Lane[]): WordOf[] {
  const words = new Map<Hex, WordOf>();
  for (const frame of [...frames].sort(bySaid)) {
    const { kind, saying, author: device, clock } = frame;
    if (kind !== 'update' || words.has(saying)) continue;
    words.set(saying, { saying, device, at: clock.time, values: valuesOf(frame, lanes) });
  }
  return [...words.values()];
}

function valuesOf({ content, saying, seq }: Frame, lanes: readonly Lane[]): WordOf['values'] {
  const said = readUpdate(content)?.values ?? [];
  const lane = lanes.find((one) => one.frameAt(shortOf(saying)) === seq - 1);
  if (!lane)
    return said.flatMap((one) =>
      one.after === null ? [{ section: one.section, key: one.key, value: one.content[0] }] : [],
    );
  return lane
    .saidAt(seq - 1)
    .map(({ section, key }, i) => ({ section, key, value: said[i]?.content[0] ?? null }));
}

function bySaid(a: Frame, b: Frame): number {
  return compareHlc(a.clock, b.clock) || a.seq - b.seq || (a.saying < b.saying ? -1 : 1);
}
