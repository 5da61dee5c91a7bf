/**
 * A space on paper: members with made-up addresses and devices, and control frames without seal or signature, for the
 * tests of what counts. Signatures have tests of their own.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { addressHash, addressOfHash, type Address } from '#lib/keys/address.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { Directory } from '#lib/keys/directory.ts';
import { zeroId, type Hex, type SpaceId } from '#lib/keys/ids.ts';
import { encodeInner } from '#lib/keys/inner.ts';
import type { Role, SpaceKind } from '#lib/keys/roles.ts';
import { createSpace } from '#lib/keys/roster.ts';
import { encodeRosterBody, type EpochBox, type Pin, type RosterBody } from '#lib/keys/roster-body.ts';
import { seededRandom } from '../tools/random.ts';

const random = seededRandom('rosters');
const NO_KEYS = { signing: new Uint8Array(32), sealing: new Uint8Array(1216) };

/** Somebody with an address and two devices. */
export interface Actor {
  readonly name: string;
  readonly address: Address;
  readonly devices: readonly [Hex, Hex];
}

export function actor(name: string): Actor {
  const own = seededRandom(`actor ${name}`);
  return { name, address: addressOfHash(own(32)), devices: [hex(own(32)), hex(own(32))] };
}

/** Knows these actors; `revoke` is what a device's own chain says of it. */
export function directoryOf(actors: readonly Actor[]): Directory & { revoke(device: Hex): void } {
  const revoked = new Set<Hex>();
  const owners = new Map(actors.flatMap(({ address, devices }) => devices.map((id) => [id, address])));
  const devices = new Map(actors.map((one) => [one.address, one.devices]));
  return {
    revoke: (id) => void revoked.add(id),
    device(id) {
      const address = owners.get(id);
      return address === undefined ? undefined : { address, ...NO_KEYS, revoked: revoked.has(id) };
    },
    account(address) {
      const own = devices.get(address);
      return own && { devices: own, recovery: NO_KEYS.sealing };
    },
  };
}

export interface Entry extends VerifiedControl {
  readonly hex: Hex;
}

/** A space and its controls, as its authors write them: each device's numbers in a row. */
export function paperSpace(founders: readonly (readonly [Actor, Role])[], kind: SpaceKind = 'record') {
  const members = founders.map(([{ address }, role]) => ({ address, role }));
  const { space, frameBody } = createSpace({ kind, founders: members, random: seededRandom('space') });
  const chains = new Map<Hex, { seq: number; prev: Bytes }>();

  const writeBytes = (device: Hex, body: Bytes, after: readonly Entry[]): Entry => {
    const { seq, prev } = chains.get(device) ?? { seq: 0, prev: zeroId() };
    const deps = after.map(({ id }) => id);
    const clock = { time: 0, counter: 0 };
    const inner = { author: fromHex(device), seq: seq + 1, prev, deps, clock, body };
    const id = sha256(encodeInner(inner, random(64)));
    chains.set(device, { seq: seq + 1, prev: id });
    return { id, hex: hex(id), inner };
  };
  const write = (device: Hex, body: RosterBody, ...after: Entry[]): Entry =>
    writeBytes(device, encodeRosterBody(body), after);
  const genesis = writeBytes(founders[0]![0].devices[0], frameBody, []);
  return { space: space satisfies SpaceId, genesis, write };
}

/** A box for every key of these, revoked devices left out, with nothing in it that opens. */
export function emptyBoxes(directory: Directory, ...actors: readonly Actor[]): EpochBox[] {
  return actors.flatMap(({ address, devices }) => {
    const current = devices.filter((id) => directory.device(id)?.revoked === false).map(fromHex);
    const recipients = [addressHash(address), ...current];
    return recipients.map((recipient) => ({ address, recipient, sealed: new Uint8Array(0) }));
  });
}

export function pinAt(device: Hex, seq: number): Pin {
  return { device, seq, id: seq === 0 ? hex(zeroId()) : frameAt(device, seq) };
}

/** The id of the frame a device is taken to have written under this number. */
export function frameAt(device: Hex, seq: number): Hex {
  return hex(sha256(fromHex(device), Uint8Array.of(seq)));
}
