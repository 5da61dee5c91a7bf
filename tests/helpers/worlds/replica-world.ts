/**
 * A record space with real keys and several devices over fake disks, clock and randomness; the replicas in it are the
 * real ones. Alice has founded the record and let Bob join; each may have several devices.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { localKey } from '#lib/crypto/local.ts';
import type { Address } from '#lib/keys/address.ts';
import type { ChainEntry } from '#lib/keys/chain.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, epochId, generateEpoch, partsOf, readHash, type EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { createSpace } from '#lib/keys/roster.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { acceptJoin, consentToJoin } from '#lib/keys/roster-words.ts';
import { recipientsOf, sealEpochs } from '#lib/keys/rotations.ts';
import type { Edit, Entry } from '#lib/record/entry.ts';
import { rosterPolicy, type RosterMembers } from '#lib/replica/policies.ts';
import { localSeal, type LocalSeal } from '#lib/replica/ports.ts';
import { createReplica, type Replica, type SecurityEvent } from '#lib/replica/replica.ts';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { fakeClock, type FakeClock } from '../tools/clock.ts';
import { faultyDisk, type FaultyDisk } from '../hostile/faulty-storage.ts';
import { account, type Account } from '../people/chains.ts';
import { deviceNamed } from '../people/people.ts';
import { plainRelay, type PlainRelay } from './plain-relay.ts';
import { seededRandom, type SeededRandom } from '../tools/random.ts';

export interface WorldDevice {
  readonly name: string;
  readonly keys: DeviceKeys;
  readonly id: Hex;
  /** Of whose account it is. */
  readonly account: Account;
  readonly disk: FaultyDisk;
  readonly random: SeededRandom;
  readonly clock: FakeClock;
  replica: Replica<RosterMembers>;
  readonly events: SecurityEvent[];
  /** The epochs it has keys of; null where it has all there are. */
  ring: readonly EpochKeys[] | null;
  /** What it knows of the chains by itself. Frames of the space may carry more. */
  chains: Map<Address, readonly ChainEntry[]>;
  /** All that was said in the chains by now, as a sync of the chains gives it. */
  learnChains(): Promise<void>;
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
  readonly people: People;
  device(name: string): WorldDevice;
  readonly devices: readonly WorldDevice[];
  /** One more process for the same keys, over another disk: a copied profile when given one. */
  join(name: string, disk?: FaultyDisk, knows?: Pick<WorldDevice, 'chains' | 'ring'>): Promise<WorldDevice>;
  /**
   * The device is revoked in its own chain, by another of its owner's that knows what it knows (by itself, where there is
   * no other). Everybody finds it at the next `learnChains`; those in `told` at once.
   */
  revoke(name: string, told?: readonly WorldDevice[], by?: WorldDevice): Promise<void>;
  /** A new epoch by this device; everybody given gets its keys at once. */
  rotate(by: WorldDevice, to: readonly WorldDevice[]): Promise<EpochKeys>;
}

export interface People {
  readonly keys: ReadonlyMap<string, DeviceKeys>;
  readonly accounts: ReadonlyMap<string, Account>;
}

const ownerOf = (name: string): string => name.split(' ')[0]!;

/** Device names are "Alice phone", "Alice laptop", "Bob phone": the first word is whose it is. */
export async function people(names: readonly string[]): Promise<People> {
  const keys = new Map<string, DeviceKeys>();
  const accounts = new Map<string, Account>();
  for (const name of names) {
    const device = await deviceNamed(name);
    keys.set(name, device);
    const known = accounts.get(ownerOf(name));
    if (known) await known.add(keys.get(firstOf(ownerOf(name), names))!, device);
    else accounts.set(ownerOf(name), await account(ownerOf(name), device));
  }
  return { keys, accounts };
}

const firstOf = (owner: string, names: readonly string[]): string =>
  names.find((name) => ownerOf(name) === owner)!;

export interface WorldOptions {
  readonly who?: People;
  readonly maxTails?: number;
  /** Words wait for new keys where a rotation is due, as in the app (replica.ts). */
  readonly rotates?: boolean;
  /** By how many milliseconds a device's clock is wrong. */
  readonly skewOf?: (name: string) => number;
  /** What a device seals its disk with. */
  readonly sealOf?: (name: string, random: SeededRandom) => LocalSeal;
}

const sealOnDisk = (name: string, random: SeededRandom): LocalSeal =>
  localSeal(localKey(seededRandom(`local ${name}`)(32)), random);

