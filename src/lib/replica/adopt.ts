/**
 * Snapshots on their way to being the base of the log (C09). Whoever holds the frames that a snapshot covers makes the
 * state from them and compares, and only then lets the frames go. A snapshot that does not fit is refused, reported, and
 * the covered frames are published again. A device that holds none of the frames takes the word of the owner who
 * signed; should covered frames turn up that the snapshot left out, it asks for the whole history and judges again.
 *
 * Of two snapshots made apart each may cover what the other does not, and the relay may have erased both: then both are
 * the base, until a later one covers what both do.
 */
import { equal, fromHex } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { chainsOf, counts, isWhole, readBase } from './base.ts';
import { holdsUpdates } from './comparison.ts';
import { readFrames, type Context } from './context.ts';
import { RecordDocument } from './document.ts';
import type { Frame } from './frames.ts';
import { enter, settle, type Tally } from './intake.ts';
import { admit, CHAIN_START, farthest, type Chain, type Chains } from './log.ts';
import { appendLeaf, type Peaks } from './merkle.ts';
import { bySaying, readLog } from './rebuild.ts';
import { decodeSnapshot, partOf, type CoveredChain, type OpenedSnapshot, type Snapshot } from './snapshot.ts';
import type { Turn } from './turn.ts';

export interface Circumstances {
  /** The relay has nothing more to show. */
  readonly upToDate: boolean;
  /** Frames the relay has not acknowledged. */
  readonly unsent: ReadonlySet<Hex>;
}

interface Candidate {
  readonly author: Hex;
  readonly parts: readonly Frame[];
}

type Verdict = 'verified' | 'trusted' | 'refused' | 'wait' | 'ignored';

/** Judges every snapshot not judged yet. True when the log must be built anew because of it. */
export async function judgeSnapshots(
  context: Context,
  turn: Turn,
  fresh: readonly Frame[],
  circumstances: Circumstances,
  tally: Tally,
): Promise<boolean> {
  const ids = new Set([
    ...turn.head.undecided,
    ...fresh.filter(({ kind }) => kind === 'snapshot').map(({ id }) => id),
  ]);
  if (ids.size === 0) return false;
  const frames = await readSnapshotFrames(context, turn, ids);
  let conflict = false;
  for (const candidate of assemble(frames)) {
    const snapshot = await decodeSnapshot(
      candidate.parts.map(({ content }) => content),
      turn.members,
      context.schema,
    );
    const log = await readLog(context, turn);
    const verdict = await judge(context, turn, candidate, snapshot, log, circumstances);
    if (verdict === 'wait') continue;
    for (const { id } of candidate.parts) ids.delete(id);
    if (verdict === 'refused') refuse(turn, candidate, snapshot, log);
    else if (verdict !== 'ignored' && snapshot) {
      conflict = adopt(context, turn, candidate, snapshot, verdict === 'verified', log) || conflict;
      settle(context.self.id, turn, admit(turn.waiting.values(), turn, turn.head.chains), tally);
    }
  }
  turn.setHead({ undecided: [...ids].filter((id) => turn.isHeld(id) || turn.waiting.has(id)) });
  return conflict;
}

/** Covered frames that came all the same. True when the base is disproved and the log must be built anew. */
export async function reconsiderBase(
  context: Context,
  turn: Turn,
  covered: readonly Frame[],
  document: RecordDocument,
  circumstances: Circumstances,
): Promise<boolean> {
  const { base } = turn.head;
  if (!base) return false;
  if (base.verified) {
    for (const frame of covered) turn.place(frame, 'nowhere');
    return false;
  }
  for (const frame of covered) enter(turn, frame);
  const updates = covered.filter(({ kind }) => kind === 'update').map(({ content }) => content);
  if (updates.length > 0 && !holdsUpdates(document.state(), updates)) {
    for (const { author, parts } of base.snapshots)
      turn.raise({ type: 'snapshot-refused', author, frame: parts[0] ?? '' });
    turn.setHead({ wantsHistory: true });
  }
  if (!turn.head.wantsHistory || !circumstances.upToDate) return false;
  turn.setHead({ wantsHistory: false });
  return isDisproved(context, turn);
}

/** Whether the frames that have come since make something else than the base. */
async function isDisproved(context: Context, turn: Turn): Promise<boolean> {
  const { base } = turn.head;
  const [origin, ...others] = base?.snapshots ?? [];
  const { states, frontier } = await readBase(context, turn);
  if (!base || !origin || others.length > 0 || !states[0]) return false;
  const snapshot: Snapshot = { frontier, state: states[0] };
  const log = await readLog(context, turn);
  turn.setHead({ base: null });
  const rebuilt = await rebuildTo(context, turn, snapshot, log);
  if (rebuilt === 'different') {
    refuse(
      turn,
      { author: origin.author, parts: origin.parts.flatMap((id) => log.get(id) ?? []) },
      snapshot,
      log,
    );
    return true;
  }
  turn.setHead({ base: { ...base, verified: rebuilt === 'same' } });
  if (rebuilt === 'same') letGo(context, turn, base.chains, log);
  return false;
}

