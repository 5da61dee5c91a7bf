/**
 * Alice, Bob, Dr Martin: people with accounts, made of real keys. The same name and seed give the same keys.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId, sealFrame } from '#lib/crypto/frame.ts';
import { createGenesis } from '#lib/keys/chain.ts';
import type { Address, GenesisBundle } from '#lib/keys/address.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import { generateDevice, openDevice, type DeviceKeys } from '#lib/keys/device.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { FrameId, Hex, Saying } from '#lib/keys/ids.ts';
import { generateRoot } from '#lib/keys/root.ts';
import { decodeInner, sayingOf, signInner, type FrameInner } from '#lib/keys/signed.ts';
import { seededRandom, type SeededRandom } from '../tools/random.ts';

export interface Person {
  readonly name: string;
  readonly root: Bytes;
  readonly address: Address;
  readonly genesis: GenesisBundle;
  /** The first device. */
  readonly device: DeviceKeys;
  /** Body of the first frame of the account chain. */
  readonly genesisBody: Bytes;
  readonly random: SeededRandom;
}

export async function person(name: string, seed: number | string = 1): Promise<Person> {
  const random = seededRandom(`${name}/${seed}`);
  const root = generateRoot(random);
  const device = await openDevice(generateDevice(random));
  const { address, bundle, frameBody } = await createGenesis({ root, firstDevice: device, random });
  return { name, root, address, genesis: bundle, device, genesisBody: frameBody, random };
}

const devices = new Map<string, Promise<DeviceKeys>>();

/** One more device, of whoever will have it; made once a file, since worlds are made by the hundred. */
export function deviceNamed(name: string, seed: number | string = 1): Promise<DeviceKeys> {
  const label = `device ${name}/${seed}`;
  const known = devices.get(label) ?? openDevice(generateDevice(seededRandom(label)));
  devices.set(label, known);
  return known;
}

const addresses = new Map<string, Promise<Address>>();

/** The address of a person of whom nothing else is asked. */
export function addressNamed(name: string): Promise<Address> {
  const known = addresses.get(name) ?? person(name).then(({ address }) => address);
  addresses.set(name, known);
  return known;
}

export interface Written {
  /** Its saying. */
  readonly id: Saying;
  readonly hex: Hex;
  readonly frame: Bytes;
  readonly frameId: FrameId;
  /** Inner with signature. */
  readonly inner: Bytes;
  readonly control: VerifiedControl;
}

/** Writes control frames of one space, keeping each device's lane. */
export function pen(keys: EpochKeys, random: SeededRandom) {
  const lanes = new Map<Hex, { seq: number; before: Saying[] }>();
  let time = Date.UTC(2026, 0, 1);
  const { space, epoch } = keys;
  return {
    async write(device: DeviceKeys, body: Bytes, after: readonly Written[] = []): Promise<Written> {
      const author = hex(device.id);
      const { seq, before } = lanes.get(author) ?? { seq: 0, before: [] };
      const deps = after.map(({ id }) => id);
      const clock = { time: time++, counter: 0 };
      const inner: FrameInner = { author: device.id, seq: seq + 1, before, deps, clock, body };
      const statement = await signInner({ space, epoch, kind: 'control' }, inner, device.signer);
      const frame = sealFrame(keys.frameKey, 'control', statement, random);
      const id = sayingOf(space, 'control', decodeInner(statement)!.signed);
      lanes.set(author, { seq: seq + 1, before: [id] });
      const control = { id, inner: decodeInner(statement)!.inner, epoch, statement };
      return { id, hex: hex(id), frame, frameId: frameId(frame), inner: statement, control };
    },
  };
}

/** The bytes with one bit changed. */
export function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >>> 3]! ^= 1 << (bit & 7);
  return copy;
}
