/**
 * The account chain: which devices speak for an address. A space of its own, whose id and read secret follow from the
 * address, so that whoever knows the address finds and verifies the devices while the relay sees ciphertext.
 *
 * An active device adds and revokes devices, also one that is revoked already; the account key, from the kit, founds the
 * account, recovers it and names its successor (kit-line.ts). A recovery says which devices are kept: every other one is revoked, those too whose addition
 * the recovering device had not seen, so that nothing a relay keeps back outlives the kit. (Of recoveries made apart both
 * stand: each is the kit's word.) A device is added once: revoked, it never comes back. Its topic has no delete key: nothing is ever erased from it.
 *
 * An addition counts only where fewer than MAX_DEVICES are active in its past, so that whoever has one device cannot make
 * them without end. That is asked of its past alone: nothing that is said beside it takes it back. Of additions made apart
 * more may be active, each of them to be seen and revoked; how many of those get keys is bounded by rotations.ts.
 *
 * Who counts is membership.ts under the rules below. A device whose addition does not count is known all the same, and
 * revoked: what an honest one has written meanwhile is kept, and its addition can be said again by an active device.
 *
 * Guarantees: only what the address certifies has a say (attacks A01, A03); the same state on every replica.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { hkdfSha256, labelBytes, labelledHash } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, addressOf, matchesAddress, type Address, type GenesisBundle } from './address.ts';
import {
  acceptAddress,
  decodeChainBody,
  genesisBody,
  introducedBy,
  verifyChainBody,
  type ChainBody,
} from './chain-body.ts';
import { operationOf, type VerifiedControl } from './control.ts';
import type { DeviceBundle, DeviceKeys } from './device.ts';
import type { EpochParts } from './epoch.ts';
import { kitLine, type ChainKit, type KitLine } from './kit-line.ts';
import type { Operation } from './history.ts';
import { zeroId, type Hex, type SpaceId } from './ids.ts';
import {
  evaluate,
  type Change,
  type Evaluation,
  type Rejection,
  type Rules,
  type View,
} from './membership.ts';
import { accountKey, recoverySealing, type ChainSecrets } from './root.ts';

/** As many devices an address may have when it adds one. A recovery always counts. */
export const MAX_DEVICES = 32;

/** A control statement of a chain whose every signature was verified. Made by `admitChainControls` alone. */
export interface ChainEntry {
  readonly control: VerifiedControl;
  readonly body: ChainBody;
}

export interface ChainDevice {
  readonly bundle: DeviceBundle;
  readonly addedBy: Hex | null; // a device; null for the first one and for a recovery
  readonly addedAt: number; // milliseconds since 1970, by the clock of who added it
  /** `by` is null for a device that never was active: no addition of it counts. */
  readonly revoked?: {
    readonly by: Hex | null;
    readonly at: number;
    /** What each device that revoked it, and that is not revoked itself, had of its words: the last of each lane. */
    readonly seen: readonly (readonly Hex[])[];
  };
}

export interface ChainState {
  readonly address: Address;
  /** Null until the frame that founds the account has arrived. */
  readonly genesis: GenesisBundle | null;
  /** The kits that there were, the one in use last; none before the founding has arrived. */
  readonly kits: readonly (ChainKit & { readonly at: number })[];
  /** Every device the account ever had: in causal order, those that never were active last. */
  readonly devices: ReadonlyMap<Hex, ChainDevice>;
  readonly active: ReadonlySet<Hex>;
  /** Additions that do not count, of devices that never were active: by a device revoked later, or without a right. */
  readonly unconfirmed: readonly Hex[];
  /** Dependencies of the next operation. */
  readonly heads: readonly Hex[];
  readonly rejected: ReadonlyMap<Hex, Rejection>;
  readonly waiting: readonly Hex[];
}

