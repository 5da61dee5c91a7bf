/**
 * What others say exists, against what we hold. A relay cannot forge a frame, but it can keep one back; every signed
 * frame names others (the one before it, its dependencies, the frontier in `heads`), and what is named and does not come
 * is being kept back (C02). Where whoever names it was not shown ours either, two views are being kept apart (C03).
 *
 * Pure functions over state.ts. Leaves out when to raise what they find: only when the relay has been asked for
 * everything (`upToDate` in replica.ts), since until then frames may simply be on their way.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { decodeHeads, type Head } from './bodies.ts';
import type { SecurityEvent } from './events.ts';
import { laneOf, type Frame } from './frames.ts';
import { CHAIN_START, type Chains } from './log.ts';
import { placeOf, type Claim, type HeadState, type Reach } from './state.ts';

/** Frames that a frame says exist: what its author must have had. */
export function claimsIn(frame: Frame): Claim[] {
  const by = frame.author;
  const claims: Claim[] = frame.deps.map((dep) => ({ ...dep, lane: 'data', by }));
  for (const rule of frame.rules) claims.push({ ...rule, lane: 'control', by });
  if (frame.seq > 1) {
    const lane = laneOf(frame.kind);
    claims.push({ author: frame.author, lane, seq: frame.seq - 1, id: frame.prev, by });
  }
  return [...claims, ...frontierIn(frame).map((head) => ({ ...head, by }))];
}

export function frontierIn(frame: Frame): readonly Head[] {
  return frame.kind === 'heads' ? (decodeHeads(frame.content)?.frontier ?? []) : [];
}

/** The claims with those of `more` that reach farther. */
export function mergeClaims(
  claims: ReadonlyMap<string, Claim>,
  more: readonly Claim[],
): ReadonlyMap<string, Claim> {
  let merged: Map<string, Claim> | null = null;
  for (const { author, lane, seq, id, by } of more) {
    const place = placeOf(author, lane);
    if (((merged ?? claims).get(place)?.seq ?? 0) >= seq) continue;
    merged ??= new Map(claims);
    merged.set(place, { author, lane, seq, id, by });
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
  isAll: boolean,
): Reaches {
  if (more.length === 0 && (reach.has(device) || !isAll)) return reach;
  const authors = new Map<Hex, Reach>(reach.get(device));
  for (const { author, seq, clock } of more) {
    const known = authors.get(author) ?? { seq: 0, clock: 0 };
    authors.set(author, { seq: Math.max(known.seq, seq), clock: Math.max(known.clock, clock) });
  }
  return new Map(reach).set(device, authors);
}

/** What a frame's author has, as far as the frame tells. */
export function reachIn(frame: Frame): { author: Hex; seq: number; clock: number }[] {
  const heads = frontierIn(frame).filter(({ lane }) => lane === 'data');
  return [...frame.deps.map(({ author, seq }) => ({ author, seq, clock: 0 })), ...heads];
}

/** Everything there is to know about what is held: chains, and frames that are held beside them. */
export interface Holdings {
  readonly chains: Chains;
  readonly claims: ReadonlyMap<string, Claim>;
  /** Data frames that wait or were refused, by id. */
  readonly aside: ReadonlyMap<Hex, Frame>;
  /** Control frames by id, also those that wait for others. */
  readonly controls: ReadonlyMap<
    Hex,
    { readonly author: Hex; readonly seq: number; readonly deps: readonly Hex[] }
  >;
  /** Beyond an author's pin nothing is missed. */
  readonly pinOf: (author: Hex) => number | undefined;
}

export interface Gap {
  readonly author: Hex;
  readonly from: number;
  readonly to: number;
  readonly by: Hex;
}

export function gapsIn(holdings: Holdings): Gap[] {
  return [...dataGaps(holdings), ...controlGaps(holdings)];
}

function dataGaps({ chains, claims, aside, pinOf }: Holdings): Gap[] {
  const held = new Map<Hex, Set<number>>();
  for (const { author, seq } of aside.values()) held.set(author, (held.get(author) ?? new Set()).add(seq));
  const gaps: Gap[] = [];
  for (const { author, lane, seq, by } of claims.values()) {
    if (lane !== 'data') continue;
    const to = Math.min(seq, pinOf(author) ?? Infinity);
    const missing: number[] = [];
    for (let at = (chains.get(author) ?? CHAIN_START).seq + 1; at <= to && missing.length < 10_000; at++)
      if (!held.get(author)?.has(at)) missing.push(at);
    if (missing.length > 0) gaps.push({ author, from: missing[0]!, to: missing.at(-1)!, by });
  }
  return gaps;
}

function controlGaps({ claims, controls }: Holdings): Gap[] {
  const reached = new Map<Hex, number>();
  for (const { author, seq } of controls.values())
    reached.set(author, Math.max(seq, reached.get(author) ?? 0));
  return [...claims.values()].flatMap(({ author, lane, seq, id, by }) => {
    if (lane !== 'control' || controls.has(id)) return [];
    return [{ author, from: Math.min(seq, (reached.get(author) ?? 0) + 1), to: seq, by }];
  });
}

/** Ids to ask the relay for: what is named and not held, and would let something that waits go on. */
export function missingIds({ chains, claims, aside, controls }: Holdings): Set<Hex> {
  const missing = new Set<Hex>();
  const besides = new Set([...aside.values()].map(({ author, seq }) => `${author} ${seq}`));
  const wants = (author: Hex, seq: number, id: Hex) => {
    if (seq > (chains.get(author)?.seq ?? 0) && !aside.has(id)) missing.add(id);
  };
  for (const { author, lane, seq, id } of claims.values()) {
    if (lane === 'data') wants(author, seq, id);
    else if (!controls.has(id)) missing.add(id);
  }
  for (const frame of aside.values()) {
    if (frame.seq > 1 && !besides.has(`${frame.author} ${frame.seq - 1}`))
      wants(frame.author, frame.seq - 1, frame.prev);
    for (const { author, seq, id } of frame.deps) wants(author, seq, id);
    for (const { id } of frame.rules) if (!controls.has(id)) missing.add(id);
  }
  for (const { deps } of controls.values()) for (const id of deps) if (!controls.has(id)) missing.add(id);
  return missing;
}

/** A gap, or a fork when whoever names the missing frames lacks frames that the relay has had from us. */
export function gapEvent(gap: Gap, chains: Chains, reach: Reaches, self: Hex, sent: Reach): SecurityEvent {
  const { author, from, to, by } = gap;
  const known = reach.get(by);
  const isApart =
    known !== undefined &&
    [...chains].some(([other, { seq }]) => {
      const onRelay = other === self ? sent.seq : seq;
      return other !== by && (known.get(other)?.seq ?? 0) < onRelay;
    });
  return isApart ? { type: 'fork', author: by, from, to } : { type: 'gap', author, from, to };
}
