/**
 * What stood on this disk, rotted, and cannot be made again from what is left (R03). Until it has come back nobody here
 * knows how far this device's own chain had come, and a number used twice loses what was said under one of them: so this
 * device says nothing meanwhile. It reads, takes in and sends as ever.
 *
 * What is owed comes from the relay, or by way of it from the other devices, which publish again what the relay lost. If
 * nobody has it any more it stays owed: to go on under numbers that others may have seen would undo what they have, and a
 * relay that keeps frames back could bring that about at will. The way on is a new device key: to link this device anew.
 */
import type { Hex } from '#lib/keys/ids.ts';
import type { Lane } from './bodies.ts';
import type { Frame } from './frames.ts';
import { CHAIN_START, type Chain, type Chains } from './log.ts';
import type { Members } from './members.ts';
import type { HeadState, Owed } from './state.ts';

interface Standing {
  readonly head: HeadState;
  readonly controls: ReadonlyMap<Hex, unknown>;
  readonly members: Members;
}

/** `missing`: of its frames some are not there. `waiting`: they are, and wait for others. */
type Lack = 'missing' | 'waiting' | null;

/** The chains that do not come as far as they did, and whether frames are missing from any of them. */
export function shortOf(
  standing: Standing,
  ends: Chains,
  said: ReadonlyMap<Hex, Frame>,
): { readonly chains: Chains; readonly isMissing: boolean } {
  const lacks = [...ends].map(([author, end]) => ({
    author,
    end,
    lack: lackOf(standing, author, end, said),
  }));
  return {
    chains: new Map(lacks.flatMap(({ author, end, lack }) => (lack ? [[author, end]] : []))),
    isMissing: lacks.some(({ lack }) => lack === 'missing'),
  };
}

function lackOf(standing: Standing, author: Hex, end: Chain, said: ReadonlyMap<Hex, Frame>): Lack {
  if (isReached(standing, author, end)) return null;
  const now = standing.head.chains.get(author) ?? CHAIN_START;
  let { id } = end;
  for (let { seq } = end; seq > now.seq; seq--) {
    const frame = said.get(id);
    if (!frame) return 'missing';
    id = frame.before;
  }
  // Otherwise another saying has the number, and what was here does not count any more.
  return id === now.id ? 'waiting' : null;
}

function isReached({ head, members }: Standing, author: Hex, { seq }: Chain): boolean {
  const pin = members.author(author)?.pin?.seq ?? Infinity;
  return (head.chains.get(author)?.seq ?? 0) >= Math.min(seq, pin);
}

/** What is left of it; null when all has come back. */
export function stillOwed(standing: Standing, self: Hex, upToDate: boolean): Owed | null {
  const { owed } = standing.head;
  if (!owed) return null;
  // Where the relay has shown all it has, the rest of another's chain is missing as any frame is: freshness.ts sees to it.
  const isSettled = (author: Hex) =>
    upToDate && author !== self && standing.members.author(author) !== undefined;
  const isLeft = (author: Hex, end: Chain) => !isReached(standing, author, end) && !isSettled(author);
  const chains = new Map([...owed.chains].filter(([author, end]) => isLeft(author, end)));
  const controls = standing.controls.size < owed.controls ? owed.controls : 0;
  const unknown = owed.unknown && !upToDate;
  return chains.size > 0 || controls > 0 || unknown ? { chains, controls, unknown } : null;
}

/** Whether this device must not say anything now: of the record, or, in their own lane, of who may do what. */
export function isSilenced({ head: { owed } }: Standing, self: Hex, lane: Lane = 'data'): boolean {
  return owed !== null && (owed.unknown || owed.controls > 0 || (lane === 'data' && owed.chains.has(self)));
}
