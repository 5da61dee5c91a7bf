/**
 * Snapshots on their way to being the base of the lanes (C09). Whoever holds the frames that a snapshot covers makes every
 * lane from them and compares. A snapshot that does not fit is refused, reported, and the covered frames are published
 * again. A device that holds none of the frames takes the word of the owner who signed; should covered frames turn up that
 * the snapshot left out, it asks for the whole history and judges again.
 *
 * What is covered is let go once the relay has a frame of this device that names the snapshot (rule 29), so that it goes
 * on counting whatever becomes of the device that made it.
 */
import { equal } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { isCovered, openNames, readBase } from './base.ts';
import { countedWords } from './count.ts';
import { readFrames, type Context } from './context.ts';
import { RecordDocument, type Schema } from './document/document.ts';
import type { Frame } from './frames.ts';
import { shortOf, type Lane } from './lane.ts';
import { inspect } from './gate.ts';
import type { Members } from './members.ts';
import { holds, takeAll, type LaneHead, type LaneHeads, type LaneId, type Log } from './log.ts';
import { readLog, recount } from './recount.ts';
import { decodeSnapshot, partOf, readSnapshot, type FoldedLane, type Snapshot } from './snapshot.ts';
import type { Origin } from './state.ts';
import { takeStatements } from './statements.ts';
import type { Transaction } from './transaction.ts';

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

/** Judges every snapshot not judged yet, the farthest first. */
export async function judgeSnapshots(
  context: Context,
  transaction: Transaction,
  fresh: readonly Frame[],
  circumstances: Circumstances,
): Promise<void> {
  const ids = new Set([
    ...transaction.head.undecided,
    ...fresh.filter(({ kind }) => kind === 'snapshot').map(({ id }) => id),
  ]);
  if (ids.size === 0) return;
  const frames = await readSnapshotFrames(context, transaction, ids);
  for (const candidate of assemble(frames)) {
    // Who may not fold is asked first: nobody else has anything inflated here.
    if (candidate.parts.some(({ id }) => circumstances.unsent.has(id))) continue;
    if (!(await mayFold(context, transaction, candidate.parts))) continue;
    const snapshot = await readCandidate(context, transaction, candidate);
    if (snapshot === 'not-now') continue;
    const verdict = await judge(context, transaction, candidate, snapshot, circumstances);
    if (verdict === 'wait') continue;
    for (const { id } of candidate.parts) ids.delete(id);
    if (verdict === 'refused' || !snapshot) {
      await refuse(context, transaction, candidate, snapshot);
      continue;
    }
    const isNews = await learnFrom(context, transaction, snapshot);
    if (verdict !== 'ignored') await adopt(context, transaction, candidate, snapshot, verdict === 'verified');
    if (verdict === 'trusted' || isNews) await recount(context, transaction);
  }
  transaction.setHead({
    undecided: [...ids].filter((id) => transaction.isHeld(id) || transaction.waiting.has(id)),
  });
}

/**
 * What it carries of chains and controls, whatever its lanes add: the frames that carried it may be erased by now, and what a
 * relay keeps back besides is known all the same (rule 20).
 */
async function learnFrom(context: Context, transaction: Transaction, snapshot: Snapshot): Promise<boolean> {
  const { controls, carried } = transaction;
  await takeStatements(context, transaction, snapshot);
  return transaction.controls !== controls || transaction.carried !== carried;
}

/**
 * Null when it is malformed. Where lanes are by authors whose joining or linking the relay has kept back, the snapshot itself
 * brings it: that is learnt first, and its maker not accused of what the relay did. Whom not even that introduces nobody
 * can have folded.
 */
async function readCandidate(
  context: Context,
  transaction: Transaction,
  { parts }: Candidate,
): Promise<Snapshot | null | 'not-now'> {
  const contents = parts.map(({ content }) => content);
  const reading = await readSnapshot(contents, transaction.members);
  if (!reading || reading.strangers.length === 0) return reading && reading.snapshot;
  await takeStatements(context, transaction, reading.snapshot);
  await recount(context, transaction);
  // By what is known now its maker may be out.
  return (await mayFold(context, transaction, parts))
    ? decodeSnapshot(contents, transaction.members)
    : 'not-now';
}

