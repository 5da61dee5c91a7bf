/**
 * Admission: which frames count, and in which order. One pure function of a set of verified frames and of who may do
 * what; the order in which frames arrived leaves no trace.
 *
 * A data frame counts iff
 *   1. its author may say it (and it does not lie beyond the author's pin),
 *   2. the frame before it in its author's chain counts,
 *   3. what it names as dependencies counts, and the control frames it names are there,
 *   4. the gate lets its update pass, and all the update builds on counts.
 * Where an author used a number for two sayings, one of them counts: the one on the way to the pin if there is one, else
 * the smaller; what follows the other one does not. A winner that still waits for something makes its author's chain
 * wait. Two frames with one saying are one ([Note: sayings] in bodies.ts).
 *
 * `start` is where the chains stand already: after a snapshot, or after an earlier call. Called again with its own
 * result and more frames it gives what it would have given at once, unless a frame arrives at or below the head of a
 * chain, or the members take back what counted: then the caller starts over (rebuild.ts).
 */
import type { FrameKind } from '#lib/crypto/frame.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { RefusalReason } from './events.ts';
import { ZERO_ID, type Frame } from './frames.ts';
import { inspectUpdate, type Passed } from './gate.ts';
import type { Author, Members } from './members.ts';

/** How far an author's chain has been taken; `clock`: how many values it has set. */
export interface Chain {
  readonly seq: number;
  /** The saying it ends with. */
  readonly id: Hex;
  /** A frame that says it; the saying itself where none is known. */
  readonly frame: Hex;
  readonly clock: number;
}

export type Chains = ReadonlyMap<Hex, Chain>;

/** Who may do what, and the control frames that say so. */
export interface Rule {
  readonly members: Members;
  readonly controls: ReadonlyMap<Hex, unknown>;
}

export interface Refused {
  readonly frame: Frame;
  readonly reason: RefusalReason;
}

export interface Admission {
  /** What counts anew, each after all it builds on. */
  readonly admitted: readonly Frame[];
  readonly chains: Map<Hex, Chain>;
  /** What does not count (yet), and is not refused. */
  readonly waiting: readonly Frame[];
  /** What will never count, whatever comes. */
  readonly refused: readonly Refused[];
  /** Numbers that an author used twice. */
  readonly duplicates: readonly { readonly author: Hex; readonly seq: number }[];
}

export const CHAIN_START: Chain = { seq: 0, id: ZERO_ID, frame: ZERO_ID, clock: 0 };

export function admit(frames: Iterable<Frame>, rule: Rule, start: Chains): Admission {
  const { members } = rule;
  const lanes = sortIntoLanes(frames, members);
  const chains = new Map(start);
  const clocks = clocksOf(start, members);
  const admitted: Frame[] = [];
  const refused: Refused[] = [];
  let progress = true;
  while (progress) {
    progress = false;
    for (const lane of lanes) {
      for (let step = nextOf(lane, chains, clocks, rule); step; step = nextOf(lane, chains, clocks, rule)) {
        if (step.type === 'refused') {
          refused.push({ frame: step.frame, reason: step.reason });
          lane.drop(step.frame);
          continue;
        }
        chains.set(lane.author, step.chain);
        if (lane.rights.clientId !== undefined) clocks.set(lane.rights.clientId, step.chain.clock);
        admitted.push(step.frame);
        progress = true;
      }
    }
  }
  const counted = new Set(admitted);
  const waiting = lanes.flatMap((lane) => [...lane.frames()].filter((frame) => !counted.has(frame)));
  return { admitted, chains, waiting, refused, duplicates: lanes.flatMap((lane) => lane.duplicates()) };
}

/** Of each chain the longer; the first of two equal ones. */
export function farthest(chains: Chains, others: Chains): Map<Hex, Chain> {
  const longest = new Map(chains);
  for (const [author, chain] of others)
    if (chain.seq > (longest.get(author)?.seq ?? 0)) longest.set(author, chain);
  return longest;
}

/** Clock by Yjs client: what the document that these chains make has. */
export function clocksOf(chains: Chains, members: Members): Map<number, number> {
  const clocks = new Map<number, number>();
  for (const [author, { clock }] of chains) {
    const client = members.author(author)?.clientId;
    if (client !== undefined) clocks.set(client, clock);
  }
  return clocks;
}

/** Whether what an author's chain holds so far still counts, after the members changed. */
export function remains(device: Hex, chain: Chain, before: Members, after: Members): boolean {
  const [was, is] = [before.author(device), after.author(device)];
  if (!is || is.clientId !== was?.clientId) return false;
  const { pin } = is;
  const isPinned = pin && (was?.pin?.seq !== pin.seq || was.pin.id !== pin.id);
  if (isPinned && chain.seq >= pin.seq && chain.id !== pin.id) return false;
  const { seq, id } = chain;
  return DATA_KINDS.every((kind) => {
    const head = { device, seq, id, kind };
    return after.admits(head) || !before.admits(head);
  });
}

const DATA_KINDS: readonly FrameKind[] = ['update', 'snapshot', 'heads', 'delete'];

/** Why a frame whose chain has come up to it does not count; null when it waits for another frame. */
export function whyWaiting(frame: Frame, { members, controls }: Rule, chains: Chains): RefusalReason | null {
  const chain = chains.get(frame.author) ?? CHAIN_START;
  if (frame.seq !== chain.seq + 1 || frame.before !== chain.id || !hasGrounds(frame, chains, controls))
    return null;
  return mayCount(frame, members) ? 'dangling-update' : 'role';
}