/** A new account: its address, and the body of the first frame of its chain, which the first device signs. */
export async function createGenesis(input: {
  readonly root: Bytes;
  readonly firstDevice: Pick<DeviceKeys, 'bundle' | 'signer'>;
  readonly random: Random;
}): Promise<{ address: Address; bundle: GenesisBundle; frameBody: Bytes }> {
  const { root, firstDevice, random } = input;
  const account = await accountKey(root);
  const { publicKey: recovery } = await recoverySealing(root);
  const bundle = { account: account.publicKey, recovery, device: firstDevice.bundle, nonce: random(32) };
  const address = addressOf(bundle);
  const acceptance = await acceptAddress(address, firstDevice.bundle, firstDevice.signer);
  return { address, bundle, frameBody: await genesisBody(bundle, acceptance, account) };
}

export function chainSpaceId(address: Address): SpaceId {
  return labelledHash(LABELS.chainSpace, addressHash(address));
}

/** The one epoch of a chain. The account's own devices add the secret to write. */
export function chainEpoch(address: Address, secrets?: ChainSecrets): EpochParts {
  const read = hkdfSha256(addressHash(address), new Uint8Array(0), labelBytes(LABELS.chainRead), 32);
  return { epoch: 0, id: zeroId(), read, ...secrets };
}

/** The founding bundle among these: the one that hashes to the address. */
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
  const operations = entries.map(({ control, body }) => operationOf(control, body));
  const line = kitLine(operations, isActive);
  const evaluation = evaluate(operations, rulesOf(operations, line));
  const devices = devicesOf(entries, evaluation, line);
  const active = new Set([...devices.keys()].filter((id) => evaluation.view.get(id) !== undefined));
  const { heads, rejected, waiting } = evaluation;
  return {
    address,
    genesis: foundedIn(evaluation),
    kits: line.kits.map((kit) => ({ ...kit, at: timeOf(entries, kit.by) })),
    devices,
    active,
    unconfirmed: unconfirmedIn(evaluation, devices),
    ...{ heads, rejected, waiting },
  };
}

/** When something was said, by the clock of who said it; null asks for the founding. */
function timeOf(entries: readonly ChainEntry[], said: Hex | null): number {
  const found = entries.find(({ control, body }) =>
    said === null ? body.type === 'genesis' : hex(control.id) === said,
  );
  return found?.control.inner.clock.time ?? 0;
}

/** Whether a device is active by these operations alone. */
function isActive(device: Hex, operations: readonly Operation<ChainBody>[]): boolean {
  const { view } = evaluate(operations, rulesOf(operations, kitLine(operations, isActive)));
  return view.get(device) !== undefined;
}

function rulesOf(operations: readonly Operation<ChainBody>[], line: KitLine): Rules<ChainBody, DeviceBundle> {
  const first = operations.flatMap(({ body }) =>
    body.type === 'genesis' ? [introducedBy(body)!.id] : [],
  )[0];
  return {
    founders: new Map(),
    changes: (operation, isBefore) => changesOf(operation, operations, isBefore),
    voids: ({ body }) =>
      body.type === 'recover'
        ? ({ body: beside }) => beside.type === 'addDevice' && !body.kept.includes(beside.id)
        : null,
    isAbove: ({ body }) => body.type === 'succeed',
    authorises(operation, view) {
      const { author, body } = operation;
      if (body.type === 'genesis') return author === first && !view.knows(author);
      if (first === undefined || !view.knows(first)) return false;
      if (body.type === 'succeed') return line.isInUse(operation);
      if (body.type === 'recover')
        return line.isInUse(operation) && author === body.id && !view.knows(author);
      if (view.get(author) === undefined) return false;
      if (body.type === 'revokeDevice') return view.knows(body.revoked);
      return !view.knows(body.id) && !isFull(view);
    },
  };
}

function isFull(view: View<DeviceBundle>): boolean {
  let active = 0;
  for (const device of view.subjects()) if (view.get(device) !== undefined) active++;
  return active >= MAX_DEVICES;
}

