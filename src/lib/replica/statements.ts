/**
 * Statements that come inside other frames: the chains and controls that a snapshot or a rotation carries. They are judged
 * as if they had come in frames of their own; what was said about members is known then although the relay kept it back.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeControl, operationOf, type ClaimedControl, type VerifiedControl } from '#lib/keys/control.ts';
import { decodeGrounds, type ChainNews } from '#lib/keys/grounds.ts';
import { separate } from '#lib/keys/history.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { FrameInner } from '#lib/keys/signed.ts';
import type { Context } from './context.ts';
import type { ControlStatement, Snapshot } from './snapshot.ts';
import type { Transaction } from './transaction.ts';

/** Chains are taken in of those whose chains matter here, which the controls tell: again until nothing more is found. */
export async function takeStatements(
  context: Context,
  transaction: Transaction,
  { chains, controls }: Pick<Snapshot, 'chains' | 'controls'>,
): Promise<void> {
  const { policy, space } = context;
  const claimed = controls.flatMap(
    ({ epoch, statement }) => decodeControl(space, epoch, statement)?.claimed ?? [],
  );
  const open = new Map(chains);
  for (let progress = true; progress;) {
    const { addresses } = policy.circle([...transaction.controls.values()], transaction.carried, claimed);
    const here = [...open].filter(([address]) => addresses.has(address));
    for (const [address] of here) open.delete(address);
    const news = here.map(([address, carried]) => [{ address, heads: [], carried }]);
    transaction.carried = (await policy.carry(news, transaction.carried)).carried;
    transaction.members = policy.evaluate([...transaction.controls.values()], transaction.carried);
    const isTaken = await takeControls(context, transaction, controls);
    progress = open.size > 0 && (isTaken || here.length > 0);
  }
}

/**
 * Takes in those of these controls that are rightly signed and of which everything they build on is there, with the chain
 * statements that they carry themselves: as if each had come in a frame of its own. Again until nothing more is found.
 */
export async function takeControls(
  context: Context,
  transaction: Transaction,
  controls: readonly ControlStatement[],
): Promise<boolean> {
  let isTaken = false;
  for (let again = controls.length > 0; again;) {
    const open = openClaims(context, transaction, controls);
    const { carried } = transaction;
    const admitted = await admitReady(context, transaction, await wholeAmong(context, transaction, open));
    again = admitted.size > 0 || transaction.carried !== carried;
    if (!again) break;
    transaction.members = context.policy.evaluate([...transaction.controls.values()], transaction.carried);
    isTaken = true;
  }
  return isTaken;
}

/** A control read out of another statement. */
interface Claim extends ClaimedControl {
  readonly chains: readonly ChainNews[];
  readonly content: Bytes;
}

function openClaims(
  { space, policy }: Context,
  transaction: Transaction,
  controls: readonly ControlStatement[],
): Claim[] {
  return controls.flatMap((one) => {
    const claim = claimOf(space, one, policy.hasGrounds);
    return claim && !transaction.controls.has(hex(claim.claimed.id)) ? [claim] : [];
  });
}

/** Those of them that are rightly signed, and of whose chains all is here that they name, once what they carry is taken in. */
async function wholeAmong(
  { policy }: Context,
  transaction: Transaction,
  claims: readonly Claim[],
): Promise<VerifiedControl[]> {
  const introduced = new Map(
    claims.flatMap(({ content, chains }) =>
      policy.introduces(content, chains).map(({ device, signing }) => [device, signing] as const),
    ),
  );
  const signed: Claim[] = [];
  for (const claim of claims) {
    const author = hex(claim.claimed.inner.author);
    const key = transaction.members.author(author)?.signing ?? introduced.get(author);
    if (key && (await isSigned(claim, key))) signed.push(claim);
  }
  // Whom one of them lets in matters as if it had come by itself.
  const claimed = claims.map((one) => one.claimed);
  const known = [...transaction.controls.values(), ...signed.map((one) => one.claimed)];
  const { addresses } = policy.circle(known, transaction.carried, claimed);
  const here = signed.filter(({ chains }) => chains.every(({ address }) => addresses.has(address)));
  const { carried, brought } = await policy.carry(
    here.map(({ chains }) => chains),
    transaction.carried,
  );
  transaction.carried = carried;
  const isWhole = (_: Claim, i: number) => brought[i] === 'known' || brought[i] === 'fresh';
  return here.filter(isWhole).map(({ claimed }) => claimed);
}

/** What controls that are here carry inside, of which some may have waited for what is known by now. */
export function carriedInside({ policy }: Context, controls: Iterable<VerifiedControl>): ControlStatement[] {
  return [...controls].flatMap(({ inner }) => {
    const grounds = policy.hasGrounds && !inside.has(inner) ? decodeGrounds(inner.body) : null;
    const carried = inside.get(inner) ?? (grounds ? policy.carries(grounds.content) : []);
    inside.set(inner, carried);
    return carried;
  });
}

const inside = new WeakMap<FrameInner, readonly ControlStatement[]>();
const read = new WeakMap<Bytes, Claim | null>();
const verdicts = new WeakMap<Claim, boolean>();

function claimOf(space: Bytes, { epoch, statement }: ControlStatement, hasGrounds: boolean): Claim | null {
  const known = read.get(statement);
  if (known !== undefined) return known;
  const decoded = decodeControl(space, epoch, statement);
  const grounds = decoded && hasGrounds ? decodeGrounds(decoded.claimed.inner.body) : null;
  const { chains = [], content = NO_CONTENT } = grounds ?? {};
  const claim = decoded && (grounds ?? !hasGrounds) ? { ...decoded, chains, content } : null;
  read.set(statement, claim);
  return claim;
}

/** A device has one key, which its id is the hash of: the answer stays what it is. */
async function isSigned(claim: Claim, key: Bytes): Promise<boolean> {
  const verdict = verdicts.get(claim) ?? (await claim.isSignedBy(key));
  verdicts.set(claim, verdict);
  return verdict;
}

const NO_CONTENT = new Uint8Array(0);

/** Takes in, all at once, those of these controls of which everything they build on is there or comes with them. Their ids. */
export async function admitReady(
  { policy }: Context,
  transaction: Transaction,
  controls: readonly VerifiedControl[],
): Promise<ReadonlySet<Hex>> {
  const ready = buildable(transaction, controls);
  if (ready.length === 0) return new Set();
  const found = await policy.admit(ready, [...transaction.controls.values()]);
  // What builds on one that is not admitted waits with it.
  const admitted = buildable(transaction, found);
  transaction.addControls(admitted);
  return new Set(admitted.map(({ id }) => hex(id)));
}

/** Of these controls, which are not here yet, those that build on nothing but what is here or among them. */
function buildable({ controls }: Transaction, fresh: readonly VerifiedControl[]): VerifiedControl[] {
  const operations = fresh.flatMap((control) => {
    const operation = operationOf(control, control);
    const deps = operation.deps.filter((one) => !controls.has(one));
    return controls.has(operation.id) ? [] : [{ ...operation, deps }];
  });
  return [...separate(operations).present.values()].map(({ body }) => body);
}
