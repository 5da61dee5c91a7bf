/**
 * Starting over: the log and the document anew from the frames on the disk. Needed when what counts changes other than
 * by growing (a number used twice, a right taken back after the fact), and when something sealed was damaged.
 *
 * Gives what any other replica with these frames has. The frames are verified again: this is rare, and what stands on
 * the disk outside the seal need not be believed.
 */
import type { Hex } from '#lib/keys/ids.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import { chainsOf, readBase } from './base.ts';
import { idIn, introducedBy, listFrames, verifyAll, type Context } from './context.ts';
import { RecordDocument } from './document.ts';
import type { Frame, OpenedFrame } from './frames.ts';
import { inspectUpdate } from './gate.ts';
import { settle, type Tally } from './intake.ts';
import { admit, farthest, type Chains } from './log.ts';
import { shortOf } from './owed.ts';
import type { Turn } from './turn.ts';

/** The data frames held; what is damaged leaves the disk. */
export async function readLog(context: Context, turn: Turn): Promise<Map<Hex, Frame>> {
  const frames = new Map<Hex, Frame>([...turn.entered, ...turn.waiting, ...turn.refused]);
  for (const { frame } of await readOpened(context, turn)) frames.set(frame.id, frame);
  return frames;
}

async function readOpened(context: Context, turn: Turn): Promise<OpenedFrame[]> {
  const held = await listHeld(context, turn);
  return held.filter(({ frame }) => frame.kind !== 'control');
}

/**
 * The frames that stand with those that count; one that is not whole there, from its copy in the outbox, if it has one.
 * What is damaged leaves the disk, so that it is fetched again.
 */
async function listHeld(context: Context, turn: Turn): Promise<OpenedFrame[]> {
  const { frames, outbox } = context.layout;
  const { opened, damaged } = await listFrames(context, frames);
  const whole = new Set(opened.map(({ frame }) => frame.frame.id));
  for (const id of damaged.map(idIn)) if (!turn.placed.has(id)) turn.discard(id);
  const isLost = (id: Hex) =>
    !whole.has(id) && !turn.keyOf(id) && (turn.discarded.has(id) || !turn.placed.has(id));
  const copies = (await listFrames(context, outbox)).opened.filter(({ frame }) => isLost(frame.frame.id));
  const still = opened.filter(({ key, frame }) => turn.keyOf(frame.frame.id)?.join() === key.join());
  return [...still, ...copies].map(({ frame }) => frame);
}

/** Those of them whose signatures are good. */
export async function readVerified(context: Context, turn: Turn): Promise<Map<Hex, Frame>> {
  const frames = new Map<Hex, Frame>([...turn.entered, ...turn.waiting, ...turn.refused]);
  const { good, bad } = await verifyAll(await readOpened(context, turn), turn.members, new Map());
  for (const { frame } of good) frames.set(frame.id, frame);
  for (const { frame } of bad) turn.forget(frame.id);
  return frames;
}

/** Replaces log and document by what the held frames make. */
export async function rebuild(
  context: Context,
  turn: Turn,
  before: RecordDocument | null,
  tally: Tally,
): Promise<void> {
  const { states, frontier, snapshots } = await readBase(context, turn);
  const chains = chainsOf(frontier);
  const { base, owed: owedBefore, chains: chainsBefore } = turn.head;
  const unread = (base?.snapshots ?? []).filter((origin) => !snapshots.includes(origin));
  const verified = turn.head.base?.verified === true;
  turn.setHead({ base: snapshots.length > 0 ? { snapshots, verified, chains } : null });
  const held = await readVerified(context, turn);
  const frames = [...held.values()].filter(({ author, seq }) => seq > (chains.get(author)?.seq ?? 0));
  const admission = admit(frames, turn, chains);
  const previous = chainsBefore.get(context.self.id)?.id;
  const counted = { ...tally };
  turn.adopted.length = 0;
  turn.updates.length = 0;
  turn.waiting.clear();
  turn.refused.clear();
  settle(context.self.id, turn, admission, tally);
  tally.admitted = counted.admitted;
  for (const frame of admission.waiting)
    if (turn.entered.get(frame.id) !== frame) turn.waiting.set(frame.id, frame);
  turn.document = new RecordDocument(context.schema);
  turn.document.add(states);
  if (!turn.document.apply(turn.updates)) throw new Error('incomplete update');
  turn.updates.length = 0;
  if (before) turn.lost = lostValues(context, turn, before, held, admission.admitted, previous);
  const undecided = [...turn.head.undecided, ...unread.flatMap(({ parts }) => parts)];
  const made = [...held.values()].filter(({ kind }) => kind === 'snapshot').map(({ id }) => id);
  turn.setHead({ undecided: snapshots.length === 0 && undecided.length === 0 ? made : undecided });
  noteOwed(turn, farthest(chainsBefore, owedBefore?.chains ?? new Map()), held, before === null);
}

/** What the frames make no more although they did. `repairing`: it was damage that made starting over necessary. */
function noteOwed(turn: Turn, ends: Chains, held: ReadonlyMap<Hex, Frame>, repairing: boolean): void {
  const { owed } = turn.head;
  const { chains, isMissing } = shortOf(turn, ends, bySaying(held));
  if (!isMissing && !repairing && !owed) return;
  if (isMissing) turn.setHead({ cursors: new Map() });
  turn.setHead({ owed: { controls: 0, unknown: false, ...owed, chains } });
}

/** The frames by what they say. */
export function bySaying(frames: ReadonlyMap<Hex, Frame>): ReadonlyMap<Hex, Frame> {
  return new Map([...frames.values()].map((frame) => [frame.saying, frame]));
}

/**
 * What this device had written and the record no longer shows, because its numbers were used a second time elsewhere
 * (a copied profile) and the other use won: to be written again, so that nothing acknowledged is lost.
 */
function lostValues(
  { self }: Context,
  turn: Turn,
  before: RecordDocument,
  held: ReadonlyMap<Hex, Frame>,
  admitted: readonly Frame[],
  previous: Hex | undefined,
): Map<string, Map<string, FieldValue>> {
  const lost = new Map<string, Map<string, FieldValue>>();
  const client = turn.members.author(self.id)?.clientId;
  const counted = new Set(admitted.map(({ saying }) => saying));
  if (client === undefined) return lost;
  const said = bySaying(held);
  for (
    let frame = said.get(previous ?? '');
    frame && !counted.has(frame.saying);
    frame = said.get(frame.before)
  ) {
    const advance = frame.kind === 'update' ? inspectUpdate(frame.content, client)?.advance : null;
    for (let clock = advance?.from ?? 0; clock < (advance?.to ?? 0); clock++) {
      const found = before.valueAt(client, clock);
      if (!found) continue;
      const section = lost.get(found.section) ?? new Map<string, FieldValue>();
      lost.set(found.section, section.set(found.key, found.value));
    }
  }
  return lost;
}

/** Control frames from the disk, where their sealed list is damaged. */
export async function readControls(context: Context, turn: Turn): Promise<readonly Frame[]> {
  const controls = (await listHeld(context, turn)).filter(({ frame }) => frame.kind === 'control');
  const { good } = await verifyAll(
    controls,
    context.policy.evaluate([]),
    introducedBy(context.policy, controls),
  );
  return good.map(({ frame }) => frame);
}
