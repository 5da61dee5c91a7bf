/**
 * Frames from the relay on their way into the lanes: opened, verified, taken in. Works on a transaction; writes nothing.
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
import type { Transaction } from './transaction.ts';

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
  transaction: Transaction,
  batch: readonly Received[],
  unreadable: Set<Hex>,
  tally: Tally,
): Promise<readonly Frame[]> {
  const opened = openBatch(context, transaction, batch, unreadable, tally);
  const fresh: OpenedFrame[] = [];
  const verified = new Map<Hex, Bytes>();
  // What waits is looked at again where more is known of members than when it was looked at last.
  let isNews = transaction.members !== transaction.parkedBy;
  let [pending, parked]: [readonly OpenedFrame[], readonly OpenedFrame[]] = [
    opened,
    [...transaction.strangers.values()],
  ];
  transaction.strangers.clear();
  for (let again = true; again && (isNews || pending.length > 0);) {
    if (isNews) [pending, parked] = [[...parked, ...pending], []];
    const introduced = introducedBy(context.policy, pending);
    const { good, bad, unknown } = await verifyAll(pending, transaction.members, introduced, verified);
    for (const { frame } of bad) refuseForged(transaction, frame, unreadable, tally);
    const { sound, incomplete, foreign, changed } = await takeChains(context, transaction, good, tally);
    fresh.push(...sound.filter(({ frame }) => frame.kind !== 'control'));
    const controls = sound.filter(({ frame }) => frame.kind === 'control');
    const inside = controls.map(({ frame }) => controlOf(frame));
    const carried = carriedInside(context, isNews ? [...transaction.controls.values(), ...inside] : inside);
    const isTaken = await takeControls(context, transaction, carried);
    if (isTaken) tally.membersChanged = true;
    const unsettled = await admitControls(context, transaction, controls, tally);
    again = isNews = changed || isTaken || unsettled.changed;
    pending = [...unknown, ...incomplete, ...foreign, ...unsettled.notYet];
  }
  transaction.parkedBy = transaction.members;
  // Who is nobody here yet may have been let in by what has not come.
  const isKnown = ({ frame }: OpenedFrame) => transaction.members.isKnown(frame.author);
  setAside(transaction, [...parked, ...pending, ...fresh.filter((opened) => !isKnown(opened))]);
  return fresh.filter(isKnown).map(({ frame }) => frame);
}

/**
 * What waits for others: of a known author, whose signature is good, within a quota of its own, so that nobody crowds another
 * out; of all those together whom nobody knows yet, within one.
 */
function setAside(transaction: Transaction, left: readonly OpenedFrame[]): void {
  const [known, unknown] = [new Map<Hex, Frame>(), [] as OpenedFrame[]];
  for (const one of left) {
    if (transaction.members.isKnown(one.frame.author)) known.set(one.frame.id, one.frame);
    else unknown.push(one);
  }
  const opened = new Map(left.map((one) => [one.frame.id, one]));
  withinQuota(transaction, known, (frame) => park(transaction, opened.get(frame.id)!));
  for (const one of unknown) keepStranger(transaction, one);
}

/** Takes words into their lanes; what waits for a word before it is put with those that wait. */
export function enterWords(context: Context, transaction: Transaction, frames: Iterable<Frame>): Log {
  transaction.touch();
  const log = takeAll(context, frames, transaction.head.lanes, transaction.document, transaction.members);
  transaction.setHead({ lanes: log.heads });
  transaction.taken.push(...log.taken);
  transaction.mustFold ||= log.hasBranched;
  for (const frame of log.entered) learn(context, transaction, frame);
  for (const frame of [...log.entered, ...log.twins]) {
    transaction.waiting.delete(frame.id);
    transaction.late.delete(frame.id);
    transaction.entered.set(frame.id, frame);
    transaction.place(frame, 'frame');
  }
  for (const { author, id } of log.voided)
    transaction.raise({ type: 'frame-refused', reason: 'hostile-update', author, frame: id });
  for (const frame of log.waiting) transaction.waiting.set(frame.id, frame);
  return log;
}

/** Parks what waits and keeps what is late, each as far as the quota of its author goes (lightest.ts says what first). */
export function parkWaiting(transaction: Transaction): void {
  withinQuota(transaction, transaction.waiting, (frame) => transaction.place(frame, 'park'));
  withinQuota(transaction, transaction.late, (frame) => transaction.place(frame, 'late'));
}

function withinQuota(transaction: Transaction, frames: Map<Hex, Frame>, keep: (frame: Frame) => void): void {
  const used = new Map<Hex, { frames: number; bytes: number }>();
  for (const frame of lightestFirst([...frames.values()])) {
    const quota = used.get(frame.author) ?? { frames: 0, bytes: 0 };
    used.set(frame.author, quota);
    quota.frames++;
    quota.bytes += frame.bytes.length;
    if (quota.frames <= MAX_WAITING && quota.bytes <= MAX_WAITING_BYTES) keep(frame);
    else drop(transaction, frames, frame);
  }
}

function drop(transaction: Transaction, frames: Map<Hex, Frame>, frame: Frame): void {
  frames.delete(frame.id);
  transaction.place(frame, 'nowhere');
  transaction.setHead({ dropped: true });
  transaction.raise({ type: 'frame-refused', reason: 'quota', author: frame.author, frame: frame.id });
}

