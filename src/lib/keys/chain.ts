/**
 * The account chain: which devices speak for an address. A space of its own, whose id and read secret follow from the
 * address, so that whoever knows the address finds and verifies the devices while the relay sees ciphertext.
 *
 * An active device adds and revokes devices; the account key, from the kit, founds the account and recovers it. A device
 * is added once: revoked, it never comes back. Its topic has no delete key: nothing is ever erased from it. Who counts is membership.ts under the rules below.
 *
 * Guarantees: only what the address certifies has a say (attacks A01, A03); the same state on every replica.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { hkdfSha256, labelBytes, labelledHash } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, addressOf, matchesAddress, type Address, type GenesisBundle } from './address.ts';
import { decodeChainBody, genesisBody, verifyChainBody, type ChainBody } from './chain-body.ts';
import { operationOf, type VerifiedControl } from './control.ts';
import { deviceId, type DeviceBundle } from './device.ts';
import type { EpochSecrets } from './epoch.ts';
import { zeroId, type Hex, type SpaceId } from './ids.ts';
import { evaluate, type Evaluation, type Rejection, type Rules } from './membership.ts';
import { accountKey, recoverySealing, type ChainSecrets } from './root.ts';

/** A control frame of a chain whose every signature was verified. Made by `admitChainControls` alone. */
export interface ChainEntry {
  readonly control: VerifiedControl;
  readonly body: ChainBody;
}

export interface ChainDevice {
  readonly bundle: DeviceBundle;
  readonly addedBy: Hex | null; // a device; null for the first one and for a recovery
  readonly addedAt: number; // milliseconds since 1970, by the clock of who added it
  readonly revoked?: { readonly by: Hex; readonly at: number };
}

export interface ChainState {
  readonly address: Address;
  /** Null until the frame that founds the account has arrived. */
  readonly genesis: GenesisBundle | null;
  /** Every device the account ever had, in causal order. */
  readonly devices: ReadonlyMap<Hex, ChainDevice>;
  readonly active: ReadonlySet<Hex>;
  /** Dependencies of the next operation. */
  readonly heads: readonly Hex[];
  readonly rejected: ReadonlyMap<Hex, Rejection>;
  readonly waiting: readonly Hex[];
}

/** A new account: its address, and the body of the first frame of its chain, which the first device signs. */
export async function createGenesis(input: {
  readonly root: Bytes;
  readonly firstDevice: DeviceBundle;
  readonly random: Random;
}): Promise<{ address: Address; bundle: GenesisBundle; frameBody: Bytes }> {
  const account = await accountKey(input.root);
  const { publicKey: recovery } = await recoverySealing(input.root);
  const bundle = { account: account.publicKey, recovery, device: input.firstDevice, nonce: input.random(32) };
  return { address: addressOf(bundle), bundle, frameBody: await genesisBody(bundle, account) };
}

export function chainSpaceId(address: Address): SpaceId {
  return labelledHash(LABELS.chainSpace, addressHash(address));
}

/** The one epoch of a chain. The account's own devices add the secret to write. */
export function chainEpoch(address: Address, secrets?: ChainSecrets): EpochSecrets {
  const read = hkdfSha256(addressHash(address), new Uint8Array(0), labelBytes(LABELS.chainRead), 32);
  return { epoch: 0, id: zeroId(), read, ...secrets };
}

/** The founding bundle among these frames: the one that hashes to the address. */
export function findGenesis(address: Address, controls: Iterable<VerifiedControl>): GenesisBundle | null {
  for (const { inner } of controls) {
    const body = decodeChainBody(inner.body);
    if (body?.type === 'genesis' && matchesAddress(address, body.bundle)) return body.bundle;
  }
  return null;
}

/** Those that are well formed and rightly signed inside; none before the genesis is among them or given. */
export async function admitChainControls(
  address: Address,
  controls: readonly VerifiedControl[],
  known: GenesisBundle | null = null,
): Promise<ChainEntry[]> {
  const genesis = known ?? findGenesis(address, controls);
  if (genesis === null) return [];
  const admitted: ChainEntry[] = [];
  for (const control of controls) {
    const body = decodeChainBody(control.inner.body);
    if (body && (await verifyChainBody(address, genesis, body))) admitted.push({ control, body });
  }
  return admitted;
}

export function evaluateChain(address: Address, entries: readonly ChainEntry[]): ChainState {
  const genesis = entries.find(({ body }) => body.type === 'genesis')?.body;
  const bundle = genesis?.type === 'genesis' ? genesis.bundle : null;
  const operations = bundle ? entries.map(({ control, body }) => operationOf(control, body)) : [];
  const evaluation = evaluate(operations, rulesOf(bundle));
  const devices = bundle ? devicesOf(bundle, entries, evaluation) : new Map<Hex, ChainDevice>();
  const active = new Set([...devices].filter(([, device]) => !device.revoked).map(([id]) => id));
  const { heads, rejected, waiting } = evaluation;
  return { address, genesis: bundle, devices, active, heads, rejected, waiting };
}

function rulesOf(genesis: GenesisBundle | null): Rules<ChainBody, DeviceBundle> {
  const first = genesis && hex(deviceId(genesis.device));
  return {
    founders: new Map(genesis && first ? [[first, genesis.device]] : []),
    changes: changesOf,
    authorises({ author, body }, view) {
      if (body.type === 'genesis') return author === first;
      if (body.type === 'recover') return author === body.id && !view.knows(author);
      if (view.get(author) === undefined) return false;
      if (body.type === 'addDevice') return !view.knows(body.id);
      return view.get(body.revoked) !== undefined;
    },
    cutsOff: ({ body }) => revokedBy(body),
    settle: (values) => (values.includes(null) ? null : values[0]!),
  };
}

function changesOf(body: ChainBody) {
  switch (body.type) {
    case 'genesis':
      return [];
    case 'addDevice':
      return [{ subject: body.id, value: body.device }];
    case 'revokeDevice':
      return [{ subject: body.revoked, value: null }];
    case 'recover': {
      const removed = body.revoked.map((subject) => ({ subject, value: null }));
      return [{ subject: body.id, value: body.device }, ...removed];
    }
  }
}

function revokedBy(body: ChainBody): readonly Hex[] {
  if (body.type === 'recover') return body.revoked;
  return body.type === 'revokeDevice' ? [body.revoked] : [];
}

function devicesOf(
  genesis: GenesisBundle,
  entries: readonly ChainEntry[],
  { effective }: Evaluation<ChainBody, DeviceBundle>,
): Map<Hex, ChainDevice> {
  const timeOf = new Map(entries.map(({ control }) => [hex(control.id), control.inner.clock.time]));
  const devices = new Map<Hex, ChainDevice>();
  const first = hex(deviceId(genesis.device));
  const founded = effective.find(({ body }) => body.type === 'genesis');
  devices.set(first, { bundle: genesis.device, addedBy: null, addedAt: timeOf.get(founded?.id ?? '') ?? 0 });
  for (const { id, author, body } of effective) {
    const at = timeOf.get(id) ?? 0;
    const add = (device: Hex, bundle: DeviceBundle, addedBy: Hex | null) => {
      if (!devices.has(device)) devices.set(device, { bundle, addedBy, addedAt: at });
    };

    if (body.type === 'addDevice') add(body.id, body.device, author);
    if (body.type === 'recover') add(body.id, body.device, null);
    for (const id of revokedBy(body)) {
      const device = devices.get(id);
      if (device && !device.revoked) devices.set(id, { ...device, revoked: { by: author, at } });
    }
  }
  return devices;
}
