/**
 * Frames from the relay on their way into the log: opened, verified, admitted. Works on a turn; writes nothing.
 *
 *   length, version → id → epoch, kind and author by the key that opens → signature → controls → chains → gate
 *
 * What cannot be verified yet waits aside within a quota (its author is not known), as does what cannot be admitted yet.
 * One answer for everything that does not open, and nothing is sent because of it (B07).
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId, MAX_FRAME } from '#lib/crypto/frame.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { decodeHeads } from './bodies.ts';
import { controlOf, introducedBy, verifyAll, type Context } from './context.ts';
import { claimsIn, mergeClaims, mergeReach, reachIn } from './freshness.ts';
import { openReceived, type Frame, type OpenedFrame } from './frames.ts';
import { observe } from './hlc.ts';
import { admit, CHAIN_START, remains, type Admission } from './log.ts';
import type { Turn } from './turn.ts';

/** Frames of one author that may wait for others, and their bytes. */
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

export interface Intake {
  /** Verified data frames, not in the log yet. */
  readonly fresh: readonly Frame[];
  readonly tally: Tally;
}

/** Opens and verifies; takes controls in. The data frames are for `enterLog`. */
export async function takeIn(
  context: Context,
  turn: Turn,
  batch: readonly { readonly topic: Bytes; readonly bytes: Bytes }[],
  unreadable: Set<Hex>,
): Promise<Intake> {
  const tally = newTally();
  const opened = openBatch(context, turn, batch, unreadable, tally);
  const fresh: Frame[] = [];
  let pending: OpenedFrame[] = [...turn.strangers.values(), ...opened];
  turn.strangers.clear();
  for (let again = true; again && pending.length > 0;) {
    const introduced = introducedBy(context.policy, pending);
    const { good, bad, unknown } = await verifyAll(pending, turn.members, introduced);
    for (const { frame } of bad) refuseForged(turn, frame, unreadable, tally);
    for (const { frame } of good) if (frame.kind !== 'control') fresh.push(frame);
    const unsettled = await admitControls(context, turn, good, tally);
    again = unsettled.changed;
    pending = [...unknown, ...unsettled.notYet];
  }
  for (const stranger of pending) keepStranger(turn, stranger);
  for (const frame of fresh) learn(context, turn, frame);
  return { fresh, tally };
}

/**
 * Puts verified data frames into the log. Null when that takes starting over: a number is used again at or below the
 * head of its chain, or the members took back what counted.
 */
export function enterLog(
  self: Hex,
  turn: Turn,
  fresh: readonly Frame[],
  before: Turn['members'],
  tally: Tally,
): Admission | null {
  for (const frame of fresh) turn.waiting.set(frame.id, frame);
  const base = turn.head.base?.chains;
  for (const [author, chain] of turn.head.chains)
    if (before !== turn.members && !remains(author, chain, before, turn.members)) return null;
  for (const frame of fresh) {
    const chain = turn.head.chains.get(frame.author) ?? CHAIN_START;
    const pin = turn.members.author(frame.author)?.pin;
    if (pin && chain.seq > 0 && chain.seq < pin.seq) return null;
    if (frame.seq > chain.seq || frame.seq <= (base?.get(frame.author)?.seq ?? 0)) continue;
    return null;
  }
  const admission = admit(turn.waiting.values(), turn, turn.head.chains);
  settle(self, turn, admission, tally);
  return admission;
}

/** Notes what came of an admission: chains, updates, what waits, what is refused. */
export function settle(self: Hex, turn: Turn, admission: Admission, tally: Tally): void {
  for (const { author, seq } of admission.duplicates)
    turn.raise({ type: 'duplicate-device', author, seq, self: author === self });
  turn.setHead({ chains: admission.chains });
  for (const frame of admission.admitted) {
    enter(turn, frame);
    if (frame.kind === 'update') turn.updates.push(frame.content);
  }
  // What lost its number, or says what was said already, is kept beside what counts.
  for (const frame of admission.waiting)
    if (frame.seq <= (admission.chains.get(frame.author)?.seq ?? 0)) enter(turn, frame);
  tally.admitted += admission.admitted.length;
  for (const { frame, reason } of admission.refused) {
    turn.waiting.delete(frame.id);
    tally.refused++;
    turn.raise({ type: 'frame-refused', reason, author: frame.author, frame: frame.id });
    const kept = [...turn.refused.values()].filter(({ author }) => author === frame.author).length;
    if (kept < MAX_REFUSED) turn.refused.set(frame.id, frame);
    turn.place(frame, kept < MAX_REFUSED ? 'refuse' : 'nowhere');
  }
}

/** Keeps a frame with those that count. */
export function enter(turn: Turn, frame: Frame): void {
  turn.waiting.delete(frame.id);
  turn.entered.set(frame.id, frame);
  turn.place(frame, 'frame');
}

