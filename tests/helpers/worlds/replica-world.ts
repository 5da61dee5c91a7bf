/**
 * A record space with real keys and several devices over fake disks, clock and randomness; the replicas in it are the
 * real ones. Alice and Bob are guardians of the record; each may have several devices.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { localKey } from '#lib/crypto/local.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import type { Directory } from '#lib/keys/directory.ts';
import { deriveEpoch, generateEpoch, withId, type EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Role } from '#lib/keys/roles.ts';
import { createSpace } from '#lib/keys/roster.ts';
import { encodeRosterBody, type Pin } from '#lib/keys/roster-body.ts';
import type { Edit, Entry } from '#lib/record/entry.ts';
import { rosterPolicy, type RosterMembers } from '#lib/replica/policies.ts';
import { localSeal } from '#lib/replica/ports.ts';
import { createReplica, type Replica, type SecurityEvent } from '#lib/replica/replica.ts';
import type { Address } from '#lib/keys/address.ts';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { fakeClock, type FakeClock } from '../tools/clock.ts';
import { faultyDisk, type FaultyDisk } from '../hostile/faulty-storage.ts';
import { addressNamed, deviceNamed } from '../people/people.ts';
import { plainRelay, type PlainRelay } from './plain-relay.ts';
import { seededRandom, type SeededRandom } from '../tools/random.ts';

export interface WorldDevice {
  readonly name: string;
  readonly keys: DeviceKeys;
  readonly id: Hex;
  readonly disk: FaultyDisk;
  readonly random: SeededRandom;
  readonly clock: FakeClock;
  replica: Replica<RosterMembers>;
  readonly events: SecurityEvent[];
  /** A new process over what is on the disk. */
  restart(): Promise<void>;
  allergy(name: string, id?: string): Promise<string>;
  allergies(): string[];
  entries(): readonly Entry[];
}

export interface ReplicaWorld {
  readonly space: Bytes;
  readonly clock: FakeClock;
  readonly relay: PlainRelay;
  readonly random: SeededRandom;
  readonly epochs: EpochKeys[];
  readonly directory: Directory;
  device(name: string): WorldDevice;
  readonly devices: readonly WorldDevice[];
  /** One more process for the same keys, over another disk: a copied profile when given one. */
  join(name: string, disk?: FaultyDisk): Promise<WorldDevice>;
  /** The device's own chain revokes it; the others still have to pin it by a rotation. */
  revoke(name: string): void;
  /** A new epoch by this device, pinning these devices; everybody given gets its keys at once. */
  rotate(by: WorldDevice, pins: readonly Pin[], to: readonly WorldDevice[]): Promise<EpochKeys>;
}

export interface People {
  readonly directory: Directory & { revoke(id: Hex): void };
  readonly keys: ReadonlyMap<string, DeviceKeys>;
  readonly addresses: ReadonlyMap<string, Address>;
}

/** Device names are "Alice phone", "Alice laptop", "Bob phone": the first word is whose it is. */
export async function people(names: readonly string[]): Promise<People> {
  const keys = new Map<string, DeviceKeys>();
  const addresses = new Map<string, Address>();
  for (const name of names) {
    const owner = name.split(' ')[0]!;
    if (!addresses.has(owner)) addresses.set(owner, await addressNamed(owner));
    keys.set(name, await deviceNamed(name));
  }
  const revoked = new Set<Hex>();
  const byId = new Map([...keys].map(([name, device]) => [hex(device.id), { name, device }]));
  const devicesOf = (address: Address) =>
    [...byId].flatMap(([id, { name }]) => (addresses.get(name.split(' ')[0]!) === address ? [id] : []));
  const directory = {
    revoke: (id: Hex) => void revoked.add(id),
    device(id: Hex) {
      const found = byId.get(id);
      if (!found) return undefined;
      const address = addresses.get(found.name.split(' ')[0]!)!;
      return { address, ...found.device.bundle, revoked: revoked.has(id) };
    },
    account: (address: Address) => ({ devices: devicesOf(address), recovery: new Uint8Array(1216) }),
  };
  return { directory, keys, addresses };
}