function changesOf(
  { body }: Operation<ChainBody>,
  operations: readonly Operation<ChainBody>[],
  isBefore: (other: Hex) => boolean,
): Change<DeviceBundle>[] {
  if (body.type === 'revokeDevice') return [{ subject: body.revoked, value: null }];
  if (body.type === 'succeed') return [];
  const { id, bundle } = introducedBy(body)!;
  const added = { subject: id, value: bundle };
  if (body.type !== 'recover') return [added];
  const spared = new Set([...body.kept, id]);
  const known = operations.flatMap((other) =>
    isBefore(other.id) ? [introducedBy(other.body)?.id ?? id] : [],
  );
  const removed = [...new Set(known)].filter((device) => !spared.has(device)).sort();
  return [added, ...removed.map((subject) => ({ subject, value: null }))];
}

function foundedIn({ effective }: Evaluation<ChainBody, DeviceBundle>): GenesisBundle | null {
  for (const { body } of effective) if (body.type === 'genesis') return body.bundle;
  return null;
}

function devicesOf(
  entries: readonly ChainEntry[],
  { operations, effective, view }: Evaluation<ChainBody, DeviceBundle>,
  line: KitLine,
): Map<Hex, ChainDevice> {
  const timeOf = new Map(entries.map(({ control }) => [hex(control.id), control.inner.clock.time]));
  const devices = new Map<Hex, ChainDevice>();
  const add = ({ id, author, body }: Operation<ChainBody>, counts: boolean): boolean => {
    const device = introducedBy(body);
    if (!device || devices.has(device.id)) return false;
    const addedAt = timeOf.get(id)!;
    const addedBy = body.type === 'addDevice' ? author : null;
    const never = { revoked: { by: null, at: addedAt, seen: [] } };
    devices.set(device.id, { bundle: device.bundle, addedBy, addedAt, ...(!counts && never) });
    return true;
  };

  for (const operation of effective) add(operation, true);
  for (const [id, device] of devices) {
    if (view.get(id) !== undefined) continue;
    const { author, id: at } = removalOf(id, effective);
    devices.set(id, {
      ...device,
      revoked: { by: author, at: timeOf.get(at)!, seen: seenIn(id, effective, view) },
    });
  }
  // Introduced by a known device, or the kit, in a word that does not count: again until nothing more is found.
  const isKnown = (operation: Operation<ChainBody>) =>
    operation.body.type === 'recover' ? line.isOfKit(operation) : devices.has(operation.author);
  let found = true;
  while (found) found = operations.some((operation) => isKnown(operation) && add(operation, false));
  return devices;
}

/** A device that is revoked itself, or the device's own word, is nobody's word for what had been seen. */
function seenIn(
  device: Hex,
  effective: readonly Operation<ChainBody>[],
  view: Evaluation<ChainBody, DeviceBundle>['view'],
): (readonly Hex[])[] {
  return effective.flatMap(({ author, body }) =>
    isRemovalOf(device, body) && view.get(author) !== undefined ? [body.seen] : [],
  );
}

function isRemovalOf(
  device: Hex,
  body: ChainBody,
): body is Extract<ChainBody, { readonly type: 'revokeDevice' | 'recover' }> {
  if (body.type === 'recover') return body.id !== device && !body.kept.includes(device);
  return body.type === 'revokeDevice' && body.revoked === device;
}

/** Of what counts, the word by which a device that was active is so no longer. */
function removalOf(device: Hex, effective: readonly Operation<ChainBody>[]): Operation<ChainBody> {
  const revoked = effective.find(({ body }) => body.type === 'revokeDevice' && body.revoked === device);
  const removal = revoked ?? effective.findLast(({ body }) => body.type === 'recover' && body.id !== device);
  if (!removal) throw new Error('a device that was active is removed by some word that counts');
  return removal;
}

function unconfirmedIn(
  { operations, rejected }: Evaluation<ChainBody, DeviceBundle>,
  devices: ReadonlyMap<Hex, ChainDevice>,
): Hex[] {
  return operations.flatMap(({ id, author, body }) => {
    if (body.type !== 'addDevice' || !rejected.has(id) || !devices.has(author)) return [];
    return devices.get(body.id)?.revoked?.by === null ? [id] : [];
  });
}