export async function replicaWorld(
  names: readonly string[],
  seed: number | string = 1,
  { who, maxTails, rotates = false, skewOf = () => 0, sealOf = sealOnDisk }: WorldOptions = {},
): Promise<ReplicaWorld> {
  const random = seededRandom(seed);
  const clock = fakeClock();
  const relay = plainRelay();
  const world = who ?? (await people(names));
  const { keys, accounts } = world;
  const owner = accounts.get(ownerOf(names[0]!))!;
  const { space, frameBody, secrets } = createSpace({ kind: 'record', founder: owner.address, random });
  const epochs = [await deriveEpoch(space, secrets)];
  const devices = new Map<string, WorldDevice>();
  let opened = 0;
  const allChains = () =>
    new Map(
      [...accounts.values()].map(({ address, entries }) => [
        address,
        [...entries()] as readonly ChainEntry[],
      ]),
    );

  const open = async (
    name: string,
    disk = faultyDisk(),
    knows?: Pick<WorldDevice, 'chains' | 'ring'>,
  ): Promise<WorldDevice> => {
    const device = keys.get(name)!;
    const own = random.fork(`${name} ${opened++}`);
    const events: SecurityEvent[] = [];
    const seal = sealOf(name, own);
    const person = accounts.get(ownerOf(name))!;
    const skew = skewOf(name);
    const worldDevice: WorldDevice = {
      name,
      keys: device,
      id: hex(device.id),
      account: person,
      disk,
      random: own,
      clock: { ...clock, now: () => clock.now() + skew },
      events,
      ring: knows?.ring ?? null,
      chains: knows ? new Map(knows.chains) : allChains(),
      replica: undefined as never,
      async learnChains() {
        this.chains = allChains();
        const done = await this.replica.refresh();
        if (!done.ok) throw new Error(done.error.type);
      },
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
    const start = async () => {
      const replica = createReplica({
        space,
        epochs: worldDevice.ring ?? [...epochs],
        self: { id: device.id, signer: device.signer },
        policy: rosterPolicy(space, person.address, () => worldDevice.chains),
        rotates,
        ports: { clock: worldDevice.clock, random: own, disk: disk.open(), seal },
        ...(maxTails !== undefined && { maxTails }),
      });
      replica.subscribe((change) => change.type === 'security' && events.push(change.event));
      const loaded = await replica.load();
      if (!loaded.ok) throw new Error(`load: ${loaded.error.type}`);
      return replica;
    };
    worldDevice.replica = await start();
    return worldDevice;
  };

  for (const name of names) devices.set(name, await open(name));
  const first = devices.get(names[0]!)!;
  await say(first, frameBody);
  for (const [name, { address }] of accounts)
    if (address !== owner.address) await say(first, await joinBody(name));

  /** The owner's word for somebody who accepts, with the word of every owner before. */
  async function joinBody(name: string): Promise<Bytes> {
    const { roster } = first.replica.members();
    const { address } = accounts.get(name)!;
    const joining = { space, address, heads: roster.heads };
    const joiner = keys.get(firstOf(name, names))!;
    const others = [...accounts.values()].filter(
      (one) => roster.owners.has(one.address) && one.address !== owner.address,
    );
    const consents = await Promise.all(
      others.map(async (one) => {
        const device = keys.get(firstOf(one.name, names))!;
        const signature = await consentToJoin(joining, device.signer);
        return { address: one.address, device: hex(device.id), signature };
      }),
    );
    const acceptance = await acceptJoin(joining, joiner.signer);
    const [device, heads] = [hex(joiner.id), roster.heads];
    return encodeRosterBody({ type: 'join', address, device, heads, acceptance, consents, statement: null });
  }

  return {
    space,
    clock,
    relay,
    random,
    epochs,
    people: world,
    device: (name) => devices.get(name)!,
    devices: [...devices.values()],
    join: (name, disk, knows) => open(name, disk, knows),
    async revoke(name, told = [...devices.values()], by) {
      const person = accounts.get(ownerOf(name))!;
      const id = hex(keys.get(name)!.id);
      const revoker = by?.keys ?? otherOf(name) ?? keys.get(name)!;
      const revoking = by ?? [...devices.values()].find((one) => one.keys === revoker);
      const seen = (revoking?.replica.lanesOf(id) ?? []).map(({ saying }) => saying);
      await person.revoke(revoker, id, by?.chains.get(person.address), seen);
      for (const device of told) device.chains = allChains();
    },
    async rotate(by, to) {
      const fresh = generateEpoch(random, by.replica.members().roster.nextNumber);
      const { roster, chains } = by.replica.members();
      const { recipients } = recipientsOf(roster.owners, (address) => chains.state(address));
      const boxes = await sealEpochs({ space, epochs: [fresh], recipients, sender: by.keys, random });
      const [id, read] = [hex(epochId(fresh)), hex(readHash(partsOf(fresh)))];
      const said = by.replica.controls().map(({ epoch, statement }) => ({ epoch, statement }));
      await say(
        by,
        encodeRosterBody({ type: 'rotate', number: fresh.epoch, id, read, carried: said, boxes }),
      );
      epochs.push(await deriveEpoch(space, fresh));
      for (const device of to) {
        const used = await device.replica.useEpochs([...epochs]);
        if (!used.ok) throw new Error(used.error.type);
      }
      return epochs.at(-1)!;
    },
  };

  function otherOf(name: string): DeviceKeys | undefined {
    const person = accounts.get(ownerOf(name))!;
    const other = names.find(
      (one) =>
        one !== name && ownerOf(one) === person.name && person.state().active.has(hex(keys.get(one)!.id)),
    );
    return other === undefined ? undefined : keys.get(other);
  }
}

async function say(device: WorldDevice, body: Bytes): Promise<void> {
  const done = await device.replica.control(body);
  if (!done.ok) throw new Error(done.error.type);
}

export function entryId(random: SeededRandom): string {
  return toBase64url(random(16));
}
