/**
 * The frames of this device: dated, signed, sealed, and put where they belong, all in the turn that writes them. Each goes
 * on from what this device said last, in every lane it finds of its own, and names what it holds that it did not name yet.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { FrameKind } from '#lib/crypto/frame.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Name } from '#lib/keys/grounds.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { encodeHeads, type Head } from './bodies.ts';
import type { Context } from './context.ts';
import { controlOf, makeFrame, type Frame } from './frames.ts';
import { tick } from './hlc.ts';
import { enterWords } from './intake.ts';
import { ownLanes } from './log.ts';
import type { Turn } from './turn.ts';

/**
 * A data frame that goes on from this device's own, taken in at once.
 * @param also words besides those that count, to be taken in by naming them
 */
export async function authorData(
  context: Context,
  turn: Turn,
  kind: Exclude<FrameKind, 'control'>,
  content: Bytes,
  keys: EpochKeys,
  also: readonly Name[] = [],
): Promise<Frame> {
  const { self, ports, policy } = context;
  const { before } = ownLanes(self.id, turn.head.lanes);
  const clock = tick(turn.head.clock, ports.clock.now());
  const isNew = ({ saying }: Name) => !turn.head.announced.lanes.includes(saying);
  const others = openHeads(turn).filter((head) => head.author !== self.id && isNew(head));
  const { heads } = turn.members;
  const draft = {
    kind,
    author: self.id,
    seq: (before[0]?.seq ?? 0) + 1,
    before: before.map(({ saying }) => saying),
    deps: isSame(heads, turn.head.announced.controls) ? [] : heads,
    names: distinct([...before, ...others, ...also]),
    chains: policy.chainNews(turn.head.announced.chains, turn.carried),
    clock,
    content,
  };
  const frame = await makeFrame(draft, keys, self.signer, ports.random, policy.hasGrounds);
  turn.setHead({ clock });
  announce(turn, frame);
  enterWords(context, turn, [frame]);
  turn.send(frame);
  return frame;
}

/** A control frame, which names all that this device holds; whether it counts is for the policy, here as everywhere. */
export async function authorControl(
  context: Context,
  turn: Turn,
  body: Bytes,
  keys: EpochKeys,
  also: readonly Hex[] = [],
): Promise<Frame> {
  const { self, ports, policy } = context;
  const { seq, before } = lastControls(turn, self.id);
  const clock = tick(turn.head.clock, ports.clock.now());
  const draft = {
    kind: 'control',
    author: self.id,
    seq: seq + 1,
    before,
    deps: [...new Set([...turn.members.heads, ...also])].sort(),
    names: policy.hasGrounds ? distinct(openHeads(turn)) : [],
    chains: policy.chainNews(turn.head.announced.controlChains, turn.carried),
    clock,
    content: body,
  } as const;
  const frame = await makeFrame(draft, keys, self.signer, ports.random, policy.hasGrounds);
  turn.setHead({ clock });
  announce(turn, frame);
  turn.addControls([controlOf(frame)]);
  turn.members = policy.evaluate([...turn.controls.values()], turn.carried);
  turn.place(frame, 'frame');
  turn.send(frame);
  return frame;
}

/** What this device has: the head of every lane, and of what every device said about members and keys. */
export function frontierOf({ head, controls }: Pick<Turn, 'head' | 'controls'>): Head[] {
  const words = openHeads({ head }).map((one): Head => ({ ...one, isControl: false }));
  const last = new Map<Hex, Head>();
  for (const [saying, { inner }] of controls) {
    const author = hex(inner.author);
    const known = last.get(author);
    if (known && (known.seq > inner.seq || (known.seq === inner.seq && known.saying < saying))) continue;
    last.set(author, { author, isControl: true, seq: inner.seq, saying, frame: saying, clock: 0 });
  }
  return [...words, ...last.values()];
}

export function headsContent(turn: Turn, others: ReadonlyMap<Hex, Bytes>): Bytes {
  return encodeHeads({ frontier: frontierOf(turn), others });
}

/** Heads of lanes that no other lane of their author goes on from. */
function openHeads({ head }: Pick<Turn, 'head'>): (Name & { readonly clock: number })[] {
  return [...head.lanes.values()]
    .filter(({ isJoined }) => !isJoined)
    .map(({ author, seq, saying, frame, clock }) => ({ author, seq, saying, frame, clock }));
}

/** What the frame says it knows need not be said again. */
function announce(turn: Turn, { kind, deps, chains: news }: Frame): void {
  const { announced } = turn.head;
  const told = (before: typeof announced.chains) =>
    new Map([...before, ...news.map(({ address, heads }) => [address, heads] as const)]);
  if (kind === 'control') {
    turn.setHead({ announced: { ...announced, controlChains: told(announced.controlChains) } });
    return;
  }
  const lanes = openHeads(turn).map(({ saying }) => saying);
  const controls = deps.length === 0 ? announced.controls : deps;
  turn.setHead({ announced: { ...announced, lanes, controls, chains: told(announced.chains) } });
}

/** The last controls of a device: those of its own that none of its own goes on from. */
function lastControls({ controls }: Turn, self: Hex): { seq: number; before: Hex[] } {
  const own = [...controls].filter(([, { inner }]) => hex(inner.author) === self);
  const continued = new Set(own.flatMap(([, { inner }]) => inner.before.map(hex)));
  const open = own.filter(([saying]) => !continued.has(saying));
  open.sort(([x, a], [y, b]) => b.inner.seq - a.inner.seq || (x < y ? -1 : 1));
  const [first, ...others] = open.map(([saying]) => saying);
  return { seq: open[0]?.[1].inner.seq ?? 0, before: first === undefined ? [] : [first, ...others.sort()] };
}

function distinct(names: readonly Name[]): Name[] {
  const bySaying = new Map(
    names.map(({ author, seq, saying, frame }) => [saying, { author, seq, saying, frame }]),
  );
  return [...bySaying.values()];
}

function isSame(a: readonly Hex[], b: readonly Hex[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