export async function replicaWorld(
  names: readonly string[],
  seed: number | string = 1,
  {
    roles = {},
    who,
    maxTails,
  }: { roles?: Readonly<Record<string, Role>>; who?: People; maxTails?: number } = {},
): Promise<ReplicaWorld> {
  const random = seededRandom(seed);
  const clock = fakeClock();
  const relay = plainRelay();
  const { directory, keys, addresses } = who ?? (await people(names));
  const founders = [...addresses].map(([owner, address]) => ({ address, role: roles[owner] ?? 'guardian' }));
  const { space, frameBody, secrets } = createSpace({ kind: 'record', founders, random });
  const epochs = [await deriveEpoch(space, secrets)];
  const devices = new Map<string, WorldDevice>();

  const open = async (name: string, disk = faultyDisk()): Promise<WorldDevice> => {
    const device = keys.get(name)!;
    const own = random.fork(`${name} ${devices.size}`);
    const events: SecurityEvent[] = [];
    const seal = localSeal(localKey(seededRandom(`local ${name}`)(32)), own);
    const start = async () => {
      const replica = createReplica({
        space,
        epochs: [...epochs],
        self: { id: device.id, signer: device.signer },
        policy: rosterPolicy(space, () => directory),
        ports: { clock, random: own, disk: disk.open(), seal },
        ...(maxTails !== undefined && { maxTails }),
      });
      replica.subscribe((change) => change.type === 'security' && events.push(change.event));
      const loaded = await replica.load();
      if (!loaded.ok) throw new Error(`load: ${loaded.error.type}`);
      return replica;
    };
    const worldDevice: WorldDevice = {
      name,
      keys: device,
      id: hex(device.id),
      disk,
      random: own,
      clock,
      events,
      replica: await start(),
      async restart() {
        disk.crash();
        this.replica = await start();
      },
      async allergy(name, id = entryId(own)) {
        const edit: Edit = { type: 'put', section: 'allergies', id, fields: { name } };
        const done = await this.replica.edit([edit]);
        if (!done.ok) throw new Error(done.error.type);
        return id;
      },
      allergies() {
        return this.entries()
          .filter(({ deletedAt }) => deletedAt === undefined)
          .map(({ fields }) => String(fields['name']))
          .sort();
      },
      entries() {
        return [...(this.replica.record().entries.get('allergies')?.values() ?? [])];
      },
    };
    return worldDevice;
  };

  for (const name of names) devices.set(name, await open(name));
  const first = devices.get(names[0]!)!;
  const founded = await first.replica.control(frameBody);
  if (!founded.ok) throw new Error(founded.error.type);

  return {
    space,
    clock,
    relay,
    random,
    epochs,
    directory,
    device: (name) => devices.get(name)!,
    devices: [...devices.values()],
    join: (name, disk) => open(name, disk),
    revoke: (name) => directory.revoke(hex(keys.get(name)!.id)),
    async rotate(by, pins, to) {
      const epoch = epochs.length;
      const fresh = generateEpoch(random, epoch);
      const owners = founders.filter(({ role }) => role === 'guardian' || role === 'owner');
      const boxes = owners.map(({ address }, i) => ({
        address,
        recipient: new Uint8Array(32).fill(i + 1),
        sealed: new Uint8Array(0),
      }));
      const done = await by.replica.control(encodeRosterBody({ type: 'rotate', epoch, boxes, pins }));
      if (!done.ok) throw new Error(done.error.type);
      epochs.push(await deriveEpoch(space, withId(fresh, done.value.frame)));
      for (const device of to) {
        const used = await device.replica.useEpochs([...epochs]);
        if (!used.ok) throw new Error(used.error.type);
      }
      return epochs.at(-1)!;
    },
  };
}

export function entryId(random: SeededRandom): string {
  return toBase64url(random(16));
}
