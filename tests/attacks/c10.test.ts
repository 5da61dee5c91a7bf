import { beforeAll, describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { acceptAddress, addDeviceBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { openChain } from '#lib/keys/open-chain.ts';
import type { RosterBody } from '#lib/keys/roster-body.ts';
import { deviceNamed, pen, person, type Person, type Written } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { actor, nameOf, paperChains, paperSpace } from '../helpers/worlds/rosters.ts';
import { chainSecrets } from '../helpers/people/chain-secrets.ts';

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

  test('C10: in a record none of its controls counts, whatever it dates back, unless an active device had named it', () => {
    const [anna, bruno] = [actor('Anna'), actor('Bruno')];
    const [laptop, lost] = anna.devices;
    const world = paperChains(anna, bruno);
    const sheet = paperSpace(anna, world);
    const old = sheet.groundsNow([nameOf(lost, 9)]);
    const note: RosterBody = { type: 'note' };
    const known = sheet.writeOn(old, lost, note, sheet.founding);
    const named = sheet.write(laptop, note, known);
    world.revoke(anna.address, laptop, lost);
    const bodies: RosterBody[] = [
      note,
      sheet.join(bruno, [sheet.founding]),
      sheet.rotate(1, [anna]),
      sheet.grant(anna),
      { type: 'complaint', id: sheet.founding.hex },
    ];
    const stolen = bodies.flatMap((body) =>
      [[sheet.founding], [known], [named]].map((after) => sheet.writeOn(old, lost, body, ...after)),
    );
    const random = seededRandom('C10');
    for (let i = 0; i < 20; i++) {
      const state = sheet.stateOf(...random.shuffle([known, named, ...stolen]));
      expect([...state.owners]).toEqual([anna.address]);
      expect([...state.effective.keys()].sort()).toEqual(
        [sheet.founding, known, named].map((one) => one.hex).sort(),
      );
      expect([state.stands(lost), state.anchors]).toEqual([false, []]);
    }
  });
});
