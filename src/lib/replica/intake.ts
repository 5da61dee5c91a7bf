/**
 * Frames from the relay on their way into the lanes: opened, verified, taken in. Works on a turn; writes nothing.
 *
 *   length, version → id → epoch, kind and author by the key that opens → signature → chains carried → controls → words
 *
 * What cannot be verified yet waits aside within a quota (its author is not known), as does what waits for its author's own
 * word before it. One answer for everything that does not open, and nothing is sent because of it (B07).
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId, MAX_FRAME } from '#lib/crypto/frame.ts';
import { decodeControl } from '#lib/keys/control.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { introducedBy, verifyAll, type Context } from './context.ts';
import type { RefusalReason } from './events.ts';
import { controlOf, openReceived, type Frame, type OpenedFrame } from './frames.ts';
import { learn } from './freshness.ts';
import type { Received } from './interface.ts';
import { lightestFirst } from './lightest.ts';
import { takeAll, type Log } from './log.ts';
import { admitReady, carriedInside, takeControls } from './statements.ts';
import type { Turn } from './transaction.ts';

/** Frames of one author that may wait for others, or be late, and their bytes. */
export const MAX_WAITING = 2_000;
export const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** Frames of authors nobody knows yet, all together. */
export const MAX_STRANGERS = 512;
export const MAX_STRANGER_BYTES = 4 * 1024 * 1024;
/** Frames kept of an author that were refused. */
export const MAX_REFUSED = 16;

export interface Tally {
  admitted: number;
  refused: number;
  known: number;
  membersChanged: boolean;
}

export function newTally(): Tally {
  return { admitted: 0, refused: 0, known: 0, membersChanged: false };
}

/**
 * Opens and verifies; takes in chains that are carried, and controls.
 * @returns verified data frames, not in the lanes yet: for `enterWords`
 */
export async function takeIn(
  context: Context,
  turn: Turn,
  batch: readonly Received[],
  unreadable: Set<Hex>,
  tally: Tally,
): Promise<readonly Frame[]> {
  const opened = openBatch(context, turn, batch, unreadable, tally);
  const fresh: OpenedFrame[] = [];
  const verified = new Map<Hex, Bytes>();
  // What waits is looked at again where more is known of members than when it was looked at last.
  let isNews = turn.members !== turn.parkedBy;
  let [pending, parked]: [readonly OpenedFrame[], readonly OpenedFrame[]] = [
    opened,
    [...turn.strangers.values()],
  ];
  turn.strangers.clear();
  for (let again = true; again && (isNews || pending.length > 0);) {
    if (isNews) [pending, parked] = [[...parked, ...pending], []];
    const introduced = introducedBy(context.policy, pending);
    const { good, bad, unknown } = await verifyAll(pending, turn.members, introduced, verified);
    for (const { frame } of bad) refuseForged(turn, frame, unreadable, tally);
    const { sound, incomplete, foreign, changed } = await takeChains(context, turn, good, tally);
    fresh.push(...sound.filter(({ frame }) => frame.kind !== 'control'));
    const controls = sound.filter(({ frame }) => frame.kind === 'control');
    const inside = controls.map(({ frame }) => controlOf(frame));
    const carried = carriedInside(context, isNews ? [...turn.controls.values(), ...inside] : inside);
    const isTaken = await takeControls(context, turn, carried);
    if (isTaken) tally.membersChanged = true;
    const unsettled = await admitControls(context, turn, controls, tally);
    again = isNews = changed || isTaken || unsettled.changed;
    pending = [...unknown, ...incomplete, ...foreign, ...unsettled.notYet];
  }
  turn.parkedBy = turn.members;
  // Who is nobody here yet may have been let in by what has not come.
  const isKnown = ({ frame }: OpenedFrame) => turn.members.isKnown(frame.author);
  setAside(turn, [...parked, ...pending, ...fresh.filter((opened) => !isKnown(opened))]);
  return fresh.filter(isKnown).map(({ frame }) => frame);
}

/**
 * What waits for others: of a known author, whose signature is good, within a quota of its own, so that nobody crowds another
 * out; of all those together whom nobody knows yet, within one.
 */