/**
 * Who holds nothing takes the owner's word. Else what is held of every lane is compared, and only what goes on from it, or
 * stands beside it, is taken on that word, once the relay has nothing more to show.
 */
async function judge(
  context: Context,
  transaction: Transaction,
  { parts }: Candidate,
  snapshot: Snapshot | null,
  { upToDate }: Circumstances,
): Promise<Verdict> {
  if (!snapshot || !follows(parts[0]!, snapshot)) return 'refused';
  const folded = transaction.head.base?.lanes ?? new Map<LaneId, LaneHead>();
  if ([...snapshot.lanes.values()].every(({ head }) => isCovered(head, folded, transaction.document)))
    return 'ignored';
  if (transaction.head.lanes.size === 0) return snapshot.lanes.size === 0 ? 'verified' : 'trusted';
  const verdicts = await compareLanes(context, transaction, snapshot);
  if (verdicts.has('different')) return 'refused';
  if (!verdicts.has('ahead') && !verdicts.has('invented'))
    return (await namesAsItsWords(context, transaction, snapshot)) ? 'verified' : 'refused';
  if (upToDate) {
    // A disk put back does not know them either: to refuse them would part it from all others. The person is told.
    if (verdicts.has('invented'))
      transaction.raise({ type: 'duplicate-device', author: context.self.id, self: true });
    return 'trusted';
  }
  transaction.setHead({ wantsHistory: true });
  return 'wait';
}

/**
 * Made by a device that stands, or taken in by one that does; asked of all frames here, since a newcomer has none of the words
 * before it. What is late is not looked at before somebody takes it in.
 */
async function mayFold(
  context: Context,
  transaction: Transaction,
  parts: readonly Frame[],
): Promise<boolean> {
  const { members, head, document } = transaction;
  if (parts.some(({ id }) => transaction.late.has(id))) return false;
  if (parts.every((part) => members.stands(part.author) || holds(part, head.lanes, document))) return true;
  const held = (await readLog(context, transaction)).values();
  const counted = countedWords(held, (device) => members.stands(device), members.anchors);
  return parts.every(({ saying }) => counted.has(saying));
}

/** Whether it says of the words it covers what they name besides, neither less nor more. */
async function namesAsItsWords(
  context: Context,
  transaction: Transaction,
  { lanes, names }: Snapshot,
): Promise<boolean> {
  const before = await readBase(context, transaction);
  const made = openNames((await readLog(context, transaction)).values(), before.names, lanes);
  const said = new Set(names.map(({ saying }) => saying));
  return made.length === said.size && made.every(({ saying }) => said.has(saying));
}

/** Whether the snapshot's own lane goes on from where the snapshot says it stood. */
function follows({ author, before, seq }: Frame, { lanes }: Snapshot): boolean {
  const own = [...lanes.values()].map(({ head }) => head).filter((head) => head.author === author);
  if (seq === 1) return own.length === 0;
  return own.some((head) => head.seq === seq - 1 && head.saying === before[0]);
}

/** `ahead`: as far as it is held it is the same. `invented`: words of this very device, which does not know them. */
type Comparison = 'same' | 'different' | 'ahead' | 'invented';

async function compareLanes(
  context: Context,
  transaction: Transaction,
  { lanes }: Snapshot,
): Promise<Set<Comparison>> {
  const { missing, lanes: heads } = transaction.head;
  const verdicts = new Set<Comparison>();
  let log: ReadonlyMap<Hex, Frame> | null = null;
  for (const one of lanes.values()) {
    const { head } = one;
    const verdict = comparePrefix(one, lanes, heads, transaction.document);
    // What this device said it knows itself, unless its disk has lost it and says so.
    if (verdict === 'ahead' && head.author === context.self.id && !missing) verdicts.add('invented');
    else if (verdict !== 'same' || isHead(transaction, one)) verdicts.add(verdict);
    else {
      log ??= bySaying(await readLog(context, transaction));
      verdicts.add(await compareFrames(context, transaction, one, lanes, log));
    }
  }
  return verdicts;
}

type Folded = ReadonlyMap<LaneId, FoldedLane>;

