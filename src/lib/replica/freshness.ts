/**
 * What others say exists, against what we hold. A relay cannot forge a frame, but it can keep one back; every signed
 * frame names others (its author's own before it, heads of other lanes, controls, the frontier in `heads`), and what is
 * named and does not come is being kept back (C02). Where whoever names it was not shown ours either, two views are being
 * kept apart (C03).
 *
 * Only words that count are believed, of devices that stand, about devices that are known, and of each about each one claim
 * (rule 24): nobody makes the list grow. Leaves out when to raise what is found: only when the relay has been asked for
 * everything (`upToDate` in interface.ts), since until then frames may simply be on their way.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { decodeHeads, type Head } from './bodies.ts';
import type { Context } from './context.ts';
import type { RecordDocument } from './document/document.ts';
import type { SecurityEvent } from './events.ts';
import type { Frame } from './frames.ts';
import { observe } from './hlc.ts';
import { holds, type LaneHeads } from './log.ts';
import type { Members } from './members.ts';
import { claimKey, type Claim, type HeadState, type Reach } from './state.ts';
import type { Transaction } from './transaction.ts';

/** Of so many spaces what a device told is kept, those it spoke of last: nobody makes the list grow (rule 24). */
export const MAX_SPACES_TOLD = 64;

/** What a frame that counts tells besides what it says: that others exist, what its author has, what time it is there. */
export function learn(context: Context, transaction: Transaction, frame: Frame): void {
  const { author } = frame;
  const clock = observe(transaction.head.clock, frame.clock, context.ports.clock.now());
  const heads = frame.kind === 'heads' ? decodeHeads(frame.content) : null;
  const isOwn = author === context.self.id;
  const claims = isOwn
    ? transaction.head.claims
    : mergeClaims(transaction.head.claims, claimsIn(frame, heads?.frontier ?? []), transaction.members);
  const reach = isOwn
    ? transaction.head.reach
    : mergeReach(
        transaction.head.reach,
        author,
        reachIn(frame, heads?.frontier ?? []),
        transaction.members,
        heads !== null,
      );
  transaction.setHead({ claims, clock, reach });
  if (heads && heads.others.size > 0) {
    const before = [...(transaction.others.get(author) ?? [])].filter(([space]) => !heads.others.has(space));
    transaction.others = new Map(transaction.others).set(
      author,
      new Map([...before, ...heads.others].slice(-MAX_SPACES_TOLD)),
    );
  }
}

/**
 * What a frame says exists: what its author must have had. A control tells nothing of its author's own words: it waits for
 * none (docs/protocol.md, rule 12), and those that were unsent are sealed again under the epoch that it begins and come after it.
 */
function claimsIn({ author: by, kind, names, deps }: Frame, frontier: readonly Head[]): Claim[] {
  const told = kind === 'control' ? names.filter(({ author }) => author !== by) : names;
  const words = told.map((name) => ({ ...name, isControl: false, by }));
  // Of a control the number is not told, and it is asked for with all the others of its topic.
  const controls = deps.map((saying) => ({ author: by, seq: 1, saying, frame: saying, isControl: true, by }));
  return [...words, ...controls, ...frontier.map((head) => ({ ...head, by }))];
}

/** The claims with those of `more` that reach farther. */
export function mergeClaims(
  claims: ReadonlyMap<string, Claim>,
  more: readonly Claim[],
  members: Members,
): ReadonlyMap<string, Claim> {
  let merged: Map<string, Claim> | null = null;
  for (const { author, isControl, seq, saying, frame, by } of more) {
    if (!members.isKnown(author) || !members.isKnown(by)) continue;
    const claim = { author, isControl, seq, saying, frame, by };
    const known = (merged ?? claims).get(claimKey(claim));
    if (known && (known.seq > seq || known.saying === saying)) continue;
    merged ??= new Map(claims);
    merged.set(claimKey(claim), claim);
  }
  return merged ?? claims;
}

export type Reaches = HeadState['reach'];

/**
 * What `device` has, raised by what it says; `clock` is 0 where only a number is known. A device that has told all it has
 * (`isAll`) is known from then on, also to have nothing.
 */
export function mergeReach(
  reach: Reaches,
  device: Hex,
  more: readonly { readonly author: Hex; readonly seq: number; readonly clock: number }[],
  members: Members,
  isAll: boolean,
): Reaches {
  const told = more.filter(({ author }) => members.isKnown(author));
  if (!members.isKnown(device) || (told.length === 0 && (reach.has(device) || !isAll))) return reach;
  const authors = new Map<Hex, Reach>(reach.get(device));
  for (const { author, seq, clock } of told) {
    const known = authors.get(author) ?? { seq: 0, clock: 0 };
    authors.set(author, { seq: Math.max(known.seq, seq), clock: Math.max(known.clock, clock) });
  }
  return new Map(reach).set(device, authors);
}

