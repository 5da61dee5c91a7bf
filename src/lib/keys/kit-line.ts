/**
 * The kits of an account, each named by the one before it: the first founded the account, the last recovers it. What an
 * older one signed counts as far as the statement that replaced it had known of it, and no further, so that an old kit says
 * nothing from then on, whatever it dates back.
 *
 * Of successors that one kit named one counts. One that knew of another is none: the kit was used up. Of those made apart one beats another one whose author was no active device of the account, as
 * far as it had known, while its own author was one for the other, what that kit itself had said besides left out. So whoever
 * finds an old kit and has no device cannot take its successor's place. Of the rest the smallest id. (Who has both the kit and
 * a device that the other had not heard revoked by a device can dispute it: nobody can tell the two apart. So can whoever
 * has the kit and a relay that lets them write into the chain, where the successor's author was itself let in by that kit.)
 * Of very many the authors that were introduced first are looked at.
 *
 * Guarantees: a function of the statements alone. No revocation makes a successor void: it is the kit's word, and the person
 * has thrown the old kit away.
 */
import { equal, hex } from '#lib/bytes/bytes.ts';
import { introducedBy, type ChainBody, type KitKeys } from './chain-body.ts';
import { orderHistory, type History, type Operation } from './history.ts';
import type { Hex } from './ids.ts';

export interface ChainKit extends KitKeys {
  /** The statement that named it; null for the first. */
  readonly by: Hex | null;
}

export interface KitLine {
  /** The first one first; none before the founding is known. */
  readonly kits: readonly ChainKit[];
  /** Whether what a kit signed is its word: it was in use, as far as whoever replaced it knew. */
  readonly isInUse: (operation: Operation<ChainBody>) => boolean;
  /** Whether any kit of this account signed it, in use or not. */
  readonly isOfKit: (operation: Operation<ChainBody>) => boolean;
}

type Succession = Operation<ChainBody> & { readonly body: Extract<ChainBody, { readonly type: 'succeed' }> };

/** @param isActive whether a device was active, by these statements alone */
export function kitLine(
  operations: readonly Operation<ChainBody>[],
  isActive: (device: Hex, by: readonly Operation<ChainBody>[]) => boolean,
): KitLine {
  const genesis = operations.find(({ body }) => body.type === 'genesis')?.body;
  if (genesis?.type !== 'genesis') return { kits: [], isInUse: () => false, isOfKit: () => false };
  const first: ChainKit = { account: genesis.bundle.account, recovery: genesis.bundle.recovery, by: null };
  const successions = operations.filter(isSuccession);
  // Nearly every account: its history is put into order once, elsewhere.
  const isOfFirst = ({ body }: Operation<ChainBody>) => signerOf(body, [first]) === 0;
  if (successions.length === 0) return { kits: [first], isInUse: isOfFirst, isOfKit: isOfFirst };

  const history = orderHistory(operations);
  const indexOf = new Map(history.operations.map(({ id }, index) => [id, index]));
  const present = successions.filter(({ id }) => indexOf.has(id));
  const pasts = new Map<Hex, readonly Operation<ChainBody>[]>();
  const pastOf = (id: Hex) => {
    const past = pasts.get(id) ?? operationsBefore(history, indexOf.get(id)!);
    pasts.set(id, past);
    return past;
  };
  const isActiveFor = (author: Hex, of: Succession, beside: Succession) => {
    const theirs = new Set(pastOf(beside.id));
    const isDisputed = (said: Operation<ChainBody>) =>
      said.body.type === 'recover' && equal(said.body.by, of.body.by) && !theirs.has(said);
    return isActive(
      author,
      pastOf(of.id).filter((said) => !isDisputed(said)),
    );
  };
  const beats = (one: Succession, other: Succession) =>
    isActiveFor(one.author, other, one) && !isActiveFor(other.author, one, other);

  const isUsedUp = ({ id, body }: Succession) =>
    present.some(
      (other) => equal(other.body.by, body.by) && history.isBefore(indexOf.get(other.id)!, indexOf.get(id)!),
    );
  const apart = foremost(
    present.filter((one) => !isUsedUp(one)),
    history,
  );
  const kits = [first];
  for (let next = successorOf(kits, apart, beats); next; next = successorOf(kits, apart, beats))
    kits.push({ ...next.body.next, by: next.id });
  return {
    kits,
    isOfKit: ({ body }) => signerOf(body, kits) >= 0,
    isInUse({ id, body }) {
      const kit = signerOf(body, kits);
      const replacedBy = kits[kit + 1]?.by;
      if (kit < 0 || !indexOf.has(id)) return false;
      if (body.type === 'succeed') return replacedBy === id;
      return !replacedBy || history.isBefore(indexOf.get(id)!, indexOf.get(replacedBy)!);
    },
  };
}

/** Null at the end of the line. A kit that was in use before is none again. */
function successorOf(
  kits: readonly ChainKit[],
  successions: readonly Succession[],
  beats: (one: Succession, other: Succession) => boolean,
): Succession | null {
  const rivals = successions.filter(
    ({ body }) =>
      equal(body.by, kits.at(-1)!.account) && !kits.some(({ account }) => equal(account, body.next.account)),
  );
  const unbeaten = rivals.filter((one) => !rivals.some((other) => other !== one && beats(other, one)));
  const [winner] = (unbeaten.length > 0 ? unbeaten : rivals).sort((a, b) => (a.id < b.id ? -1 : 1));
  return winner ?? null;
}

/** Each is judged against each: no more than so many of one kit. */
const MAX_RIVALS = 24;

function foremost(successions: readonly Succession[], { operations }: History<ChainBody>): Succession[] {
  const introduced = new Map<Hex, number>();
  operations.forEach(({ body }, index) => {
    const device = introducedBy(body)?.id;
    if (device !== undefined && !introduced.has(device)) introduced.set(device, index);
  });
  const rank = ({ author }: Succession) => introduced.get(author) ?? Infinity;
  const byKit = Map.groupBy(successions, ({ body }) => hex(body.by));
  return [...byKit.values()].flatMap((rivals) =>
    rivals.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1)).slice(0, MAX_RIVALS),
  );
}

/** Which of these kits signed it; -1 for none. */
function signerOf(body: ChainBody, kits: readonly ChainKit[]): number {
  if (body.type !== 'recover' && body.type !== 'succeed') return -1;
  return kits.findIndex(({ account }) => equal(account, body.by));
}

function isSuccession(operation: Operation<ChainBody>): operation is Succession {
  return operation.body.type === 'succeed';
}

function operationsBefore(
  { operations, isBefore }: History<ChainBody>,
  index: number,
): readonly Operation<ChainBody>[] {
  return operations.filter((_, earlier) => isBefore(earlier, index));
}