/** Every lane of its author as far as it and this one began with the same frames. */
function comparePrefix(
  { head, lane }: FoldedLane,
  lanes: Folded,
  heads: LaneHeads,
  document: RecordDocument,
): Comparison {
  let held = 0;
  for (const [id, { author }] of heads) {
    const own = author === head.author ? document.lanes.get(id) : undefined;
    const shared = own ? lane.sharedWith(own) : 0;
    if (own && !isAsIn(lane, own, shared, lanes)) return 'different';
    held = Math.max(held, shared);
  }
  return held === lane.frames ? 'same' : 'ahead';
}

/** Of two branches of one device either may lack what the other one replaced. */
function isAsIn(lane: Lane, own: Lane, frames: number, lanes: Folded): boolean {
  const branches = [...lanes.values()].flatMap((other) =>
    other.lane !== lane && other.lane.client === lane.client
      ? [{ branch: other.lane, end: lane.frame(lane.sharedWith(other.lane) - 1)?.clock ?? 0 }]
      : [],
  );
  return lane.agrees(own, frames, (clock) =>
    branches.some(({ branch, end }) => clock < end && branch.replaces(clock)),
  );
}

/** Whether it is a lane held that ends there and is the same to the byte. */
function isHead({ head: { lanes }, document }: Transaction, { head, lane }: FoldedLane): boolean {
  const own = [...lanes].find(([, { author, saying }]) => author === head.author && saying === head.saying);
  return own !== undefined && isSameLane(document.lanes.get(own[0])!, lane);
}

function isSameLane(a: Lane, b: Lane): boolean {
  return equal(a.encode(), b.encode());
}

/** Makes the lane from the frames on the way to its head, as far as they are here: so what was replaced since is compared too. */
async function compareFrames(
  context: Context,
  transaction: Transaction,
  { head, lane }: FoldedLane,
  lanes: Folded,
  log: ReadonlyMap<Hex, Frame>,
): Promise<Comparison> {
  const base = await readBase(context, transaction);
  const way: Frame[] = [];
  const document = new RecordDocument(context.schema);
  const start = [...base.heads].filter(([, folded]) => folded.author === head.author);
  const isStart = (saying: Hex) => start.some(([, folded]) => folded.saying === saying);
  let next: Hex | undefined = head.saying;
  while (next !== undefined && !isStart(next)) {
    const frame = log.get(next);
    if (!frame) return 'same'; // it is within what is folded here: nothing that stands differs
    way.push(frame);
    next = frame.before[0];
  }
  const from = start.filter(([, { saying }]) => saying === next);
  for (const [id] of from) document.putLane(id, base.lanes.get(id)!);
  const alone = way.map((frame) => ({ ...frame, before: frame.before.slice(0, 1) }));
  const made = takeAll(context, alone, new Map(from), document, transaction.members);
  const [id] = [...made.heads].find(([, { saying }]) => saying === head.saying) ?? [];
  const own = id === undefined ? undefined : document.lanes.get(id);
  if (!own) return 'same';
  if (isSameLane(own, lane)) return 'same';
  return own.frames === lane.frames && isAsIn(lane, own, lane.frames, lanes) ? 'same' : 'different';
}

function bySaying(frames: ReadonlyMap<Hex, Frame>): ReadonlyMap<Hex, Frame> {
  return new Map([...frames.values()].map((frame) => [frame.saying, frame]));
}

async function adopt(
  context: Context,
  transaction: Transaction,
  { author, parts }: Candidate,
  snapshot: Snapshot,
  verified: boolean,
): Promise<void> {
  const { base: before } = transaction.head;
  const origin = { author, parts: parts.map(({ id }) => id) };
  const lanes = new Map([...snapshot.lanes].map(([id, { head }]) => [id, head]));
  const made = { lanes: new Map([...snapshot.lanes].map(([id, { lane }]) => [id, lane])) };
  const left = [...(before?.lanes.values() ?? [])].filter((head) => !isCovered(head, lanes, made));
  const replaces = left.length === 0;
  const snapshots = replaces ? [origin] : [...(before?.snapshots ?? []), origin];
  const kept = new Map([...lanes, ...left.map((head) => [`${head.author} ${head.saying}`, head] as const)]);
  transaction.setHead({
    base: {
      snapshots,
      verified: verified && (replaces || before?.verified === true),
      namedBy: null,
      hasLetGo: false,
      lanes: kept,
    },
    wantsHistory: false,
  });
  if (verified) return;
  for (const frame of parts) {
    transaction.waiting.delete(frame.id);
    transaction.entered.set(frame.id, frame);
    transaction.place(frame, 'frame');
  }
}

