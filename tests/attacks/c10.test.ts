import { beforeAll, describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { acceptAddress, addDeviceBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { openChain } from '#lib/keys/open-chain.ts';
import { admits, evaluateRoster } from '#lib/keys/roster.ts';
import { chainSecrets } from '#lib/keys/root.ts';
import { deviceNamed, pen, person, type Person, type Written } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { actor, directoryOf, emptyBoxes, frameAt, paperSpace, pinAt } from '../helpers/worlds/rosters.ts';

/**
 * C10, as far as keys go: Alice's phone is stolen and revoked; the thief, who has its keys, writes on as if it had been
 * before. What the replica makes of the frames of the record is its part of the row.
 */
let alice: Person;
let phone: DeviceKeys;
let thiefs: DeviceKeys;
let keys: EpochKeys;

beforeAll(async () => {
  alice = await person('Alice');
  [phone, thiefs] = await Promise.all([deviceNamed('phone'), deviceNamed('thief')]);
  keys = await deriveEpoch(chainSpaceId(alice.address), chainEpoch(alice.address, chainSecrets(alice.root)));
});

const adding = async (device: DeviceKeys) =>
  addDeviceBody(device.bundle, await acceptAddress(alice.address, device.bundle, device.signer));

describe('C10: a revoked device dates its words back', () => {
  test('C10: in the account chain they are void, whatever they claim to build on, on every replica', async () => {
    const random = seededRandom('C10');
    const chain = pen(keys, random);
    const genesis = await chain.write(alice.device, alice.genesisBody);
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revokeDeviceBody(hex(phone.id)), [added]);
    const honest = [genesis, added, revoked];
    const stolen: Written[] = [];
    for (const after of [[added], [added, genesis], [revoked], [added, revoked]]) {
      stolen.push(await chain.write(phone, await adding(thiefs), after));
    }
    const byAccomplice = await chain.write(thiefs, revokeDeviceBody(hex(phone.id)), [stolen[0]!]);
    for (let i = 0; i < 20; i++) {
      const arrival = random.shuffle([...honest, ...stolen, byAccomplice]);
      const { state } = await openChain(
        alice.address,
        arrival.map(({ frame }) => frame),
      );
      expect([...state.active]).toEqual([hex(alice.device.id)]);
      expect(state.rejected.size).toBe(stolen.length + 1);
      expect(state.heads).toEqual([revoked.hex]);
    }
  });

  test('C10: what the phone had said and the laptop knew when it revoked it still counts', async () => {
    const chain = pen(keys, seededRandom('C10'));
    const tablet = await deviceNamed('tablet');
    const genesis = await chain.write(alice.device, alice.genesisBody);
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const more = await chain.write(phone, await adding(tablet), [added]);
    const revoked = await chain.write(alice.device, revokeDeviceBody(hex(phone.id)), [more]);
    const frames = [genesis, added, more, revoked].map(({ frame }) => frame);
    const { state } = await openChain(alice.address, frames);
    expect([...state.active]).toEqual([hex(alice.device.id), hex(tablet.id)]);
  });

  test('C10: frames of the record count up to the pin, by number and by id, and no further', () => {
    const owner = actor('Alice');
    const [laptop, lost] = owner.devices;
    const directory = directoryOf([owner]);
    const sheet = paperSpace([[owner, 'owner']]);
    directory.revoke(lost);
    const rotated = sheet.write(
      laptop,
      { type: 'rotate', epoch: 1, boxes: emptyBoxes(directory, owner), pins: [pinAt(lost, 10)] },
      sheet.genesis,
    );
    for (const controls of [
      [sheet.genesis, rotated],
      [rotated, sheet.genesis],
    ]) {
      const state = evaluateRoster(sheet.space, controls, directory);
      const counts = (seq: number, id = frameAt(lost, seq)) =>
        admits(state, directory, { device: lost, seq, id, kind: 'update' });
      for (let seq = 1; seq <= 10; seq++) expect(counts(seq)).toBe(true);
      for (let seq = 11; seq <= 30; seq++) expect(counts(seq)).toBe(false);
      expect(counts(10, frameAt(lost, 11)), 'another tenth frame').toBe(false);
    }
  });
});
