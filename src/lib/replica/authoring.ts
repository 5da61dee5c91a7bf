/**
 * The frames of this device: dated, signed, sealed, and put where they belong, all in the transaction that writes them. Each goes
 * on from what this device said last, in every lane it finds of its own, and names what it holds that it did not name yet.
 *
 * A frame names and carries no more than a statement may, so that nothing that others say keeps this device from speaking.
 * What is left out is named by the frames after it: only what a frame really named is noted as named.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { FrameKind } from '#lib/crypto/frame.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import {
  encodeGrounds,
  MAX_NAMES,
  NAME_LENGTH,
  NO_GROUNDS,
  type Grounds,
  type Name,
} from '#lib/keys/grounds.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';
import { MAX_DEPS, maxBody } from '#lib/keys/signed.ts';
import { encodeHeads, MAX_FRONTIER, type Head } from './bodies.ts';
import type { Context } from './context.ts';
import { controlOf, makeFrame, type Frame } from './frames.ts';
import { tick } from './hlc.ts';
import { enterWords } from './intake.ts';
import { ownLanes } from './log.ts';
import type { Announcement } from './ports.ts';
import type { Transaction } from './transaction.ts';

/** Room for the counts before names and chains. */
const COUNTS_LENGTH = 16;
/** The longest body that a control may have, whatever it names. */
export const MAX_CONTROL = maxBody(2 * MAX_DEPS) - COUNTS_LENGTH;
/** What a `heads` frame holds at most: the rest is for what it names. */
const MAX_HEADS_CONTENT = 768 * 1024;
const EMPTY = new Uint8Array(0);

/**
 * A data frame that goes on from this device's own, taken in at once.
 * @param also words besides those that count, to be taken in by naming them
 */
export async function authorData(
  context: Context,
  transaction: Transaction,
  kind: Exclude<FrameKind, 'control'>,
  content: Bytes,
  keys: EpochKeys,
  also: readonly Name[] = [],
): Promise<Frame> {
  const { self, ports, policy } = context;
  const before = ownLanes(self.id, transaction.head.lanes).before.slice(0, MAX_DEPS);
  const clock = tick(transaction.head.clock, ports.clock.now());
  const { announced } = transaction.head;
  const known = new Set(announced.lanes);
  const others = openHeads(transaction).filter(
    ({ author, saying }) => author !== self.id && !known.has(saying),
  );
  const deps = newControls(transaction.members.heads, announced.controls);
  const grounds = groundsOf(context, transaction, {
    announced: announced.chains,
    names: distinct([...before, ...also, ...others]),
    room: maxBody(before.length + deps.length) - content.length,
    content: null,
  });
  const draft = {
    kind,
    author: self.id,
    seq: (before[0]?.seq ?? 0) + 1,
    before: before.map(({ saying }) => saying),
    deps,
    ...grounds,
    clock,
    content,
  };
  const frame = await makeFrame(draft, keys, self.signer, ports.random, policy.hasGrounds);
  transaction.setHead({ clock });
  announce(context, transaction, frame);
  enterWords(context, transaction, [frame]);
  transaction.send(frame);
  return frame;
}

/** A control frame, which names all that this device holds; whether it counts is for the policy, here as everywhere. */
export async function authorControl(
  context: Context,
  transaction: Transaction,
  body: Bytes,
  keys: EpochKeys,
  also: readonly Hex[] = [],
): Promise<Frame> {
  const { self, ports, policy } = context;
  const { seq, before } = lastControls(transaction, self.id);
  const clock = tick(transaction.head.clock, ports.clock.now());
  const deps = foremost(transaction, before, [...new Set([...also, ...transaction.members.heads])]);
  const isMine = ({ author }: Name) => author === self.id || transaction.members.stands(author);
  const open = openHeads(transaction);
  const grounds = policy.hasGrounds
    ? groundsOf(context, transaction, {
        announced: transaction.head.announced.controlChains,
        names: distinct([...open.filter(isMine), ...open.filter((one) => !isMine(one))]),
        room: maxBody(before.length + deps.length) - body.length,
        content: body,
      })
    : NO_GROUNDS;
  const draft = {
    kind: 'control',
    author: self.id,
    seq: seq + 1,
    before,
    deps,
    ...grounds,
    clock,
    content: body,
  } as const;
  const frame = await makeFrame(draft, keys, self.signer, ports.random, policy.hasGrounds);
  transaction.setHead({ clock });
  announce(context, transaction, frame);
  transaction.addControls([controlOf(frame)]);
  transaction.members = policy.evaluate([...transaction.controls.values()], transaction.carried);
  transaction.place(frame, 'frame');
  transaction.send(frame);
  return frame;
}

/** What this device has: the head of every lane, and of what every device said about members and keys. */
export function frontierOf({ head, controls }: Pick<Transaction, 'head' | 'controls'>): Head[] {
  const words = openHeads({ head }).map((one): Head => ({ ...one, isControl: false }));
  const last = new Map<Hex, Head>();
  for (const [saying, { inner }] of controls) {
    const author = hex(inner.author);
    const known = last.get(author);
    if (known && (known.seq > inner.seq || (known.seq === inner.seq && known.saying < saying))) continue;
    last.set(author, { author, isControl: true, seq: inner.seq, saying, frame: saying, clock: 0 });
  }
  return [...last.values(), ...words].slice(0, MAX_FRONTIER);
}

