/**
 * Which founding of a space counts. All say the same, for the space is the hash of it; but each is a statement of its own, and
 * a device that is revoked can say it again without end, dated back to when it was active. Exactly one counts: of those that a
 * device of the founder made which was active by what it names, the smallest id among those that are grounded, else among all.
 */
import type { Address } from './address.ts';
import type { ChainState } from './chain.ts';
import type { History } from './history.ts';
import type { RosterBody } from './roster-body.ts';

/** What follows from history and chains alone (roster-court.ts). */
interface Known {
  isComplete(index: number): boolean;
  isGrounded(index: number, speaker: Address): boolean;
  chainAt(index: number, address: Address): ChainState | undefined;
}

export interface Foundings {
  /** The one that counts; null when nobody has founded the space who may. */
  readonly first: number | null;
  /** All that are well formed: whoever has heard of any of them has heard that the space was founded. */
  readonly all: readonly number[];
}

/** Chains are judged at the heads of as many as it takes to find the one. */
export function foundingsIn(history: History<{ readonly body: RosterBody }>, knowledge: Known): Foundings {
  const { operations } = history;
  const all = operations.flatMap(({ body: { body }, deps }, index) =>
    body.type === 'found' && deps.length === 0 && knowledge.isComplete(index) ? [index] : [],
  );
  const founderOf = (index: number) => {
    const { body } = operations[index]!.body;
    if (body.type !== 'found') throw new TypeError('not a founding');
    return body.founder;
  };
  const rank = (index: number) => (knowledge.isGrounded(index, founderOf(index)) ? 0 : 1);
  const ranked = all.toSorted(
    (a, b) => rank(a) - rank(b) || (operations[a]!.id < operations[b]!.id ? -1 : 1),
  );
  const isByWhoMay = (index: number) =>
    knowledge.chainAt(index, founderOf(index))?.active.has(operations[index]!.author) === true;
  return { first: ranked.find(isByWhoMay) ?? null, all };
}