function setAside(turn: Turn, left: readonly OpenedFrame[]): void {
  const [known, unknown] = [new Map<Hex, Frame>(), [] as OpenedFrame[]];
  for (const one of left) {
    if (turn.members.isKnown(one.frame.author)) known.set(one.frame.id, one.frame);
    else unknown.push(one);
  }
  const opened = new Map(left.map((one) => [one.frame.id, one]));
  withinQuota(turn, known, (frame) => park(turn, opened.get(frame.id)!));
  for (const one of unknown) keepStranger(turn, one);
}

/** Takes words into their lanes; what waits for a word before it is put with those that wait. */
export function enterWords(context: Context, turn: Turn, frames: Iterable<Frame>): Log {
  turn.touch();
  const log = takeAll(context, frames, turn.head.lanes, turn.document, turn.members);
  turn.setHead({ lanes: log.heads });
  turn.taken.push(...log.taken);
  turn.mustFold ||= log.hasBranched;
  for (const frame of log.entered) learn(context, turn, frame);
  for (const frame of [...log.entered, ...log.twins]) {
    turn.waiting.delete(frame.id);
    turn.late.delete(frame.id);
    turn.entered.set(frame.id, frame);
    turn.place(frame, 'frame');
  }
  for (const { author, id } of log.voided)
    turn.raise({ type: 'frame-refused', reason: 'hostile-update', author, frame: id });
  for (const frame of log.waiting) turn.waiting.set(frame.id, frame);
  return log;
}

/** Parks what waits and keeps what is late, each as far as the quota of its author goes (lightest.ts says what first). */
export function parkWaiting(turn: Turn): void {
  withinQuota(turn, turn.waiting, (frame) => turn.place(frame, 'park'));
  withinQuota(turn, turn.late, (frame) => turn.place(frame, 'late'));
}

function withinQuota(turn: Turn, frames: Map<Hex, Frame>, keep: (frame: Frame) => void): void {
  const used = new Map<Hex, { frames: number; bytes: number }>();
  for (const frame of lightestFirst([...frames.values()])) {
    const quota = used.get(frame.author) ?? { frames: 0, bytes: 0 };
    used.set(frame.author, quota);
    quota.frames++;
    quota.bytes += frame.bytes.length;
    if (quota.frames <= MAX_WAITING && quota.bytes <= MAX_WAITING_BYTES) keep(frame);
    else drop(turn, frames, frame);
  }
}

function drop(turn: Turn, frames: Map<Hex, Frame>, frame: Frame): void {
  frames.delete(frame.id);
  turn.place(frame, 'nowhere');
  turn.setHead({ dropped: true });
  turn.raise({ type: 'frame-refused', reason: 'quota', author: frame.author, frame: frame.id });
}

function openBatch(
  context: Context,
  turn: Turn,
  batch: readonly Received[],
  unreadable: Set<Hex>,
  tally: Tally,
): OpenedFrame[] {
  const opened = new Map<Hex, OpenedFrame>();
  for (const { topic, bytes } of batch) {
    const id = bytes.length <= MAX_FRAME ? frameId(bytes) : new Uint8Array(32);
    const name = hex(id);
    if (turn.isHeld(name) || unreadable.has(name) || opened.has(name)) {
      tally.known++;
      continue;
    }
    const epoch = context.keyring.at(topic);
    const result = epoch ? openReceived(bytes, id, epoch, context.policy.hasGrounds) : 'unreadable';
    if (typeof result !== 'string') {
      opened.set(name, result);
      continue;
    }
    tally.refused++;
    remember(unreadable, name);
    turn.raise({ type: 'frame-refused', reason: result, frame: name });
  }
  return [...opened.values()];
}

/**
 * Takes in the chain statements that these frames carry: of whoever is, was or is to be an owner here, by one of their
 * devices; a frame with others waits for the word that makes them that. A frame that carries less than it names (rule 20)
 * waits for the rest, whoever brings it and in whatever order a relay shows it: what is not here refuses nothing.
 */