/**
 * Covered frames that came all the same. A base that is not verified is judged again once the whole history is there, where
 * one says something else than the base, or stands beside it: there a lie cannot be told from a second branch.
 * @returns the frames that are not covered
 */
export async function reconsiderBase(
  context: Context,
  transaction: Transaction,
  fresh: readonly Frame[],
  { upToDate }: Circumstances,
): Promise<readonly Frame[]> {
  const { base } = transaction.head;
  if (!base) return fresh;
  const covered = fresh.filter((frame) => isCovered(frame, base.lanes, transaction.document));
  const current = fresh.filter((frame) => !covered.includes(frame));
  if (base.verified) {
    for (const frame of covered) transaction.place(frame, 'nowhere');
    return current;
  }
  for (const frame of covered) {
    transaction.entered.set(frame.id, frame);
    transaction.place(frame, 'frame');
  }
  const isLie = !covered.every((frame) => isTold(context, transaction, frame));
  // Of several the whole history tells which one it is.
  if (isLie && base.snapshots.length === 1)
    for (const { author, parts } of base.snapshots)
      transaction.raise({ type: 'snapshot-refused', author, frame: parts[0] ?? '' });
  if (isLie || current.some((frame) => isBeside(frame, base.lanes)))
    transaction.setHead({ wantsHistory: true });
  if (transaction.head.wantsHistory && upToDate) await judgeBase(context, transaction);
  return current;
}

/** Whether it has a number that its author is said to have used up. */
function isBeside({ author, seq }: Frame, lanes: LaneHeads): boolean {
  return [...lanes.values()].some((head) => head.author === author && seq <= head.seq);
}

/** Whether a covered frame is where the base says, and says what stands there. */
function isTold({ schema }: Context, { head, document }: Transaction, frame: Frame): boolean {
  const lanes = [...head.lanes].flatMap(([id, { author }]) =>
    author === frame.author ? [document.lanes.get(id)!] : [],
  );
  const has = (lane: Lane) => lane.frameAt(shortOf(frame.saying)) === frame.seq - 1;
  return lanes.some((lane) => has(lane) && !contradicts(lane, frame, schema));
}

/**
 * The whole history has come: what its frames say is compared with every snapshot of the base, in the part that they are
 * there of. One that says something else leaves the base; the others stay.
 */
async function judgeBase(context: Context, transaction: Transaction): Promise<void> {
  const { base } = transaction.head;
  transaction.setHead({ wantsHistory: false });
  if (!base) return;
  const log = await readLog(context, transaction);
  const document = new RecordDocument(context.schema);
  const made = takeAll(context, wordsOf(log), new Map(), document, transaction.members);
  const kept: Origin[] = [];
  const verdicts = new Set<Comparison>();
  for (const origin of base.snapshots) {
    const frames = origin.parts.flatMap((id) => log.get(id) ?? []);
    const snapshot = await decodeSnapshot(
      frames.map(({ content }) => content),
      transaction.members,
    );
    const verdict = snapshot ? judgeOrigin(context, snapshot, made, document) : 'ahead';
    verdicts.add(verdict);
    if (verdict === 'different')
      await refuse(context, transaction, { author: origin.author, parts: frames }, snapshot);
    else kept.push(origin);
  }
  if (kept.length === base.snapshots.length) {
    transaction.setHead({ base: { ...base, verified: !verdicts.has('ahead') } });
    return;
  }
  const verified = !verdicts.has('ahead');
  transaction.setHead({ base: kept.length === 0 ? null : { ...base, verified, snapshots: kept } });
  if (kept.length > 0) transaction.setHead({ base: (await readBase(context, transaction)).kept });
  await recount(context, transaction);
}

function judgeOrigin(
  { schema }: Context,
  { lanes }: Snapshot,
  { heads, waiting }: Log,
  document: RecordDocument,
): Comparison {
  const all = [...lanes.values()];
  const verdicts = new Set(all.map((one) => comparePrefix(one, lanes, heads, document)));
  // What comes after a word that is not there is in no lane, and says what it says all the same.
  const isContradicted = waiting.some((frame) =>
    all.some(({ head, lane }) => head.author === frame.author && contradicts(lane, frame, schema)),
  );
  if (verdicts.has('different') || isContradicted) return 'different';
  return verdicts.has('ahead') ? 'ahead' : 'same';
}