async function judge(
  context: Context,
  turn: Turn,
  { parts }: Candidate,
  snapshot: Snapshot | null,
  log: ReadonlyMap<Hex, Frame>,
  { upToDate, unsent }: Circumstances,
): Promise<Verdict> {
  if (parts.some(({ id }) => unsent.has(id)) || !parts.every((part) => counts(turn, part))) return 'wait';
  if (!snapshot || !follows(parts[0]!, snapshot)) return 'refused';
  if (isWithin(snapshot.frontier, turn.head.base?.chains ?? new Map())) return 'ignored';
  const rebuilt = await rebuildTo(context, turn, snapshot, log);
  if (rebuilt === 'same') return 'verified';
  if (rebuilt === 'different') return 'refused';
  const said = bySaying(log);
  const held = [...turn.head.chains.values()].flatMap((chain) => heldUpTo(chain, said));
  const known = held.filter((frame) => isCovered(frame, snapshot.frontier) && frame.kind === 'update');
  const isContained = holdsUpdates(
    snapshot.state,
    known.map(({ content }) => content),
  );
  if (!isContained || contradicts(snapshot, turn, said)) return 'refused';
  if (turn.head.chains.size === 0 || upToDate) return 'trusted';
  turn.setHead({ wantsHistory: true });
  return 'wait';
}

/** Whether a chain that we have as far as the snapshot goes is another one there. */
function contradicts({ frontier }: Snapshot, turn: Turn, said: ReadonlyMap<Hex, Frame>): boolean {
  return [...frontier].some(([author, end]) => {
    const own = turn.head.chains.get(author) ?? CHAIN_START;
    return own.seq >= end.seq && wayFrom(own, end, said) === 'different';
  });
}

/** Whether the snapshot's own chain goes on from where the snapshot says it stood. */
function follows(first: Frame, { frontier }: Snapshot): boolean {
  const { seq, id } = frontier.get(first.author) ?? CHAIN_START;
  return first.seq === seq + 1 && first.before === id;
}

/** Whether every one of these chains goes no farther than those. */
function isWithin(chains: Chains, those: Chains): boolean {
  return [...chains].every(([author, { seq }]) => seq <= (those.get(author)?.seq ?? 0));
}

/** Makes the state from the frames on the way to the frontier and compares everything the snapshot says. */
async function rebuildTo(
  context: Context,
  turn: Turn,
  { frontier, state }: Snapshot,
  log: ReadonlyMap<Hex, Frame>,
): Promise<'same' | 'different' | 'incomplete'> {
  const base = await readBase(context, turn);
  const start = chainsOf(base.frontier);
  // What a snapshot made apart leaves out of our base cannot be taken out of the state again.
  if (!isWhole(base, turn.head.base) || !isWithin(start, frontier)) return 'incomplete';
  const said = bySaying(log);
  const frames: Frame[] = [];
  for (const [author, chain] of frontier) {
    const covered = base.frontier.get(author);
    const way = wayFrom(chain, start.get(author) ?? CHAIN_START, said);
    if (typeof way === 'string') return way;
    if (!hasPeaks(chain, covered, way)) return 'different';
    frames.push(...way);
  }
  // What a frame was written by is not there yet: whether it counts cannot be told.
  if (frames.some(({ rules }) => rules.some((rule) => !turn.controls.has(rule.id)))) return 'incomplete';
  const { chains, admitted } = admit(frames, turn, start);
  for (const [author, { seq, id, clock }] of frontier) {
    const made = chains.get(author);
    if (made?.seq !== seq || made.id !== id || made.clock !== clock) return 'different';
  }
  const document = new RecordDocument(context.schema);
  const updates = admitted.filter(({ kind }) => kind === 'update').map(({ content }) => content);
  document.add(base.states);
  if (!document.apply(updates)) return 'incomplete';
  return equal(document.state(), state) ? 'same' : 'different';
}

/** The frames from `start` to `end`, in order. */
function wayFrom(
  end: Chain,
  start: Chain,
  said: ReadonlyMap<Hex, Frame>,
): Frame[] | 'incomplete' | 'different' {
  const way: Frame[] = [];
  let { id } = end;
  for (let seq = end.seq; seq > start.seq; seq--) {
    const frame = said.get(id);
    if (!frame) return 'incomplete';
    if (frame.seq !== seq) return 'different';
    way.push(frame);
    id = frame.before;
  }
  return id === start.id ? way.reverse() : 'different';
}

function hasPeaks(chain: CoveredChain, base: CoveredChain | undefined, way: readonly Frame[]): boolean {
  const peaks = peaksAfter(base, way);
  return (
    peaks.length === chain.peaks.length && peaks.every((peak, i) => peak.join() === chain.peaks[i]?.join())
  );
}

/** The Merkle peaks of a chain that went on by these frames. */
export function peaksAfter(base: CoveredChain | undefined, way: readonly Frame[]): Peaks {
  let peaks: Peaks = base?.peaks ?? [];
  let count = base?.seq ?? 0;
  for (const { saying } of way) peaks = appendLeaf(peaks, count++, fromHex(saying));
  return peaks;
}