function openBatch(
  context: Context,
  transaction: Transaction,
  batch: readonly Received[],
  unreadable: Set<Hex>,
  tally: Tally,
): OpenedFrame[] {
  const opened = new Map<Hex, OpenedFrame>();
  for (const { topic, bytes } of batch) {
    const id = bytes.length <= MAX_FRAME ? frameId(bytes) : new Uint8Array(32);
    const name = hex(id);
    if (transaction.isHeld(name) || unreadable.has(name) || opened.has(name)) {
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
    transaction.raise({ type: 'frame-refused', reason: result, frame: name });
  }
  return [...opened.values()];
}

/**
 * Takes in the chain statements that these frames carry: of whoever is, was or is to be an owner here, by one of their
 * devices; a frame with others waits for the word that makes them that. A frame that carries less than it names (rule 20)
 * waits for the rest, whoever brings it and in whatever order a relay shows it: what is not here refuses nothing.
 */
async function takeChains(
  context: Context,
  transaction: Transaction,
  good: readonly OpenedFrame[],
  tally: Tally,
) {
  const { circle, controls, claimed } = circleWith(context, transaction, good);
  const isHere = ({ frame }: OpenedFrame) =>
    frame.chains.every(({ address }) => circle.addresses.has(address));
  const here = good.filter(isHere);
  const { carried, brought } = await context.policy.carry(
    here.map(({ frame }) => frame.chains),
    transaction.carried,
  );
  const changed = carried !== transaction.carried;
  const wider = changed ? context.policy.circle(controls, carried, claimed) : circle;
  const sorted = {
    sound: [] as OpenedFrame[],
    incomplete: [] as OpenedFrame[],
    foreign: good.filter((opened) => !isHere(opened)),
  };
  here.forEach((opened, i) => {
    const what = brought[i]!;
    if (what === 'malformed') refuse(transaction, opened.frame, 'malformed', tally);
    else if (what === 'incomplete') sorted.incomplete.push(opened);
    else if (what === 'known' || wider.has(opened.frame.author)) sorted.sound.push(opened);
    else sorted.foreign.push(opened);
  });
  transaction.carried = carried;
  if (changed) judgeMembers(context, transaction, tally);
  return { ...sorted, changed };
}

/** Whose chains matter by the controls that are known, and by those that come now. */
function circleWith({ policy, space }: Context, transaction: Transaction, good: readonly OpenedFrame[]) {
  const fresh = good.flatMap(({ frame }) => (frame.kind === 'control' ? [frame] : []));
  const controls = [...transaction.controls.values(), ...fresh.map(controlOf)];
  const claimed = fresh
    .flatMap(({ content }) => policy.carries(content))
    .flatMap(({ epoch, statement }) => decodeControl(space, epoch, statement)?.claimed ?? []);
  return { circle: policy.circle(controls, transaction.carried, claimed), controls, claimed };
}

/** Takes in the controls of which everything they build on is there; the others wait with the strangers. */
async function admitControls(
  context: Context,
  transaction: Transaction,
  fresh: readonly OpenedFrame[],
  tally: Tally,
) {
  const admitted = await admitReady(
    context,
    transaction,
    fresh.map(({ frame }) => controlOf(frame)),
  );
  const isIn = ({ frame }: OpenedFrame) =>
    admitted.has(frame.saying) || transaction.controls.has(frame.saying);
  // Judged once for all of them, and before they are learned from: what is said of whom they let in is not lost.
  if (admitted.size > 0) judgeMembers(context, transaction, tally);
  for (const { frame } of fresh.filter(isIn)) {
    transaction.place(frame, 'frame');
    learn(context, transaction, frame);
    tally.admitted++;
  }
  return { changed: admitted.size > 0, notYet: fresh.filter((opened) => !isIn(opened)) };
}

function judgeMembers({ policy }: Context, transaction: Transaction, tally: Tally): void {
  transaction.members = policy.evaluate([...transaction.controls.values()], transaction.carried);
  tally.membersChanged = true;
}

/** Keeps a few of what will never count, so that it is not fetched again and again. */
export function refuse(transaction: Transaction, frame: Frame, reason: RefusalReason, tally: Tally): void {
  tally.refused++;
  transaction.waiting.delete(frame.id);
  transaction.raise({ type: 'frame-refused', reason, author: frame.author, frame: frame.id });
  const kept = [...transaction.refused.values()].filter(({ author }) => author === frame.author).length;
  if (kept < MAX_REFUSED) transaction.refused.set(frame.id, frame);
  transaction.place(frame, kept < MAX_REFUSED ? 'refuse' : 'nowhere');
}

function refuseForged(transaction: Transaction, frame: Frame, unreadable: Set<Hex>, tally: Tally): void {
  tally.refused++;
  remember(unreadable, frame.id);
  transaction.place(frame, 'nowhere');
  transaction.raise({ type: 'frame-refused', reason: 'signature', frame: frame.id });
}

function keepStranger(transaction: Transaction, stranger: OpenedFrame): void {
  const { frame } = stranger;
  const others = [...transaction.strangers.values()].filter(
    (one) => !transaction.members.isKnown(one.frame.author),
  );
  const bytes = others.reduce((sum, one) => sum + one.frame.bytes.length, frame.bytes.length);
  if (others.length < MAX_STRANGERS && bytes <= MAX_STRANGER_BYTES) {
    park(transaction, stranger);
    return;
  }
  transaction.place(frame, 'nowhere');
  transaction.setHead({ dropped: true });
  transaction.raise({ type: 'frame-refused', reason: 'quota', frame: frame.id });
}

function park(transaction: Transaction, opened: OpenedFrame): void {
  transaction.strangers.set(opened.frame.id, opened);
  transaction.place(opened.frame, 'park');
}

/** Ids not worth another look this session; forgotten when there are too many, since anybody can make them. */
function remember(unreadable: Set<Hex>, id: Hex): void {
  if (unreadable.size >= 10_000) unreadable.clear();
  unreadable.add(id);
}