function reachIn({ names }: Frame, frontier: readonly Head[]): { author: Hex; seq: number; clock: number }[] {
  const heads = frontier.filter(({ isControl }) => !isControl);
  return [...names.map(({ author, seq }) => ({ author, seq, clock: 0 })), ...heads];
}

/** Everything there is to know about what is held. */
export interface Holdings {
  readonly head: HeadState;
  readonly document: RecordDocument;
  readonly members: Members;
  /** Data frames that wait, are late or were refused. */
  readonly aside: Iterable<Frame>;
  /** Sayings of controls, also of those that wait for others. */
  readonly controls: { has(saying: Hex): boolean };
}

export interface Gap {
  readonly isControl: boolean;
  readonly author: Hex;
  readonly from: number;
  readonly to: number;
  readonly by: Hex;
}

/** Claims of devices that stand about what is not here. */
function openClaims({ head, document, members, aside, controls }: Holdings): Claim[] {
  const besides = new Set([...aside].map(({ saying }) => saying));
  return [...head.claims.values()].filter((claim) => {
    if (!members.stands(claim.by) || besides.has(claim.saying)) return false;
    return claim.isControl ? !controls.has(claim.saying) : !holds(claim, head.lanes, document);
  });
}

export function gapsIn(holdings: Holdings): Gap[] {
  return openClaims(holdings).map(({ author, isControl, seq, by }) => {
    const reached = isControl ? 0 : farthest(author, holdings.head.lanes);
    return { isControl, author, from: Math.min(seq, reached + 1), to: seq, by };
  });
}

/**
 * Under what is set aside whose authors stand: what it names of chains and members is not all here, though the relay has shown all
 * it has. One gap for each author's words, as far as it said any, and one for what it said about members.
 */
export function gapsUnder({
  strangers,
  members,
  head,
}: Pick<Transaction, 'strangers' | 'members' | 'head'>): Gap[] {
  const gaps = new Map<string, Gap>();
  for (const { frame } of strangers.values()) {
    const { author, kind } = frame;
    if (!members.stands(author)) continue;
    const isControl = kind === 'control';
    // Of what a control builds on only the name is known: told as controls that are named are (claimsIn).
    const seq = isControl ? 1 : frame.seq;
    const first = isControl ? 1 : Math.min(seq, farthest(author, head.lanes) + 1);
    const known = gaps.get(`${author} ${String(isControl)}`) ?? { from: first, to: seq };
    const [from, to] = [Math.min(known.from, seq), Math.max(known.to, seq)];
    gaps.set(`${author} ${String(isControl)}`, { isControl, author, from, to, by: author });
  }
  return [...gaps.values()];
}

/** Ids of frames to ask the relay for: what is named and not held, and would let something that waits go on. */
export function missingIds(holdings: Holdings, waiting: Iterable<Frame>): Set<Hex> {
  const missing = new Set<Hex>();
  for (const { isControl, frame } of openClaims(holdings)) if (!isControl) missing.add(frame);
  const held = new Set([...holdings.aside].map(({ saying }) => saying));
  for (const { author, before, names } of waiting)
    for (const name of names)
      if (name.author === author && before.includes(name.saying) && !held.has(name.saying))
        if (!holds(name, holdings.head.lanes, holdings.document)) missing.add(name.frame);
  return missing;
}

/** A gap, or a fork when whoever names the missing frames lacks frames that the relay has had from us. */
export function gapEvent(gap: Gap, { lanes, reach, sent }: HeadState, self: Hex): SecurityEvent {
  const { author, from, to, by } = gap;
  const known = reach.get(by);
  const isApart =
    known !== undefined &&
    [...new Set([...lanes.values()].map((head) => head.author))].some((other) => {
      const onRelay = other === self ? sent.seq : farthest(other, lanes);
      return other !== by && (known.get(other)?.seq ?? 0) < onRelay;
    });
  return isApart ? { type: 'fork', author: by, from, to } : { type: 'gap', author, from, to };
}

/** How many words of an author are here, in its longest lane. */
export function farthest(author: Hex, lanes: LaneHeads): number {
  let seq = 0;
  for (const head of lanes.values()) if (head.author === author) seq = Math.max(seq, head.seq);
  return seq;
}
