import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { deviceNamed, pen, person, type Person, type Written } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import {
  acceptAddress,
  addDeviceBody,
  decodeChainBody,
  recoverBody,
  revokeDeviceBody,
} from './chain-body.ts';
import { chainEpoch, chainSpaceId, evaluateChain } from './chain.ts';
import type { DeviceKeys } from './device.ts';
import { createDirectory } from './directory.ts';
import { deriveEpoch, type EpochKeys } from './epoch.ts';
import { openChain } from './open-chain.ts';
import { accountKey, chainSecrets } from './root.ts';

let alice: Person;
let bob: Person;
let phone: DeviceKeys;
let tablet: DeviceKeys;
let keys: EpochKeys;
let chain: ReturnType<typeof pen>;
let genesis: Written;

beforeAll(async () => {
  [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
  [phone, tablet] = await Promise.all([deviceNamed('phone'), deviceNamed('tablet')]);
  keys = await deriveEpoch(chainSpaceId(alice.address), chainEpoch(alice.address, chainSecrets(alice.root)));
});

beforeEach(async () => {
  chain = pen(keys, seededRandom('chain'));
  genesis = await chain.write(alice.device, alice.genesisBody);
});

async function adding(device: DeviceKeys, owner: Person = alice) {
  return addDeviceBody(device.bundle, await acceptAddress(owner.address, device.bundle, device.signer));
}

/** The active devices by name, as anybody finds them who knows the address. */
async function activeOf(...frames: Written[]): Promise<string[]> {
  const { state } = await openChain(
    alice.address,
    frames.map(({ frame }) => frame),
  );
  const names = new Map([
    [hex(alice.device.id), 'laptop'],
    [hex(phone.id), 'phone'],
    [hex(tablet.id), 'tablet'],
    [hex(bob.device.id), "Bob's"],
  ]);
  return [...state.active].map((id) => names.get(id) ?? id);
}

describe("Alice's account chain", () => {
  test('begins with her laptop', async () => {
    expect(await activeOf(genesis)).toEqual(['laptop']);
  });

  test('takes in her phone, which then takes in her tablet', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const more = await chain.write(phone, await adding(tablet), [added]);
    expect(await activeOf(more, added, genesis)).toEqual(['laptop', 'phone', 'tablet']);
  });

  test('tells when a device came and went, and who said so', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revokeDeviceBody(hex(phone.id)), [added]);
    const { state } = await openChain(
      alice.address,
      [genesis, added, revoked].map(({ frame }) => frame),
    );
    const laptop = hex(alice.device.id);
    expect(state.devices.get(hex(phone.id))).toEqual({
      bundle: phone.bundle,
      addedBy: laptop,
      addedAt: added.control.inner.clock.time,
      revoked: { by: laptop, at: revoked.control.inner.clock.time },
    });
    expect(state.devices.get(laptop)?.addedBy).toBeNull();
    expect(state.heads).toEqual([revoked.hex]);
  });

  test('never takes a revoked device in again', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revokeDeviceBody(hex(phone.id)), [added]);
    const again = await chain.write(alice.device, await adding(phone), [revoked]);
    expect(await activeOf(genesis, added, revoked, again)).toEqual(['laptop']);
  });

  test('lets her sign the laptop itself out from the laptop', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revokeDeviceBody(hex(alice.device.id)), [added]);
    expect(await activeOf(genesis, added, revoked)).toEqual(['phone']);
  });

  test('is recovered by the kit, which replaces every device', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const lost = [hex(alice.device.id), hex(phone.id)];
    const body = await recoverBody(alice.address, tablet.bundle, lost, await accountKey(alice.root));
    const recovered = await chain.write(tablet, body, [added]);
    expect(await activeOf(genesis, added, recovered)).toEqual(['tablet']);
  });

  test('C10: the stolen phone does not save itself beside the recovery', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const thiefs = await chain.write(phone, await adding(bob.device), [added]);
    const lost = [hex(alice.device.id), hex(phone.id)];
    const body = await recoverBody(alice.address, tablet.bundle, lost, await accountKey(alice.root));
    const recovered = await chain.write(tablet, body, [added]);
    expect(await activeOf(genesis, added, thiefs, recovered)).toEqual(['tablet']);
  });

  test('a device that was recovered and revoked cannot use its recovery a second time', async () => {
    const body = await recoverBody(alice.address, tablet.bundle, [], await accountKey(alice.root));
    const recovered = await chain.write(tablet, body, [genesis]);
    const revoked = await chain.write(alice.device, revokeDeviceBody(hex(tablet.id)), [recovered]);
    const replayed = await chain.write(tablet, body, [revoked]);
    const backDated = await chain.write(tablet, body, [genesis]);
    expect(await activeOf(genesis, recovered, revoked, replayed, backDated)).toEqual(['laptop']);
  });

  test('shows nothing before its genesis has come', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    expect(await activeOf(added)).toEqual([]);
    expect(evaluateChain(alice.address, [])).toMatchObject({ genesis: null, heads: [] });
  });

  test('waits for a frame that is missing', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const more = await chain.write(phone, await adding(tablet), [added]);
    const { state } = await openChain(alice.address, [genesis.frame, more.frame]);
    expect([...state.active]).toEqual([hex(alice.device.id)]);
  });

  test("keeps Bob's device out unless that device accepts her address", async () => {
    const claimed = await chain.write(alice.device, await adding(bob.device, bob), [genesis]);
    expect(await activeOf(genesis, claimed)).toEqual(['laptop']);
  });

  test('is found and verified by Bob, and by nobody who does not know the address', async () => {
    const forBob = await deriveEpoch(chainSpaceId(alice.address), chainEpoch(alice.address));
    const ofBob = await deriveEpoch(chainSpaceId(bob.address), chainEpoch(bob.address));
    expect(forBob.topic).toEqual(keys.topic);
    expect(forBob.writer).toBeUndefined();
    expect(ofBob.topic).not.toEqual(keys.topic);
    const { state, refused } = await openChain(bob.address, [genesis.frame]);
    expect([state.genesis, refused]).toEqual([null, [genesis.id]]);
  });
});