/** The peaks of every chain as it stands; null when a frame on the way is not held. */
export async function coverAll(context: Context, turn: Turn): Promise<Map<Hex, CoveredChain> | null> {
  const base = await readBase(context, turn);
  if (!isWhole(base, turn.head.base)) return null;
  const said = bySaying(await readLog(context, turn));
  const frontier = new Map<Hex, CoveredChain>();
  for (const [author, chain] of turn.head.chains) {
    const way = wayFrom(chain, base.frontier.get(author) ?? CHAIN_START, said);
    if (typeof way === 'string') return null;
    frontier.set(author, { ...chain, peaks: peaksAfter(base.frontier.get(author), way) });
  }
  return frontier;
}

function isCovered({ author, seq }: Frame, chains: Chains): boolean {
  return seq <= (chains.get(author)?.seq ?? 0);
}

/** The end of a chain, as far back as its frames are held. */
function heldUpTo(chain: Chain, said: ReadonlyMap<Hex, Frame>): Frame[] {
  const held: Frame[] = [];
  for (let frame = said.get(chain.id); frame; frame = said.get(frame.before)) held.push(frame);
  return held;
}

function adopt(
  context: Context,
  turn: Turn,
  { author, parts }: Candidate,
  snapshot: OpenedSnapshot,
  verified: boolean,
  log: ReadonlyMap<Hex, Frame>,
): boolean {
  const { base: before } = turn.head;
  const { frontier } = snapshot;
  const replaces = !before || isWithin(before.chains, frontier);
  const covered = replaces ? chainsOf(frontier) : farthest(before.chains, chainsOf(frontier));
  const said = bySaying(log);
  const conflict =
    verified &&
    [...turn.head.chains].some(([each, own]) => {
      const end = covered.get(each);
      return end !== undefined && own.seq >= end.seq && typeof wayFrom(own, end, said) === 'string';
    });
  const origin = { author, parts: parts.map(({ id }) => id) };
  const snapshots = replaces ? [origin] : [...before.snapshots, origin];
  turn.setHead({
    base: { snapshots, verified: verified && replaces, chains: covered },
    chains: farthest(turn.head.chains, covered),
    wantsHistory: false,
  });
  if (verified) letGo(context, turn, covered, log);
  else {
    turn.adopted.push(snapshot);
    for (const frame of log.values()) if (isCovered(frame, covered)) enter(turn, frame);
  }
  return conflict;
}

/** Covered frames leave the disk; an owner notes them, to propose their deletion to the relay. */
function letGo({ self }: Context, turn: Turn, covered: Chains, log: ReadonlyMap<Hex, Frame>): void {
  const owns = turn.members.admits({ device: self.id, seq: Infinity, id: '', kind: 'delete' });
  for (const frame of log.values()) {
    if (!isCovered(frame, covered)) continue;
    turn.waiting.delete(frame.id);
    turn.refused.delete(frame.id);
    turn.entered.delete(frame.id);
    turn.place(frame, 'nowhere');
    if (owns)
      turn.changes.push({
        type: 'put',
        key: turn.layout.doom(frame.topic, frame.id),
        value: new Uint8Array(0),
      });
  }
}

function refuse(
  turn: Turn,
  { author, parts }: Candidate,
  snapshot: Snapshot | null,
  log: ReadonlyMap<Hex, Frame>,
): void {
  turn.raise({ type: 'snapshot-refused', author, frame: parts[0]?.id ?? '' });
  const covered = [...log.values()].filter((frame) => snapshot && isCovered(frame, snapshot.frontier));
  for (const frame of covered.sort((a, b) => a.seq - b.seq)) turn.send(frame, 'again');
}

async function readSnapshotFrames(context: Context, turn: Turn, ids: ReadonlySet<Hex>): Promise<Frame[]> {
  const frames: Frame[] = [];
  const onDisk: [Hex, readonly string[]][] = [];
  for (const id of ids) {
    const frame = turn.waiting.get(id) ?? turn.entered.get(id);
    const key = turn.keyOf(id);
    if (frame) frames.push(frame);
    else if (key) onDisk.push([id, key]);
  }
  const { opened } = await readFrames(context, onDisk);
  return [...frames, ...opened.map(({ frame }) => frame)].filter(({ kind }) => kind === 'snapshot');
}

/** The complete snapshots among these frames, the farthest first. */
function assemble(frames: readonly Frame[]): Candidate[] {
  const byPlace = new Map(frames.map((frame) => [`${frame.author} ${frame.seq} ${frame.before}`, frame]));
  const candidates: Candidate[] = [];
  for (const first of frames) {
    const place = partOf(first.content);
    if (place?.part !== 0) continue;
    const parts = [first];
    for (let next = first; parts.length < place.parts; parts.push(next)) {
      const following = byPlace.get(`${next.author} ${next.seq + 1} ${next.saying}`);
      const at = following && partOf(following.content);
      if (!following || at?.part !== parts.length || at.parts !== place.parts) break;
      next = following;
    }
    if (parts.length === place.parts) candidates.push({ author: first.author, parts });
  }
  return candidates.sort((a, b) => b.parts[0]!.seq - a.parts[0]!.seq || (a.author < b.author ? -1 : 1));
}