async function takeChains(context: Context, turn: Turn, good: readonly OpenedFrame[], tally: Tally) {
  const { circle, controls, claimed } = circleWith(context, turn, good);
  const isHere = ({ frame }: OpenedFrame) =>
    frame.chains.every(({ address }) => circle.addresses.has(address));
  const here = good.filter(isHere);
  const { carried, brought } = await context.policy.carry(
    here.map(({ frame }) => frame.chains),
    turn.carried,
  );
  const changed = carried !== turn.carried;
  const wider = changed ? context.policy.circle(controls, carried, claimed) : circle;
  const sorted = {
    sound: [] as OpenedFrame[],
    incomplete: [] as OpenedFrame[],
    foreign: good.filter((opened) => !isHere(opened)),
  };
  here.forEach((opened, i) => {
    const what = brought[i]!;
    if (what === 'malformed') refuse(turn, opened.frame, 'malformed', tally);
    else if (what === 'incomplete') sorted.incomplete.push(opened);
    else if (what === 'known' || wider.has(opened.frame.author)) sorted.sound.push(opened);
    else sorted.foreign.push(opened);
  });
  turn.carried = carried;
  if (changed) judgeMembers(context, turn, tally);
  return { ...sorted, changed };
}

/** Whose chains matter by the controls that are known, and by those that come now. */
function circleWith({ policy, space }: Context, turn: Turn, good: readonly OpenedFrame[]) {
  const fresh = good.flatMap(({ frame }) => (frame.kind === 'control' ? [frame] : []));
  const controls = [...turn.controls.values(), ...fresh.map(controlOf)];
  const claimed = fresh
    .flatMap(({ content }) => policy.carries(content))
    .flatMap(({ epoch, statement }) => decodeControl(space, epoch, statement)?.claimed ?? []);
  return { circle: policy.circle(controls, turn.carried, claimed), controls, claimed };
}

/** Takes in the controls of which everything they build on is there; the others wait with the strangers. */
async function admitControls(context: Context, turn: Turn, fresh: readonly OpenedFrame[], tally: Tally) {
  const admitted = await admitReady(
    context,
    turn,
    fresh.map(({ frame }) => controlOf(frame)),
  );
  const isIn = ({ frame }: OpenedFrame) => admitted.has(frame.saying) || turn.controls.has(frame.saying);
  // Judged once for all of them, and before they are learned from: what is said of whom they let in is not lost.
  if (admitted.size > 0) judgeMembers(context, turn, tally);
  for (const { frame } of fresh.filter(isIn)) {
    turn.place(frame, 'frame');
    learn(context, turn, frame);
    tally.admitted++;
  }
  return { changed: admitted.size > 0, notYet: fresh.filter((opened) => !isIn(opened)) };
}

function judgeMembers({ policy }: Context, turn: Turn, tally: Tally): void {
  turn.members = policy.evaluate([...turn.controls.values()], turn.carried);
  tally.membersChanged = true;
}

/** Keeps a few of what will never count, so that it is not fetched again and again. */
export function refuse(turn: Turn, frame: Frame, reason: RefusalReason, tally: Tally): void {
  tally.refused++;
  turn.waiting.delete(frame.id);
  turn.raise({ type: 'frame-refused', reason, author: frame.author, frame: frame.id });
  const kept = [...turn.refused.values()].filter(({ author }) => author === frame.author).length;
  if (kept < MAX_REFUSED) turn.refused.set(frame.id, frame);
  turn.place(frame, kept < MAX_REFUSED ? 'refuse' : 'nowhere');
}

function refuseForged(turn: Turn, frame: Frame, unreadable: Set<Hex>, tally: Tally): void {
  tally.refused++;
  remember(unreadable, frame.id);
  turn.place(frame, 'nowhere');
  turn.raise({ type: 'frame-refused', reason: 'signature', frame: frame.id });
}

function keepStranger(turn: Turn, stranger: OpenedFrame): void {
  const { frame } = stranger;
  const others = [...turn.strangers.values()].filter((one) => !turn.members.isKnown(one.frame.author));
  const bytes = others.reduce((sum, one) => sum + one.frame.bytes.length, frame.bytes.length);
  if (others.length < MAX_STRANGERS && bytes <= MAX_STRANGER_BYTES) {
    park(turn, stranger);
    return;
  }
  turn.place(frame, 'nowhere');
  turn.setHead({ dropped: true });
  turn.raise({ type: 'frame-refused', reason: 'quota', frame: frame.id });
}

function park(turn: Turn, opened: OpenedFrame): void {
  turn.strangers.set(opened.frame.id, opened);
  turn.place(opened.frame, 'park');
}

/** Ids not worth another look this session; forgotten when there are too many, since anybody can make them. */
function remember(unreadable: Set<Hex>, id: Hex): void {
  if (unreadable.size >= 10_000) unreadable.clear();
  unreadable.add(id);
}