/** The frames of one author. */
interface AuthorLane {
  readonly author: Hex;
  readonly rights: Author;
  at(seq: number): readonly Frame[];
  frames(): Iterable<Frame>;
  drop(frame: Frame): void;
  /** Whether the frame stands on the way to the author's pin. */
  leadsToPin(frame: Frame): boolean;
  duplicates(): { author: Hex; seq: number }[];
}

type Step =
  | { readonly type: 'admitted'; readonly frame: Frame; readonly chain: Chain }
  | { readonly type: 'refused'; readonly frame: Frame; readonly reason: RefusalReason };

function nextOf(
  lane: AuthorLane,
  chains: Chains,
  clocks: ReadonlyMap<number, number>,
  { members, controls }: Rule,
): Step | null {
  const chain = chains.get(lane.author) ?? CHAIN_START;
  const candidates = lane
    .at(chain.seq + 1)
    .filter((frame) => frame.before === chain.id && mayCount(frame, members));
  const frame = candidates.reduce<Frame | null>(
    (best, each) => (best && precedes(best, each, lane) ? best : each),
    null,
  );
  if (!frame) return null;
  const next = { seq: frame.seq, id: frame.saying, frame: frame.id, clock: chain.clock };
  if (frame.kind !== 'update')
    return hasGrounds(frame, chains, controls) ? { type: 'admitted', frame, chain: next } : null;
  const passed = passGate(frame, lane.rights);
  if (!passed || (passed.advance && passed.advance.from !== chain.clock))
    return { type: 'refused', frame, reason: 'hostile-update' };
  if (!hasGrounds(frame, chains, controls) || !hasNeeds(passed, clocks)) return null;
  return { type: 'admitted', frame, chain: { ...next, clock: passed.advance?.to ?? chain.clock } };
}

function mayCount({ author, seq, saying: id, kind }: Frame, members: Members): boolean {
  if (kind === 'update' && members.author(author)?.clientId === undefined) return false;
  return members.admits({ device: author, seq, id, kind });
}

function precedes(a: Frame, b: Frame, lane: AuthorLane): boolean {
  const onWay = Number(lane.leadsToPin(b)) - Number(lane.leadsToPin(a));
  if (onWay !== 0) return onWay < 0;
  return a.saying !== b.saying ? a.saying < b.saying : a.id < b.id;
}

function hasGrounds({ deps, rules }: Frame, chains: Chains, controls: Rule['controls']): boolean {
  return (
    deps.every(({ author, seq }) => (chains.get(author)?.seq ?? 0) >= seq) &&
    rules.every(({ id }) => controls.has(id))
  );
}

function hasNeeds({ needs }: Passed, clocks: ReadonlyMap<number, number>): boolean {
  for (const [client, clock] of needs) if ((clocks.get(client) ?? 0) < clock) return false;
  return true;
}

const passes = new WeakMap<Frame, Passed | null>();

/** The gate's answer depends on the frame alone, the author's client being fixed: asked once. */
function passGate(frame: Frame, rights: Author): Passed | null {
  let passed = passes.get(frame);
  if (passed === undefined) {
    passed = rights.clientId === undefined ? null : inspectUpdate(frame.content, rights.clientId);
    passes.set(frame, passed);
  }
  return passed;
}

function sortIntoLanes(frames: Iterable<Frame>, members: Members): AuthorLane[] {
  const byAuthor = new Map<Hex, Map<number, Frame[]>>();
  for (const frame of frames) {
    const bySeq = byAuthor.get(frame.author) ?? new Map<number, Frame[]>();
    byAuthor.set(frame.author, bySeq);
    bySeq.set(frame.seq, [...(bySeq.get(frame.seq) ?? []), frame]);
  }
  const authors = [...byAuthor.keys()].sort();
  return authors.map((author) =>
    laneOfAuthor(author, members.author(author) ?? NOBODY, byAuthor.get(author)!),
  );
}

const NOBODY: Author = { signing: new Uint8Array() };

function laneOfAuthor(author: Hex, rights: Author, bySeq: Map<number, Frame[]>): AuthorLane {
  let toPin: Set<Hex> | null = null;
  return {
    author,
    rights,
    at: (seq) => bySeq.get(seq) ?? [],
    *frames() {
      for (const seq of [...bySeq.keys()].sort((a, b) => a - b)) yield* bySeq.get(seq)!;
    },
    drop(frame) {
      bySeq.set(
        frame.seq,
        bySeq.get(frame.seq)!.filter((other) => other !== frame),
      );
    },
    leadsToPin(frame) {
      toPin ??= wayToPin(rights, bySeq);
      return toPin.has(frame.saying);
    },
    duplicates: () =>
      [...bySeq]
        .sort(([a], [b]) => a - b)
        .flatMap(([seq, frames]) =>
          frames.some(({ saying }) => saying !== frames[0]!.saying) ? [{ author, seq }] : [],
        ),
  };
}

function wayToPin({ pin }: Author, bySeq: ReadonlyMap<number, readonly Frame[]>): Set<Hex> {
  const way = new Set<Hex>();
  let id = pin?.id;
  for (let seq = pin?.seq ?? 0; seq > 0; seq--) {
    const frame = bySeq.get(seq)?.find(({ saying }) => saying === id);
    if (!frame) break;
    way.add(frame.saying);
    id = frame.before;
  }
  return way;
}