/** Parks what waits, as far as the quota of its author goes. */
export function parkWaiting(turn: Turn): void {
  const used = new Map<Hex, { frames: number; bytes: number }>();
  for (const frame of [...turn.waiting.values()].sort((a, b) => a.seq - b.seq)) {
    const quota = used.get(frame.author) ?? { frames: 0, bytes: 0 };
    used.set(frame.author, quota);
    quota.frames++;
    quota.bytes += frame.bytes.length;
    if (quota.frames <= MAX_WAITING && quota.bytes <= MAX_WAITING_BYTES) turn.place(frame, 'park');
    else drop(turn, frame);
  }
}

function drop(turn: Turn, frame: Frame): void {
  turn.waiting.delete(frame.id);
  turn.place(frame, 'nowhere');
  turn.setHead({ dropped: true });
  turn.raise({ type: 'frame-refused', reason: 'quota', author: frame.author, frame: frame.id });
}

function openBatch(
  context: Context,
  turn: Turn,
  batch: readonly { readonly topic: Bytes; readonly bytes: Bytes }[],
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
    const result = epoch ? openReceived(bytes, id, epoch) : 'unreadable';
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

/** Takes in the controls of which everything they build on is there; the others wait with the strangers. */
async function admitControls(context: Context, turn: Turn, good: readonly OpenedFrame[], tally: Tally) {
  const fresh = good.filter(({ frame }) => frame.kind === 'control');
  const ready = fresh.filter(({ frame }) => frame.inner.deps.every((id) => turn.controls.has(hex(id))));
  if (ready.length === 0) return { changed: false, notYet: fresh };
  const candidates = ready.map(({ frame }) => controlOf(frame));
  const admitted = await context.policy.admit(candidates, [...turn.controls.values()]);
  const names = new Set(admitted.map(({ id }) => hex(id)));
  const notYet = fresh.filter(({ frame }) => !names.has(frame.id));
  if (names.size === 0) return { changed: false, notYet };
  const controls = new Map(turn.controls);
  for (const { frame } of ready.filter(({ frame: { id } }) => names.has(id))) {
    noteSecondUse(turn, controls, frame, context.self.id);
    controls.set(frame.id, controlOf(frame));
    turn.place(frame, 'frame');
    learn(context, turn, frame);
    tally.admitted++;
  }
  turn.controls = controls;
  turn.members = context.policy.evaluate([...controls.values()]);
  tally.membersChanged = true;
  return { changed: true, notYet };
}

/** Two control frames of one device with one number: its key is in use twice. Both stay; the policy decides. */
function noteSecondUse(turn: Turn, controls: Turn['controls'], frame: Frame, self: Hex): void {
  for (const [id, { inner }] of controls) {
    if (id === frame.id || inner.seq !== frame.seq || hex(inner.author) !== frame.author) continue;
    turn.raise({
      type: 'duplicate-device',
      author: frame.author,
      seq: frame.seq,
      self: frame.author === self,
    });
  }
}

/** What a verified frame tells besides what it says: that others exist, what its author has, what time it is there. */
function learn(context: Context, turn: Turn, frame: Frame): void {
  const { author } = frame;
  const now = context.ports.clock.now();
  const claims = mergeClaims(turn.head.claims, claimsIn(frame));
  const clock = observe(turn.head.clock, frame.clock, now);
  const reach =
    author === context.self.id
      ? turn.head.reach
      : mergeReach(turn.head.reach, author, reachIn(frame), frame.kind === 'heads');
  turn.setHead({ claims, clock, reach });
  const others = frame.kind === 'heads' ? decodeHeads(frame.content)?.others : undefined;
  if (others && others.size > 0)
    turn.others = new Map(turn.others).set(author, new Map([...(turn.others.get(author) ?? []), ...others]));
}

function refuseForged(turn: Turn, frame: Frame, unreadable: Set<Hex>, tally: Tally): void {
  tally.refused++;
  remember(unreadable, frame.id);
  turn.place(frame, 'nowhere');
  turn.raise({ type: 'frame-refused', reason: 'signature', frame: frame.id });
}

function keepStranger(turn: Turn, stranger: OpenedFrame): void {
  const { frame } = stranger;
  let bytes = frame.bytes.length;
  for (const other of turn.strangers.values()) bytes += other.frame.bytes.length;
  if (turn.strangers.size < MAX_STRANGERS && bytes <= MAX_STRANGER_BYTES) {
    turn.strangers.set(frame.id, stranger);
    turn.place(frame, 'park');
    return;
  }
  turn.place(frame, 'nowhere');
  turn.setHead({ dropped: true });
  turn.raise({ type: 'frame-refused', reason: 'quota', frame: frame.id });
}

/** Ids not worth another look this session; forgotten when there are too many, since anybody can make them. */
function remember(unreadable: Set<Hex>, id: Hex): void {
  if (unreadable.size >= 10_000) unreadable.clear();
  unreadable.add(id);
}
