/**
 * The frames of this device: numbered, dated, signed, sealed, and put where they belong, all in the turn that writes
 * them. A number is taken by the write that stores its frame, so it is never taken twice, whatever fails in between.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { FrameKind } from '#lib/crypto/frame.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { MAX_DEPS } from '#lib/keys/inner.ts';
import { encodeHeads, type Dependency, type Head } from './bodies.ts';
import { controlOf, type Context } from './context.ts';
import { makeFrame, type Frame } from './frames.ts';
import { enter } from './intake.ts';
import { tick } from './hlc.ts';
import { CHAIN_START } from './log.ts';
import type { Turn } from './turn.ts';

/** A data frame that continues this device's chain. `clock`: how many values it will have set. */
export async function authorData(
  context: Context,
  turn: Turn,
  kind: Exclude<FrameKind, 'control'>,
  content: Bytes,
  keys: EpochKeys,
  clock?: number,
): Promise<Frame> {
  const { self, ports } = context;
  const chain = turn.head.chains.get(self.id) ?? CHAIN_START;
  const deps = newDependencies(turn, self.id);
  const rules = newRules(turn);
  const now = tick(turn.head.clock, ports.clock.now());
  const draft = {
    kind,
    author: self.id,
    seq: chain.seq + 1,
    before: chain.id,
    prev: chain.frame,
    clock: now,
    content,
    deps,
    rules,
  };
  const frame = await makeFrame(draft, keys, self.signer, ports.random);
  const next = { seq: frame.seq, id: frame.saying, frame: frame.id, clock: clock ?? chain.clock };
  const announced = new Map(turn.head.announced);
  for (const { author, seq } of deps) announced.set(author, seq);
  const announcedRules = [...turn.members.heads];
  turn.setHead({
    clock: now,
    announced,
    announcedRules,
    chains: new Map(turn.head.chains).set(self.id, next),
  });
  enter(turn, frame);
  turn.send(frame);
  return frame;
}

/** A control frame; whether it counts is for the policy, here as everywhere. */
export async function authorControl(
  context: Context,
  turn: Turn,
  body: Bytes,
  keys: EpochKeys,
): Promise<Frame> {
  const { self, ports, policy } = context;
  const { seq, id } = lastControl(turn, self.id);
  const now = tick(turn.head.clock, ports.clock.now());
  const heads = turn.members.heads;
  const draft = {
    kind: 'control',
    author: self.id,
    seq: seq + 1,
    prev: id,
    clock: now,
    content: body,
    heads,
  } as const;
  const frame = await makeFrame(draft, keys, self.signer, ports.random);
  turn.controls = new Map(turn.controls).set(frame.id, controlOf(frame));
  turn.members = policy.evaluate([...turn.controls.values()]);
  turn.setHead({ clock: now });
  turn.place(frame, 'frame');
  turn.send(frame);
  return frame;
}

/** What this device has: the head of every chain, control frames included. */
export function frontierOf({ head, controls }: Pick<Turn, 'head' | 'controls'>): Head[] {
  const heads = [...head.chains].map(([author, { seq, frame: id, clock }]): Head => ({
    author,
    lane: 'data',
    seq,
    id,
    clock,
  }));
  const last = new Map<Hex, Head>();
  for (const [id, { inner }] of controls) {
    const author = hex(inner.author);
    const known = last.get(author);
    if (known && (known.seq > inner.seq || (known.seq === inner.seq && known.id < id))) continue;
    last.set(author, { author, lane: 'control', seq: inner.seq, id, clock: 0 });
  }
  return [...heads, ...last.values()];
}

export function headsContent(turn: Turn, self: Hex, others: ReadonlyMap<Hex, Bytes>): Bytes {
  // One's own chain stands in seq and prev of the frame itself.
  const frontier = frontierOf(turn).filter(({ author, lane }) => author !== self || lane === 'control');
  return encodeHeads({ frontier, others });
}

/** What others have written since this device last said what it builds on. */
function newDependencies({ head }: Turn, self: Hex): Dependency[] {
  const deps: Dependency[] = [];
  for (const [author, { seq, frame: id }] of head.chains)
    if (author !== self && seq > (head.announced.get(author) ?? 0)) deps.push({ author, seq, id });
  return deps.slice(0, MAX_DEPS);
}

/** The heads of the roster, unless they are those this device named before. */
function newRules({ head, members, controls }: Turn): Dependency[] {
  if (members.heads.join() === head.announcedRules.join()) return [];
  return members.heads.slice(0, MAX_DEPS).flatMap((id) => {
    const control = controls.get(id);
    return control ? [{ author: hex(control.inner.author), seq: control.inner.seq, id }] : [];
  });
}

function lastControl({ controls }: Turn, self: Hex): { seq: number; id: Hex } {
  let last: { seq: number; id: Hex } = CHAIN_START;
  for (const [id, { inner }] of controls)
    if (hex(inner.author) === self && inner.seq > last.seq) last = { seq: inner.seq, id };
  return last;
}
