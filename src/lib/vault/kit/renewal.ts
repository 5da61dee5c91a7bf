/**
 * A new kit in the place of the old one: its words show that one has it, three of the new ones that they are written down.
 *
 * Guarantees: nothing has changed until the relay has what the new kit opens; from then on the old one is good for nothing in
 * the chain, the keys that follow are not sealed to it, and what it opened is erased at the relay. Where that last step does
 * not come through it is owed (`OLD_KITS`), and done with the next connection.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { succeedBody } from '#lib/keys/chain-body.ts';
import { accountKey, askPositions, generateRoot, recoverySealing, wrongPositions } from '#lib/keys/kit.ts';
import type { Account } from '#lib/vault/account/account.ts';
import type { KitGiven, VaultError } from '#lib/vault/door/door.ts';
import { placeEdit, placeEntryId, placeOfKit } from '#lib/vault/entry/kit-place.ts';
import type { PendingKit } from '#lib/vault/entry/activation.ts';
import type { Key } from '#lib/storage/storage.ts';
import { OLD_KITS, oldKitKey, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { problemOfEdit, storageProblem } from '#lib/vault/errors.ts';
import { closePlace, putPlaced, readKit } from './reading.ts';

const SENT_MS = 15_000;
const LOOK_MS = 50;

/** Accounts in which a new kit is being made. */
const renewing = new WeakSet<Account>();

/** Secret. The kit that is to be replaced, and the one that waits to be confirmed. */
export interface Renewal {
  readonly old: Bytes;
  readonly kit: PendingKit;
}

export async function beginRenewal(account: Account, given: KitGiven): Promise<Result<Renewal, VaultError>> {
  const read = readKit(given);
  if (!read.ok) return read;
  // Nobody writes down 24 words for nothing.
  if (account.isRevoked()) return fail({ type: 'device-revoked' });
  const { root: old, paper } = read.value;
  if (paper && paper.address !== account.identity().address) return fail({ type: 'kit-other' });
  const { kits } = account.spaces.chainState();
  const { publicKey } = await accountKey(old);
  const which = kits.findIndex(({ account: key }) => equal(key, publicKey));
  if (which < 0) return fail({ type: 'kit-other' });
  if (which < kits.length - 1) return fail({ type: 'kit-replaced', at: kits[which + 1]!.at });
  const { random } = account.env;
  return ok({ old, kit: { root: generateRoot(random), asked: askPositions(random) } });
}

export async function confirmRenewal(
  account: Account,
  { old, kit }: Renewal,
  words: readonly string[],
): Promise<Result<void, VaultError>> {
  const positions = wrongPositions(kit.root, kit.asked, words);
  if (positions.length > 0) return fail({ type: 'kit-words-wrong', positions });
  // Of its own: whoever locks meanwhile wipes the others.
  const roots = { old: old.slice(), next: kit.root.slice() };
  renewing.add(account);
  try {
    const done = await replaceKit(account, roots);
    renewing.delete(account);
    if (done.ok) await closeOldKits(account);
    return done;
  } finally {
    renewing.delete(account);
    for (const root of Object.values(roots)) root.fill(0);
  }
}

async function replaceKit(
  account: Account,
  roots: { readonly old: Bytes; readonly next: Bytes },
): Promise<Result<void, VaultError>> {
  const { env, spaces, storage, seal } = account;
  const { address, owner, chain, account: accountSpace, record } = account.identity();
  const granted = { address, owner, chain, account: accountSpace, record };
  const place = await placeOfKit(roots.next, granted, env);
  const put = await putPlaced(env, place);
  if (!put.ok) return put;
  // Owed before it is said: whatever breaks off from here on, the old kit's place is closed in the end.
  const oldKey = oldKitKey(placeEntryId((await accountKey(roots.old)).publicKey));
  const owed = await storage.write([await sealedPut(seal, oldKey, roots.old)], 'strict');
  if (!owed.ok) return fail(storageProblem(owed.error));
  // Before it counts: whatever breaks off, every device knows what to put again should the relay lose it.
  const kept = await spaces.account.replica.edit([await placeEdit(roots.next, place.frame)]);
  if (!kept.ok) return fail(problemOfEdit(kept.error));
  const recovery = (await recoverySealing(roots.next)).publicKey;
  const next = { account: await accountKey(roots.next), recovery };
  const body = await succeedBody(address, next, await accountKey(roots.old));
  const said = await spaces.chain.replica.control(body);
  if (!said.ok) return fail(problemOfEdit(said.error));
  await spaces.settled();
  await account.allRecords();
  await account.rotateWhatIsDue();
  account.wake();
  // Not before the relay has it is the new kit one that opens: until then the old one is not to be thrown away.
  if (!(await isSent(account))) return fail({ type: 'interrupted' });
  return ok();
}

/** Whether the relay has all that was said in chain and account space, within a while. */
async function isSent({ env, spaces }: Account): Promise<boolean> {
  const deadline = env.clock.now() + SENT_MS;
  const left = () => spaces.chain.replica.unsent() + spaces.account.replica.unsent();
  while (left() > 0 && env.clock.now() < deadline)
    await new Promise<void>((resolve) => void env.clock.setTimer(LOOK_MS, resolve));
  return left() === 0;
}

export async function owesOldKit({ storage }: Account): Promise<boolean> {
  return (await storage.keys(OLD_KITS)).length > 0;
}

/** What old kits opened is erased at the relay, where that is owed and a later kit counts. */
export async function closeOldKits(account: Account): Promise<void> {
  // What is owed by a renewal that is under way may not have been said yet.
  if (renewing.has(account)) return;
  for (const { key } of await account.storage.list(OLD_KITS)) await closeOldKit(account, key);
}

async function closeOldKit({ env, spaces, storage, seal }: Account, key: Key): Promise<void> {
  const old = await sealedGet(storage, seal, key);
  if (!old) return;
  const { publicKey } = await accountKey(old);
  const inUse = spaces.chainState().kits.at(-1);
  // It was owed, and then not said: the old kit is the kit.
  const isReplaced = inUse && !equal(inUse.account, publicKey);
  if (isReplaced && spaces.chain.replica.unsent() > 0) return;
  const closed = isReplaced ? await closePlace(env, old) : ok();
  if (closed.ok) await storage.write([{ type: 'delete', key }], 'strict');
  old.fill(0);
}
