/**
 * The chains of a few people, in memory: real keys and signatures, and no replica around them. Whoever asks what is known
 * of them is given lists of entries, as a replica has them.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Address } from '#lib/keys/address.ts';
import {
  acceptAddress,
  addDeviceBody,
  decodeChainBody,
  recoverBody,
  revokeDeviceBody,
  succeedBody,
} from '#lib/keys/chain-body.ts';
import {
  chainSpaceId,
  createGenesis,
  evaluateChain,
  type ChainEntry,
  type ChainState,
} from '#lib/keys/chain.ts';
import { decodeControl } from '#lib/keys/control.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { accountKey, generateRoot, recoverySealing } from '#lib/keys/root.ts';
import { signInner } from '#lib/keys/signed.ts';
import { seededRandom } from '../tools/random.ts';

export type KnownChains = ReadonlyMap<Address, readonly ChainEntry[]>;

/** One person's account, and all that was ever said in its chain. */
export interface Account {
  readonly name: string;
  readonly address: Address;
  readonly root: Bytes;
  /** Everything, in the order in which it was said. */
  readonly entries: () => readonly ChainEntry[];
  readonly state: () => ChainState;
  /** Says something as a device that knows `known`; by default everything that is said so far. */
  say(device: DeviceKeys, body: Bytes, known?: readonly ChainEntry[]): Promise<ChainEntry>;
  add(by: DeviceKeys, device: DeviceKeys, known?: readonly ChainEntry[]): Promise<ChainEntry>;
  revoke(
    by: DeviceKeys,
    device: Hex,
    known?: readonly ChainEntry[],
    seen?: readonly Hex[],
  ): Promise<ChainEntry>;
  recover(
    device: DeviceKeys,
    kept: readonly Hex[],
    known?: readonly ChainEntry[],
    kit?: Bytes,
  ): Promise<ChainEntry>;
  /** A new kit in the place of `old`, said by a device. */
  succeed(by: DeviceKeys, old: Bytes, next: Bytes, known?: readonly ChainEntry[]): Promise<ChainEntry>;
  /** The same account in another world: what is said in either from here on the other does not hear. */
  copy(): Account;
}

export async function account(name: string, first: DeviceKeys): Promise<Account> {
  const random = seededRandom(`account ${name}`);
  const root = generateRoot(random);
  const { address, frameBody } = await createGenesis({ root, firstDevice: first, random });
  const one = accountOf({ name, address, root }, []);
  await one.say(first, frameBody);
  return one;
}

function accountOf(whose: Pick<Account, 'name' | 'address' | 'root'>, said: ChainEntry[]): Account {
  const { name, address, root } = whose;
  const space = chainSpaceId(address);
  let time = Date.UTC(2026, 0, 1) + 1000 * said.length;

  const one: Account = {
    name,
    address,
    root,
    entries: () => said,
    state: () => evaluateChain(address, [...said]),
    async say(device, body, known = said) {
      const { heads } = evaluateChain(address, [...known]);
      const own = known.filter(({ control }) => hex(control.inner.author) === hex(device.id));
      const last = own.at(-1)?.control;
      const inner = {
        author: device.id,
        seq: (last?.inner.seq ?? 0) + 1,
        before: last ? [last.id] : [],
        deps: heads.map(fromHex),
        clock: { time: (time += 1000), counter: 0 },
        body,
      };
      const statement = await signInner({ space, epoch: 0, kind: 'control' }, inner, device.signer);
      const control = decodeControl(space, 0, statement)?.claimed;
      const decoded = decodeChainBody(body);
      if (!control || !decoded) throw new Error('not a chain statement');
      const entry = { control, body: decoded };
      said.push(entry);
      return entry;
    },
    async add(by, device, known) {
      const acceptance = await acceptAddress(address, device.bundle, device.signer);
      return one.say(by, addDeviceBody(device.bundle, acceptance), known);
    },
    revoke: (by, device, known, seen) => one.say(by, revokeDeviceBody(device, seen), known),
    async recover(device, kept, known, kit = root) {
      return one.say(device, await recoverBody(address, device.bundle, kept, await accountKey(kit)), known);
    },
    async succeed(by, old, next, known) {
      const keys = { account: await accountKey(next), recovery: (await recoverySealing(next)).publicKey };
      return one.say(by, await succeedBody(address, keys, await accountKey(old)), known);
    },
    copy: () => accountOf(whose, [...said]),
  };
  return one;
}