/** What it has here, and what of other spaces there is room for beside it. */
export function headsContent(transaction: Transaction, others: ReadonlyMap<Hex, Bytes>): Bytes {
  const frontier = frontierOf(transaction);
  let left = MAX_HEADS_CONTENT - encodeHeads({ frontier, others: new Map() }).length;
  const told = [...others]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, { length }]) => {
      const fits = ID_LENGTH + 4 + length <= left;
      if (fits) left -= ID_LENGTH + 4 + length;
      return fits;
    });
  return encodeHeads({ frontier, others: new Map(told) });
}

/** Names and chains for what room there is in the body beside its content; names have half of it, if they need it. */
function groundsOf(
  { policy }: Context,
  transaction: Transaction,
  given: {
    readonly announced: Announcement;
    readonly names: readonly Name[];
    readonly room: number;
    readonly content: Bytes | null;
  },
): Grounds {
  const names = given.names.slice(0, MAX_NAMES);
  const room = given.room - COUNTS_LENGTH;
  const chains = policy.chainNews(given.announced, transaction.carried, {
    controls: [...transaction.controls.values()],
    owners: transaction.members.owners,
    content: given.content,
    room: room - Math.min(names.length * NAME_LENGTH, Math.floor(room / 2)),
  });
  const left = room - encodeGrounds({ names: [], chains }, EMPTY).length;
  return { names: names.slice(0, Math.max(0, Math.floor(left / NAME_LENGTH))), chains };
}

/** The controls to build on: none when all are named already, else the new ones first. */
function newControls(heads: readonly Hex[], announced: readonly Hex[]): Hex[] {
  const named = new Set(announced);
  const fresh = heads.filter((head) => !named.has(head));
  if (fresh.length === 0) return [];
  return [...fresh, ...heads.filter((head) => named.has(head))].slice(0, MAX_DEPS);
}

/**
 * Of these controls as many as a statement may build on: first what this device's own before it do not know, and of that
 * what knows most. So a few statements name all of them, whether those count or not.
 */
function foremost({ controls }: Transaction, before: readonly Hex[], wanted: readonly Hex[]): Hex[] {
  if (wanted.length <= MAX_DEPS) return [...wanted].sort();
  const heard = pastOf(controls, before);
  const weight = new Map(wanted.map((id) => [id, heard.has(id) ? 0 : pastOf(controls, [id]).size]));
  const byWeight = (a: Hex, b: Hex) => weight.get(b)! - weight.get(a)! || (a < b ? -1 : 1);
  return [...wanted].sort(byWeight).slice(0, MAX_DEPS).sort();
}

function pastOf(controls: Transaction['controls'], heads: readonly Hex[]): Set<Hex> {
  const past = new Set(heads);
  for (const id of past) {
    const inner = controls.get(id)?.inner;
    for (const name of [...(inner?.deps ?? []), ...(inner?.before ?? [])]) past.add(hex(name));
  }
  return past;
}

/** Heads of lanes that no other lane of their author goes on from. */
function openHeads({ head }: Pick<Transaction, 'head'>): (Name & { readonly clock: number })[] {
  return [...head.lanes.values()]
    .filter(({ isJoined }) => !isJoined)
    .map(({ author, seq, saying, frame, clock }) => ({ author, seq, saying, frame, clock }));
}

/** What the frame says it knows need not be said again. */
function announce(
  { policy }: Context,
  transaction: Transaction,
  { kind, deps, names, chains: news }: Frame,
): void {
  const { announced } = transaction.head;
  const told = (before: Announcement) => policy.chainsTold(before, transaction.carried, news);
  if (kind === 'control') {
    transaction.setHead({ announced: { ...announced, controlChains: told(announced.controlChains) } });
    return;
  }
  const named = new Set([...announced.lanes, ...names.map(({ saying }) => saying)]);
  const lanes = openHeads(transaction).flatMap(({ saying }) => (named.has(saying) ? [saying] : []));
  const built = new Set([...announced.controls, ...deps]);
  const controls = transaction.members.heads.filter((head) => built.has(head));
  transaction.setHead({
    announced: { lanes, controls, chains: told(announced.chains), controlChains: announced.controlChains },
  });
}

/** The last controls of a device: those of its own that none of its own goes on from. */
function lastControls({ controls }: Transaction, self: Hex): { seq: number; before: Hex[] } {
  const own = [...controls].filter(([, { inner }]) => hex(inner.author) === self);
  const continued = new Set(own.flatMap(([, { inner }]) => inner.before.map(hex)));
  const open = own.filter(([saying]) => !continued.has(saying));
  open.sort(([x, a], [y, b]) => b.inner.seq - a.inner.seq || (x < y ? -1 : 1));
  const [first, ...others] = open.map(([saying]) => saying);
  return {
    seq: open[0]?.[1].inner.seq ?? 0,
    before: first === undefined ? [] : [first, ...others.sort()].slice(0, MAX_DEPS),
  };
}

function distinct(names: readonly Name[]): Name[] {
  const bySaying = new Map(
    names.map(({ author, seq, saying, frame }) => [saying, { author, seq, saying, frame }]),
  );
  return [...bySaying.values()];
}
