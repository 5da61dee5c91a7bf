/**
 * The chains as the devices of a simulation hear of them: from the relay, which keeps back what it likes, and from frames
 * that carry them. Who says something in a chain builds on what it knows.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { Address } from '#lib/keys/address.ts';
import { evaluateChain, type ChainEntry } from '#lib/keys/chain.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Account } from '../helpers/people/chains.ts';
import type { WorldDevice } from '../helpers/worlds/replica-world.ts';
import { idOf, must, type Actor, type Scene } from './scene.ts';

/** Of all that the relay has, what it does not keep back from this device. */
export async function learnChains(
  { world, published }: Scene,
  { device }: Actor,
  isHidden = false,
): Promise<void> {
  let hasChanged = false;
  for (const account of world.people.accounts.values()) {
    const known = new Set(knownTo(device, account).map(idOf));
    const heard = new Set(known);
    for (const entry of account.entries()) {
      const { deps, before } = entry.control.inner;
      const isWhole = [...deps, ...before].every((id) => heard.has(hex(id)));
      if (published.has(idOf(entry)) && isWhole && !isHidden) heard.add(idOf(entry));
    }
    if (heard.size > (device.chains.get(account.address)?.length ?? 0))
      hasChanged = setChain(device, account, heard);
  }
  if (hasChanged) must(await device.replica.refresh());
}

/** What a device knows of a chain, by itself and from frames. */
export function knownTo({ chains, replica }: WorldDevice, account: Account): readonly ChainEntry[] {
  const [own, carried] = [chains, replica.carried()].map((known) => known.get(account.address) ?? []);
  const ids = new Set([...own!, ...carried!].map(idOf));
  return ids.size === own!.length ? own! : account.entries().filter((entry) => ids.has(idOf(entry)));
}

function setChain(device: WorldDevice, account: Account, ids: ReadonlySet<Hex>): true {
  device.chains = new Map(device.chains).set(
    account.address,
    listOf(account.entries().filter((entry) => ids.has(idOf(entry)))),
  );
  return true;
}

const lists = new Map<string, WeakRef<readonly ChainEntry[]>>();

/** One list for each set of statements, so that what follows from it is computed once in a process. */
function listOf(entries: readonly ChainEntry[]): readonly ChainEntry[] {
  const key = entries.map(idOf).join();
  const known = lists.get(key)?.deref();
  if (known && known.every((entry, i) => entry === entries[i])) return known;
  lists.set(key, new WeakRef(entries));
  return entries;
}

/** Something said in the chain of its account by a device, on what it knows. */
export async function sayInChain(
  device: WorldDevice,
  say: (account: Account, known: readonly ChainEntry[]) => Promise<ChainEntry>,
): Promise<void> {
  const { account } = device;
  const known = knownTo(device, account);
  const entry = await say(account, known);
  setChain(device, account, new Set([...known, entry].map(idOf)));
  must(await device.replica.refresh());
}

/** Whatever a device knows of the chains of its people, the relay has after its visit. */
export function publishChains({ world, published }: Scene, { device }: Actor): void {
  for (const account of world.people.accounts.values())
    for (const entry of knownTo(device, account)) published.add(idOf(entry));
}

/** The devices of an account as everybody knows them who has heard all that the relay has. */
export function standingIn({ world, published }: Scene, address: Address): ReadonlySet<Hex> {
  const account = [...world.people.accounts.values()].find((one) => one.address === address)!;
  return evaluateChain(address, listOf(account.entries().filter((entry) => published.has(idOf(entry)))))
    .active;
}
