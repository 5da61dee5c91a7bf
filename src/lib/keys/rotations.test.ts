import { beforeAll, describe, expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { deviceNamed, flipped, pen, person, type Person } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { addressHash, type Address } from './address.ts';
import { acceptAddress, addDeviceBody, revokeDeviceBody } from './chain-body.ts';
import { chainEpoch, chainSpaceId } from './chain.ts';
import type { DeviceKeys } from './device.ts';
import { createDirectory, type Directory } from './directory.ts';
import { deriveEpoch, generateEpoch, withId, type EpochSecrets } from './epoch.ts';
import { openChain } from './open-chain.ts';
import type { Role } from './roles.ts';
import { chainSecrets, recoverySealing } from './root.ts';
import { openGrant, openRotation, recipientsOf, sealEpochs, type RecipientKey } from './rotation.ts';
import type { EpochBox } from './roster-body.ts';

const random = seededRandom('rotation');
const space = random(32);
const frame = random(32);

let alice: Person;
let martin: Person;
let phone: DeviceKeys;
let lost: DeviceKeys;
let directory: Directory;
let secrets: Required<EpochSecrets>;
let boxes: EpochBox[];

beforeAll(async () => {
  [alice, martin] = await Promise.all([person('Alice'), person('Dr Martin')]);
  [phone, lost] = await Promise.all([deviceNamed('phone'), deviceNamed('lost')]);
  directory = createDirectory([await chainOf(alice, [phone, lost], [lost]), await chainOf(martin, [], [])]);
  secrets = generateEpoch(random, 4);
  const members = new Map<Address, Role>([
    [alice.address, 'owner'],
    [martin.address, 'reader'],
  ]);
  const { recipients } = recipientsOf(members, directory);
  boxes = await sealEpochs({ space, epochs: [secrets], recipients, sender: alice.device, random });
});

async function chainOf(owner: Person, added: DeviceKeys[], revoked: DeviceKeys[]) {
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
  return (
    await openChain(
      owner.address,
      written.map((each) => each.frame),
    )
  ).state;
}

const open = (self: RecipientKey, change: Partial<Parameters<typeof openRotation>[0]> = {}) =>
  openRotation({
    space,
    boxes,
    author: { id: alice.device.id, signing: alice.device.bundle.signing },
    self,
    epoch: 4,
    id: frame,
    ...change,
  });

async function kitOf(owner: Person): Promise<RecipientKey> {
  const { secretSeed } = await recoverySealing(owner.root);
  return { id: addressHash(owner.address), sealingSecret: secretSeed };
}

describe('a rotation', () => {
  test('reaches every device that is not revoked and the kit: all three secrets for Alice, the first for Dr Martin', async () => {
    for (const self of [alice.device, phone, await kitOf(alice)]) {
      expect(await open(self)).toEqual(withId(secrets, frame));
    }
    const { epoch, read } = secrets;
    for (const self of [martin.device, await kitOf(martin)]) {
      expect(await open(self)).toEqual({ epoch, id: frame, read });
    }
  });

  test('D07: has no box for the revoked phone, which opens none of the others', async () => {
    expect(boxes).toHaveLength(5);
    expect(boxes.map(({ recipient }) => hex(recipient))).not.toContain(hex(lost.id));
    expect(await open(lost)).toBeNull();
    for (const { recipient } of boxes) {
      expect(await open({ id: recipient, sealingSecret: lost.sealingSecret })).toBeNull();
    }
  });

  test('is opened for its own space, author and number only', async () => {
    expect(await open(phone, { space: random(32) })).toBeNull();
    expect(await open(phone, { epoch: 5 })).toBeNull();
    const { id, bundle } = martin.device;
    expect(await open(phone, { author: { id, signing: bundle.signing } })).toBeNull();
    expect(await open(phone, { author: { id: alice.device.id, signing: bundle.signing } })).toBeNull();
  });

  test('A02: a box that Mallory sealed, well formed, is not opened as Alice’s', async () => {
    const mallory = await person('Mallory');
    const { recipients } = recipientsOf(new Map([[alice.address, 'owner' as const]]), directory);
    const planted = await sealEpochs({
      space,
      epochs: [generateEpoch(random, 4)],
      recipients,
      sender: mallory.device,
      random,
    });
    expect(await open(phone, { boxes: planted })).toBeNull();
    const asAlice = { ...mallory.device, id: alice.device.id };
    const forged = await sealEpochs({ space, epochs: [secrets], recipients, sender: asAlice, random });
    expect(await open(phone, { boxes: forged })).toBeNull();
  });

  test('with any byte of a box changed opens nothing', async () => {
    const index = boxes.findIndex(({ recipient }) => hex(recipient) === hex(phone.id));
    const box = boxes[index]!;
    for (let i = 0; i < 20; i++) {
      const sealed: Bytes = flipped(box.sealed, random.int(box.sealed.length * 8));
      expect(await open(phone, { boxes: [{ ...box, sealed }] })).toBeNull();
    }
  });

  test('names the members whose devices are not known, and seals nothing to them', () => {
    const { recipients, unknown } = recipientsOf(new Map([['carnet1unknown', 'reader' as const]]), directory);
    expect([recipients, unknown]).toEqual([[], ['carnet1unknown']]);
  });
});

describe('a grant', () => {
  test('hands a new member several epochs at once, each under its own id', async () => {
    const epochs = [
      withId(generateEpoch(random, 1), random(32)),
      withId(generateEpoch(random, 2), random(32)),
    ];
    const { recipients } = recipientsOf(new Map([[martin.address, 'participant' as const]]), directory);
    const granted = await sealEpochs({ space, epochs, recipients, sender: phone, random });
    const author = { id: phone.id, signing: phone.bundle.signing };
    const opened = await openGrant({ space, boxes: granted, author, self: martin.device });
    expect(opened).toEqual(epochs.map(({ epoch, id, read, write }) => ({ epoch, id, read, write })));
    expect(
      await openRotation({ space, boxes: granted, author, self: martin.device, epoch: 1, id: frame }),
    ).toBeNull();
  });
});
