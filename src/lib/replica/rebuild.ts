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
import { introducedBy, listFrames, verifyAll, type Context } from './context.ts';
import { RecordDocument } from './document.ts';
import type { Frame, OpenedFrame } from './frames.ts';
import { inspectUpdate } from './gate.ts';
import { settle, type Tally } from './intake.ts';
import { admit } from './log.ts';
import type { Turn } from './turn.ts';

/** The data frames held; what is damaged leaves the disk. */
export async function readLog(context: Context, turn: Turn): Promise<Map<Hex, Frame>> {
  const frames = new Map<Hex, Frame>([...turn.entered, ...turn.waiting, ...turn.refused]);
  for (const { frame } of await readOpened(context, turn)) frames.set(frame.id, frame);
  return frames;
}

async function readOpened(context: Context, turn: Turn): Promise<OpenedFrame[]> {
  const { opened, damaged } = await listFrames(context, context.layout.frames);
  for (const key of damaged) turn.forget(key.at(-1) ?? '');
  const still = opened.filter(({ key, frame }) => turn.keyOf(frame.frame.id)?.join() === key.join());
  return still.flatMap(({ frame }) => (frame.frame.kind === 'control' ? [] : [frame]));
}

async function readVerified(context: Context, turn: Turn): Promise<Map<Hex, Frame>> {
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
  const verified = turn.head.base?.verified === true;
  turn.setHead({ base: snapshots.length > 0 ? { snapshots, verified, chains } : null });
  const held = await readVerified(context, turn);
  const frames = [...held.values()].filter(({ author, seq }) => seq > (chains.get(author)?.seq ?? 0));
  const admission = admit(frames, turn, chains);
  const previous = turn.head.chains.get(context.self.id)?.id;
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
  turn.document.apply(turn.updates);
  turn.updates.length = 0;
  if (before) turn.lost = lostValues(context, turn, before, held, admission.admitted, previous);
  if (snapshots.length === 0 && turn.head.undecided.length === 0) {
    const made = [...held.values()].filter(({ kind }) => kind === 'snapshot');
    turn.setHead({ undecided: made.map(({ id }) => id) });
  }
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
export async function readControls(context: Context): Promise<readonly Frame[]> {
  const { opened } = await listFrames(context, context.layout.frames);
  const controls = opened.map(({ frame }) => frame).filter(({ frame }) => frame.kind === 'control');
  const { good } = await verifyAll(
    controls,
    context.policy.evaluate([]),
    introducedBy(context.policy, controls),
  );
  return good.map(({ frame }) => frame);
}
