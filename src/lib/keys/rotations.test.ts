import { beforeAll, describe, expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { deviceNamed, flipped, pen, person, type Person } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { addressHash, addressOfHash, type Address } from './address.ts';
import { acceptAddress, addDeviceBody, revokeDeviceBody } from './chain-body.ts';
import { chainEpoch, chainSpaceId, MAX_DEVICES, type ChainState } from './chain.ts';
import type { DeviceKeys } from './device.ts';
import { deriveEpoch, epochId, generateEpoch, partsOf, readHash, type EpochSecrets } from './epoch.ts';
import type { Hex } from './ids.ts';
import { openChain } from './open-chain.ts';
import { recoverySealing } from './root.ts';
import {
  currentEpoch,
  MAX_RECIPIENTS,
  openGrant,
  openRotation,
  reachesExactly,
  recipientsOf,
  sealEpochs,
  sortEpochs,
  type Epoch,
  type RecipientKey,
} from './rotations.ts';
import type { EpochBox } from './roster-body.ts';
import { chainSecrets } from '../../../tests/helpers/people/chain-secrets.ts';

const random = seededRandom('rotation');
const space = random(32);

let alice: Person;
let bruno: Person;
let phone: DeviceKeys;
let lost: DeviceKeys;
let chains: Map<Address, ChainState>;
let secrets: EpochSecrets;
let boxes: EpochBox[];

const chainOf = (address: Address) => chains.get(address);
const toAll = () => recipientsOf([alice.address, bruno.address], chainOf).recipients;

/** What everybody is told of an epoch. */
function announced(of: EpochSecrets) {
  return { number: of.epoch, id: hex(epochId(of)), read: hex(readHash(partsOf(of))) };
}

beforeAll(async () => {
  [alice, bruno] = await Promise.all([person('Alice'), person('Bruno')]);
  [phone, lost] = await Promise.all([deviceNamed('phone'), deviceNamed('lost')]);
  chains = new Map([
    [alice.address, await readChain(alice, [phone, lost], [lost])],
    [bruno.address, await readChain(bruno, [], [])],
  ]);
  secrets = generateEpoch(random, 4);
  boxes = await sealEpochs({ space, epochs: [secrets], recipients: toAll(), sender: alice.device, random });
});

async function readChain(owner: Person, added: DeviceKeys[], revoked: DeviceKeys[]) {
  const keys = await deriveEpoch(
    chainSpaceId(owner.address),
    chainEpoch(owner.address, chainSecrets(owner.root)),
  );
  const chain = pen(keys, seededRandom(owner.name));
  const written = [await chain.write(owner.device, owner.genesisBody)];
  for (const device of added) {
    const acceptance = await acceptAddress(owner.address, device.bundle, device.signer);
    written.push(
      await chain.write(owner.device, addDeviceBody(device.bundle, acceptance), written.slice(-1)),
    );
  }
  for (const device of revoked) {
    written.push(await chain.write(owner.device, revokeDeviceBody(hex(device.id)), written.slice(-1)));
  }
  const frames = written.map((each) => each.frame);
  return (await openChain(owner.address, frames)).state;
}

const open = (self: RecipientKey, change: Partial<Parameters<typeof openRotation>[0]> = {}) =>
  openRotation({
    space,
    boxes,
    author: { id: alice.device.id, signing: alice.device.bundle.signing },
    self,
    ...announced(secrets),
    ...change,
  });

async function kitOf(owner: Person): Promise<RecipientKey> {
  const { secretSeed } = await recoverySealing(owner.root);
  return { id: addressHash(owner.address), sealingSecret: secretSeed };
}

describe('a rotation', () => {
  test('reaches every active device of every owner and their kits', async () => {
    for (const self of [alice.device, phone, bruno.device, await kitOf(alice), await kitOf(bruno)]) {
      expect(await open(self)).toEqual(secrets);
    }
    expect(reachesExactly(boxes, [bruno.address, alice.address], chainOf)).toBe(true);
  });

  test('D07: has no box for the revoked phone, which opens none of the others', async () => {
    expect(boxes).toHaveLength(5);
    expect(boxes.map(({ recipient }) => hex(recipient))).not.toContain(hex(lost.id));
    expect(await open(lost)).toBe('no-box');
    for (const { recipient } of boxes) {
      expect(await open({ id: recipient, sealingSecret: lost.sealingSecret })).toBe('wrong-box');
    }
  });

  test('finding 12: reaches exactly its owners: no box missing, none for anybody or anything else', () => {
    const owners = [alice.address, bruno.address];
    const nonsense = { ...boxes[0]!, recipient: random(32) };
    const changes: EpochBox[][] = [
      boxes.slice(1),
      [nonsense, ...boxes.slice(1)],
      [...boxes, nonsense],
      [...boxes.slice(1), { ...boxes[0]!, recipient: lost.id }],
      [
        { ...boxes[0]!, address: boxes[0]!.address === alice.address ? bruno.address : alice.address },
        ...boxes.slice(1),
      ],
      [...boxes.slice(1), boxes[1]!],
      [],
    ];
    for (const changed of changes) expect(reachesExactly(changed, owners, chainOf)).toBe(false);
    expect(reachesExactly(boxes, [alice.address], chainOf)).toBe(false);
    expect(reachesExactly(boxes, [...owners, 'carnet1unknown'], chainOf)).toBe(false);
  });

  test('finding 12: a device that accepted two owners’ addresses has one box, and stops no rotation', () => {
    const twice = chains.get(bruno.address)!;
    const both = (address: Address): ChainState | undefined =>
      address === bruno.address
        ? { ...twice, active: new Set([...twice.active, hex(phone.id)]), devices: withPhone(twice) }
        : chainOf(address);
    const { recipients } = recipientsOf([alice.address, bruno.address], both);
    expect(recipients).toHaveLength(5);
    const made = recipients.map(({ address, id }) => ({ address, recipient: id, sealed: new Uint8Array(0) }));
    expect(reachesExactly(made, [bruno.address, alice.address], both)).toBe(true);
  });

  test('D07: with however many devices and owners there are it has boxes for the oldest alone, each owner’s kit among them', () => {
    const crowd = (first: Hex, count: number): ChainState => {
      const { devices, ...chain } = chains.get(alice.address)!;
      const ids = [first, ...Array.from({ length: count - 1 }, () => hex(random(32)))];
      const one = devices.get(hex(phone.id))!;
      return { ...chain, devices: new Map(ids.map((id) => [id, one])), active: new Set(ids) };
    };
    const addresses = Array.from({ length: 2 * MAX_RECIPIENTS }, () => addressOfHash(random(32)));
    const firsts = new Map(addresses.map((address) => [address, hex(random(32))]));
    for (const [owners, devices, boxed] of [
      [1, 900, MAX_DEVICES + 1],
      [1, MAX_DEVICES, MAX_DEVICES + 1],
      [11, 900, 11 * (MAX_DEVICES + 1)],
      [12, 900, MAX_RECIPIENTS],
      [100, 900, 300],
      [100, 1, 200],
      [2 * MAX_RECIPIENTS, 5, MAX_RECIPIENTS],
    ] as const) {
      const some = addresses.slice(0, owners);
      const crowds = new Map(some.map((address) => [address, crowd(firsts.get(address)!, devices)]));
      const { recipients, unknown } = recipientsOf(some, (address) => crowds.get(address));
      expect([recipients.length, unknown]).toEqual([boxed, []]);
      const reached = new Set(recipients.map(({ id }) => hex(id)));
      for (const address of some.slice(0, MAX_RECIPIENTS))
        expect(reached).toContain(hex(addressHash(address)));
      if (owners <= 100) for (const address of some) expect(reached).toContain(firsts.get(address));
      const made = recipients.map(({ address, id }) => ({ address, recipient: id, sealed: random(1) }));
      expect(reachesExactly(made, some, (address) => crowds.get(address))).toBe(true);
    }
  });

  test('D07: whoever recovers an account has a box, however many devices the kit keeps', () => {
    const chain = chains.get(alice.address)!;
    const one = chain.devices.get(hex(phone.id))!;
    const kept = Array.from({ length: MAX_DEVICES }, () => hex(random(32)));
    const recovered = hex(random(32));
    const devices = new Map(kept.map((id) => [id, one])).set(recovered, { ...one, addedBy: null });
    const crowded = { ...chain, devices, active: new Set(devices.keys()) };
    const { recipients } = recipientsOf([alice.address], () => crowded);
    expect(recipients).toHaveLength(MAX_DEVICES + 1);
    expect(recipients.map(({ id }) => hex(id))).toContain(recovered);
  });

  test('finding 13: gives nobody another key than everybody was told of', async () => {
    const own = generateEpoch(random, 4);
    const given = await sealEpochs({
      space,
      epochs: [own],
      recipients: toAll(),
      sender: alice.device,
      random,
    });
    const phones = given.filter(({ recipient }) => hex(recipient) === hex(phone.id));
    const others = boxes.filter(({ recipient }) => hex(recipient) !== hex(phone.id));
    expect(await open(phone, { boxes: [...others, ...phones] })).toBe('wrong-box');
    expect(await open(alice.device, { boxes: [...others, ...phones] })).toEqual(secrets);
    const { number, id, read } = announced(own);
    expect(await open(phone, { boxes: given, number, id, read })).toEqual(own);
    for (const lie of [{ number: 5 }, { id: hex(random(32)) }, { read: hex(random(32)) }])
      expect(await open(phone, { boxes: given, number, id, read, ...lie })).toBe('wrong-box');
  });

  test('gives one key, not two', async () => {
    const epochs = [secrets, generateEpoch(random, 5)];
    const two = await sealEpochs({ space, epochs, recipients: toAll(), sender: alice.device, random });
    expect(await open(phone, { boxes: two })).toBe('wrong-box');
  });

  test('is opened for its own space and author only', async () => {
    expect(await open(phone, { space: random(32) })).toBe('wrong-box');
    const { id, bundle } = bruno.device;
    expect(await open(phone, { author: { id, signing: bundle.signing } })).toBe('wrong-box');
    expect(await open(phone, { author: { id: alice.device.id, signing: bundle.signing } })).toBe('wrong-box');
  });

  test('A02: a box that Mallory sealed, well formed, is not opened as Alice’s', async () => {
    const mallory = await person('Mallory');
    const asAlice = { ...mallory.device, id: alice.device.id };
    for (const sender of [mallory.device, asAlice]) {
      const planted = await sealEpochs({ space, epochs: [secrets], recipients: toAll(), sender, random });
      expect(await open(phone, { boxes: planted })).toBe('wrong-box');
    }
  });

  test('with any byte of a box changed opens nothing', async () => {
    const index = boxes.findIndex(({ recipient }) => hex(recipient) === hex(phone.id));
    const box = boxes[index]!;
    for (let i = 0; i < 20; i++) {
      const sealed: Bytes = flipped(box.sealed, random.int(box.sealed.length * 8));
      expect(await open(phone, { boxes: [{ ...box, sealed }] })).toBe('wrong-box');
    }
  });

  test('names the owners whose devices are not known, and seals nothing to them', () => {
    const { recipients, unknown } = recipientsOf(['carnet1unknown'], chainOf);
    expect([recipients, unknown]).toEqual([[], ['carnet1unknown']]);
  });

  function withPhone(chain: ChainState): ChainState['devices'] {
    return new Map([
      ...chain.devices,
      [hex(phone.id), chains.get(alice.address)!.devices.get(hex(phone.id))!],
    ]);
  }
});

describe('a grant', () => {
  const told = (of: EpochSecrets): Epoch => ({ ...announced(of), by: null, isVoid: false });

  test('hands a new owner several epochs at once: those that the roster tells of, and nothing else', async () => {
    const epochs = [generateEpoch(random, 1), generateEpoch(random, 2), generateEpoch(random, 2)];
    const { recipients } = recipientsOf([bruno.address], chainOf);
    const granted = await sealEpochs({ space, epochs, recipients, sender: phone, random });
    const author = { id: phone.id, signing: phone.bundle.signing };
    const input = { space, boxes: granted, author, self: bruno.device };
    const known = epochs.slice(0, 2).map(told);
    expect(await openGrant({ ...input, epochs: known })).toEqual(epochs.slice(0, 2));
    expect(await openGrant({ ...input, epochs: [] })).toEqual([]);
    expect(await openGrant({ ...input, epochs: known, self: alice.device })).toEqual([]);
    expect(await openGrant({ ...input, epochs: known, space: random(32) })).toEqual([]);
  });
});

describe('the epoch that writers use', () => {
  const epoch = (number: number, id: string, isVoid = false): Epoch => ({
    number,
    id,
    read: id,
    by: id,
    isVoid,
  });
  const [a, b, c, d] = [epoch(1, 'b'), epoch(1, 'a'), epoch(2, 'c'), epoch(3, 'd', true)];

  test('is of the fit ones the one with the highest number, then the smallest id; never a void one', () => {
    expect(currentEpoch([a, b, c, d], () => true)).toEqual({ current: c, due: false });
    expect(currentEpoch([a, b, c, d], ({ number }) => number === 1)).toEqual({ current: b, due: false });
    expect(currentEpoch([a, b, c, d], () => false)).toEqual({ current: c, due: true });
    expect(currentEpoch([d], () => true)).toEqual({ current: null, due: false });
    expect(sortEpochs([d, c, a, b])).toEqual([b, a, c, d]);
  });
});