function wordsOf(log: ReadonlyMap<Hex, Frame>): readonly Frame[] {
  return [...log.values()].filter(({ kind }) => kind !== 'control');
}

/** Whether the lane has the frame, and has it say something else. */
function contradicts(lane: Lane, { kind, content, saying, seq, clock }: Frame, schema: Schema): boolean {
  const there = lane.frame(seq - 1);
  if (!there || lane.frameAt(shortOf(saying)) !== seq - 1) return false;
  if (there.time !== clock.time || there.counter !== clock.counter) return true;
  if (kind === 'update' && lane.says(content, seq - 1)) return false;
  const setsNothing = there.clock === (lane.frame(seq - 2)?.clock ?? 0);
  return !setsNothing || (kind === 'update' && inspect(content, lane.cut(seq - 1), schema) === 'good');
}

async function refuse(
  context: Context,
  transaction: Transaction,
  { author, parts }: Candidate,
  snapshot: Snapshot | null,
): Promise<void> {
  transaction.raise({ type: 'snapshot-refused', author, frame: parts[0]?.id ?? '' });
  if (!snapshot) return;
  const heads = new Map([...snapshot.lanes].map(([id, { head }]) => [id, head]));
  const covered = [...(await readLog(context, transaction)).values()].filter((frame) =>
    isBeside(frame, heads),
  );
  for (const frame of covered.sort((a, b) => a.seq - b.seq)) transaction.send(frame, 'again');
}

async function readSnapshotFrames(
  context: Context,
  transaction: Transaction,
  ids: ReadonlySet<Hex>,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  const onDisk: [Hex, readonly string[]][] = [];
  for (const id of ids) {
    const frame = transaction.waiting.get(id) ?? transaction.entered.get(id);
    const key = transaction.keyOf(id);
    if (frame) frames.push(frame);
    else if (key) onDisk.push([id, key]);
  }
  const { opened } = await readFrames(context, onDisk);
  return [...frames, ...opened.map(({ frame }) => frame)].filter(({ kind }) => kind === 'snapshot');
}

/** What the snapshots say that are not judged yet, or do not count. */
export async function readUndecided(context: Context, transaction: Transaction): Promise<Snapshot[]> {
  const frames = await readSnapshotFrames(context, transaction, new Set(transaction.head.undecided));
  return (await openFew(frames, transaction.members)).map(({ snapshot }) => snapshot);
}

const MAX_OPENED = 4;

/**
 * Of each author the farthest snapshot, and few in all, one after the other: a device that is out cannot have others inflate
 * what it likes.
 */
export async function openFew(
  frames: readonly Frame[],
  members: Members,
): Promise<{ readonly last: Frame; readonly snapshot: Snapshot }[]> {
  const asked = new Set<Hex>();
  const opened: { readonly last: Frame; readonly snapshot: Snapshot }[] = [];
  for (const { author, parts } of assemble(frames)) {
    if (asked.has(author) || asked.size >= MAX_OPENED) continue;
    asked.add(author);
    const contents = parts.map(({ content }) => content);
    const snapshot = await decodeSnapshot(contents, members);
    if (snapshot) opened.push({ last: parts.at(-1)!, snapshot });
  }
  return opened;
}

/** The complete snapshots among these frames, the farthest first. */
export function assemble(frames: readonly Frame[]): Candidate[] {
  const after = new Map(frames.map((frame) => [`${frame.author} ${frame.before[0] ?? ''}`, frame]));
  const candidates: Candidate[] = [];
  for (const first of frames) {
    const place = partOf(first.content);
    if (place?.part !== 0) continue;
    const parts = [first];
    for (let next = first; parts.length < place.parts; parts.push(next)) {
      const following = after.get(`${next.author} ${next.saying}`);
      const at = following && partOf(following.content);
      if (!following || at?.part !== parts.length || at.parts !== place.parts) break;
      next = following;
    }
    if (parts.length === place.parts) candidates.push({ author: first.author, parts });
  }
  return candidates.sort((a, b) => b.parts[0]!.seq - a.parts[0]!.seq || (a.author < b.author ? -1 : 1));
}