describe('the directory', () => {
  test('says which device speaks for whom, and which no longer does', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(phone, revokeDeviceBody(hex(alice.device.id)), [added]);
    const { state } = await openChain(
      alice.address,
      [genesis, added, revoked].map(({ frame }) => frame),
    );
    const directory = createDirectory([state]);
    expect(directory.device(hex(phone.id))).toEqual({
      address: alice.address,
      ...phone.bundle,
      revoked: false,
    });
    expect(directory.device(hex(alice.device.id))?.revoked).toBe(true);
    expect(directory.device(hex(bob.device.id))).toBeUndefined();
    expect(directory.account(alice.address)?.devices).toEqual([hex(alice.device.id), hex(phone.id)]);
    expect(directory.account(alice.address)?.recovery).toEqual(alice.genesis.recovery);
    expect(directory.account(bob.address)).toBeUndefined();
  });
});

describe('the bodies of the chain', () => {
  test('hostile bytes give null, and nothing has two spellings', async () => {
    const recovery = await recoverBody(
      alice.address,
      tablet.bundle,
      [hex(phone.id), hex(alice.device.id)],
      await accountKey(alice.root),
    );
    for (const body of [alice.genesisBody, await adding(phone), revokeDeviceBody(hex(phone.id)), recovery]) {
      // Bodies are read, not rewritten: a body that is read must be told from every other one by its bytes alone.
      const spelled = new Map<string, string>();
      expectStrictDecoder(
        body,
        (bytes) => {
          const read = decodeChainBody(bytes);
          if (read) spelled.set(JSON.stringify(read), hex(bytes));
          return read && bytes;
        },
        (bytes) => {
          const read = JSON.stringify(decodeChainBody(bytes));
          expect(spelled.get(read)).toBe(hex(bytes));
          return bytes;
        },
      );
    }
  });
});
