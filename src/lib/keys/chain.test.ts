import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { deviceNamed, pen, person, type Person, type Written } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { addressOf } from './address.ts';
import {
  acceptAddress,
  addDeviceBody,
  decodeChainBody,
  genesisBody,
  recoverBody,
  revokeDeviceBody,
} from './chain-body.ts';
import { chainEpoch, chainSpaceId, evaluateChain, MAX_DEVICES, type ChainEntry } from './chain.ts';
import { admitCarried, createChains, newsOf } from './chains.ts';
import type { DeviceKeys } from './device.ts';
import { deriveEpoch, type EpochKeys } from './epoch.ts';
import { openChain } from './open-chain.ts';
import { accountKey } from './root.ts';
import { chainSecrets } from '../../../tests/helpers/people/chain-secrets.ts';

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

const revoking = (device: DeviceKeys) => revokeDeviceBody(hex(device.id));

async function recovering(device: DeviceKeys, ...kept: DeviceKeys[]) {
  const ids = kept.map(({ id }) => hex(id));
  return recoverBody(alice.address, device.bundle, ids, await accountKey(alice.root));
}

/** What anybody finds who knows the address. */
async function stateOf(...frames: Written[]) {
  const { state } = await openChain(
    alice.address,
    frames.map(({ frame }) => frame),
  );
  return state;
}

/** The active devices by name. */
async function activeOf(...frames: Written[]): Promise<string[]> {
  const state = await stateOf(...frames);
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
    const revoked = await chain.write(alice.device, revoking(phone), [added]);
    const state = await stateOf(genesis, added, revoked);
    const laptop = hex(alice.device.id);
    expect(state.devices.get(hex(phone.id))).toEqual({
      bundle: phone.bundle,
      addedBy: laptop,
      addedAt: added.control.inner.clock.time,
      revoked: { by: laptop, at: revoked.control.inner.clock.time, seen: [[]] },
    });
    expect(state.devices.get(laptop)?.addedBy).toBeNull();
    expect(state.heads).toEqual([revoked.hex]);
  });

  test('never takes a revoked device in again', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revoking(phone), [added]);
    const again = await chain.write(alice.device, await adding(phone), [revoked]);
    expect(await activeOf(genesis, added, revoked, again)).toEqual(['laptop']);
  });

  test('takes no word of a revoked device that has heard of it', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revoking(phone), [added]);
    const more = await chain.write(phone, await adding(tablet), [revoked]);
    const against = await chain.write(phone, revoking(alice.device), [more]);
    expect(await activeOf(genesis, added, revoked, more, against)).toEqual(['laptop']);
  });

  test('holds a device to what it said before, whether it names that or not', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revoking(phone), [genesis]);
    expect(revoked.control.inner.deps).toEqual([genesis.id]);
    expect(await activeOf(genesis, added, revoked)).toEqual(['laptop']);
  });

  test('keeps out a device that was revoked while another one added it once more', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const once = await chain.write(alice.device, await adding(tablet), [added]);
    const twice = await chain.write(phone, await adding(tablet), [added]);
    const revoked = await chain.write(alice.device, revoking(tablet), [once]);
    expect(await activeOf(genesis, added, once, twice)).toEqual(['laptop', 'phone', 'tablet']);
    expect(await activeOf(genesis, added, once, twice, revoked)).toEqual(['laptop', 'phone']);
  });

  test('lets her sign the laptop itself out from the laptop', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revoking(alice.device), [added]);
    expect(await activeOf(genesis, added, revoked)).toEqual(['phone']);
  });

  test('is recovered by the kit, which keeps the devices that it names and no other', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const alone = await chain.write(tablet, await recovering(tablet), [added]);
    expect(await activeOf(genesis, added, alone)).toEqual(['tablet']);
    const again = pen(keys, seededRandom('again'));
    const kept = await again.write(tablet, await recovering(tablet, phone), [added]);
    expect(await activeOf(genesis, added, kept)).toEqual(['phone', 'tablet']);
  });

  test('C10: the stolen phone does not save itself beside the recovery', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const thiefs = await chain.write(phone, await adding(bob.device), [added]);
    const recovered = await chain.write(tablet, await recovering(tablet), [added]);
    expect(await activeOf(genesis, added, thiefs, recovered)).toEqual(['tablet']);
  });

  test('K10: an addition that the relay kept back does not survive the kit, whoever made it', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const withheld = await chain.write(alice.device, await adding(bob.device), [added]);
    const byIt = await chain.write(bob.device, revoking(phone), [withheld]);
    const recovered = await chain.write(tablet, await recovering(tablet, alice.device, phone), [added]);
    const frames = [genesis, added, withheld, byIt, recovered];
    expect(await activeOf(...frames)).toEqual(['laptop', 'phone', 'tablet']);
    const confirmed = await chain.write(phone, await adding(bob.device), [recovered]);
    expect(await activeOf(...frames, confirmed)).toEqual(['laptop', 'phone', 'tablet', "Bob's"]);
  });

  test('K10: one that the recovery knew and did not keep is never confirmed again', async () => {
    const withheld = await chain.write(alice.device, await adding(phone), [genesis]);
    const recovered = await chain.write(tablet, await recovering(tablet), [withheld]);
    const confirmed = await chain.write(tablet, await adding(phone), [recovered]);
    expect(await activeOf(genesis, withheld, recovered, confirmed)).toEqual(['tablet']);
  });

  test('keeps the devices of two recoveries that were made apart', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const one = await chain.write(tablet, await recovering(tablet), [added]);
    const other = await chain.write(bob.device, await recovering(bob.device), [added]);
    expect((await activeOf(genesis, added, one, other)).sort()).toEqual(["Bob's", 'tablet']);
  });

  test('a device that was recovered and revoked cannot use its recovery a second time', async () => {
    const body = await recovering(tablet, alice.device);
    const recovered = await chain.write(tablet, body, [genesis]);
    const revoked = await chain.write(alice.device, revoking(tablet), [recovered]);
    const replayed = await chain.write(tablet, body, [revoked]);
    const backDated = await pen(keys, seededRandom('dated back')).write(tablet, body, [genesis]);
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
    expect([state.genesis, refused]).toEqual([null, [genesis.frameId]]);
  });
});

describe('finding 11: nobody founds an address on a device that does not want it', () => {
  test('finding 11: a bundle with another person’s phone has no word of that phone, and founds nothing', async () => {
    const stolen = { ...bob.genesis, device: alice.device.bundle };
    const address = addressOf(stolen);
    const account = await accountKey(bob.root);
    const forged = await acceptAddress(address, alice.device.bundle, bob.device.signer);
    const elsewhere = await acceptAddress(alice.address, alice.device.bundle, alice.device.signer);
    const foreign = pen(
      await deriveEpoch(chainSpaceId(address), chainEpoch(address)),
      seededRandom('foreign'),
    );
    for (const acceptance of [forged, elsewhere, new Uint8Array(64)]) {
      const body = await genesisBody(stolen, acceptance, account);
      const frames = [await foreign.write(bob.device, body), await foreign.write(alice.device, body)];
      const { state, refused } = await openChain(
        address,
        frames.map(({ frame }) => frame),
      );
      expect([state.genesis, state.devices.size, refused.length]).toEqual([null, 0, 2]);
    }
  });

  test('finding 11: a founding statement counts only from its first device', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const carried = pen(keys, seededRandom('carried'));
    const byPhone = await carried.write(phone, alice.genesisBody);
    const state = await stateOf(byPhone, added);
    expect([state.genesis, [...state.active]]).toEqual([null, []]);
    expect((await stateOf(byPhone, genesis, added)).rejected).toEqual(
      new Map([[byPhone.hex, 'not-authorised']]),
    );
  });

  test('what does not build on the founding has no say', async () => {
    const loose = await pen(keys, seededRandom('loose')).write(alice.device, await adding(phone));
    const recovered = await pen(keys, seededRandom('kit')).write(tablet, await recovering(tablet));
    expect(await activeOf(genesis, loose, recovered)).toEqual(['laptop']);
    expect((await stateOf(genesis, loose, recovered)).rejected.size).toBe(2);
  });
});

describe('a device whose addition does not count', () => {
  test('K1: is known and revoked, and active once an active device says its addition again', async () => {
    const phoneIn = await chain.write(alice.device, await adding(phone), [genesis]);
    const linked = await chain.write(phone, await adding(tablet), [phoneIn]);
    const stale = await chain.write(alice.device, revoking(phone), [phoneIn]);
    const frames = [genesis, phoneIn, linked, stale];
    const state = await stateOf(...frames);
    expect(await activeOf(...frames)).toEqual(['laptop']);
    expect([...state.devices.keys()]).toEqual([alice.device, phone, tablet].map(({ id }) => hex(id)));
    expect(state.devices.get(hex(tablet.id))).toMatchObject({
      bundle: tablet.bundle,
      addedBy: hex(phone.id),
      revoked: { by: null, at: linked.control.inner.clock.time },
    });
    expect(state.unconfirmed).toEqual([linked.hex]);
    const again = decodeChainBody(linked.control.inner.body);
    if (again?.type !== 'addDevice') throw new Error('not an addition');
    const body = addDeviceBody(again.device, again.acceptance);
    const confirmed = await chain.write(alice.device, body, [stale]);
    expect(await activeOf(...frames, confirmed)).toEqual(['laptop', 'tablet']);
    expect((await stateOf(...frames, confirmed)).unconfirmed).toEqual([]);
  });

  test('is not known by the word of a device that nobody knows', async () => {
    const self = await chain.write(bob.device, await adding(bob.device), [genesis]);
    const more = await chain.write(bob.device, await adding(phone), [self]);
    const { devices, unconfirmed } = await stateOf(genesis, self, more);
    expect([[...devices.keys()], unconfirmed]).toEqual([[hex(alice.device.id)], []]);
  });
});

describe('a thief who adds devices without end', () => {
  const many = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => deviceNamed(`one of many ${i}`)));

  /** Each after the one before. */
  async function addingAll(by: DeviceKeys, devices: readonly DeviceKeys[], after: Written) {
    const written = [after];
    for (const device of devices)
      written.push(await chain.write(by, await adding(device), written.slice(-1)));
    return written.slice(1);
  }

  test('D07: has 32 in all; what is more is known and never active, until there is room and it is added again', async () => {
    const devices = await many(MAX_DEVICES + 2);
    const phoneIn = await chain.write(alice.device, await adding(phone), [genesis]);
    const added = await addingAll(phone, devices, phoneIn);
    const frames = [genesis, phoneIn, ...added];
    const full = await stateOf(...frames);
    expect(full.active.size).toBe(MAX_DEVICES);
    expect(full.devices.size).toBe(devices.length + 2);
    expect(full.unconfirmed).toEqual(added.slice(MAX_DEVICES - 2).map((one) => one.hex));
    expect((await stateOf(...seededRandom('any order').shuffle(frames))).active).toEqual(full.active);

    const out = await chain.write(alice.device, revoking(phone), [added.at(-1)!]);
    const left = await stateOf(...frames, out);
    expect(left.active.size).toBe(MAX_DEVICES - 1);
    const inAgain = await addingAll(alice.device, [tablet, devices.at(-1)!], out);
    const { active } = await stateOf(...frames, out, ...inAgain);
    expect(active.size).toBe(MAX_DEVICES);
    expect([active.has(hex(tablet.id)), active.has(hex(devices.at(-1)!.id))]).toEqual([true, false]);
  });

  test('D07: takes no device from the account by what he says beside its addition, and the kit always comes in', async () => {
    const devices = await many(MAX_DEVICES);
    const phoneIn = await chain.write(alice.device, await adding(phone), [genesis]);
    const tabletIn = await chain.write(alice.device, await adding(tablet), [phoneIn]);
    const beside = await addingAll(phone, devices, phoneIn);
    const frames = [genesis, phoneIn, tabletIn, ...beside];
    const state = await stateOf(...frames);
    expect(state.active.has(hex(tablet.id))).toBe(true);
    expect(state.active.size).toBe(MAX_DEVICES + 1);

    const kit = await deviceNamed('from the kit');
    const recovered = await pen(keys, seededRandom('kit')).write(kit, await recovering(kit, alice.device), [
      tabletIn,
      ...beside.slice(-1),
    ]);
    const { active } = await stateOf(...frames, recovered);
    expect([...active].sort()).toEqual([alice.device, kit].map(({ id }) => hex(id)).sort());
  });
});

describe('revocations made apart', () => {
  let phoneIn: Written;
  let all: Written;
  beforeEach(async () => {
    phoneIn = await chain.write(alice.device, await adding(phone), [genesis]);
    all = await chain.write(alice.device, await adding(tablet), [phoneIn]);
  });

  test('K8: laptop and phone revoke the stolen tablet apart, which revokes both: all are out, and the kit decides', async () => {
    const said = [
      await chain.write(alice.device, revoking(tablet), [all]),
      await chain.write(phone, revoking(tablet), [all]),
      await chain.write(tablet, revoking(alice.device), [all]),
      await chain.write(tablet, revoking(phone), [all]),
    ];
    const frames = [genesis, phoneIn, all, ...said];
    expect(await activeOf(...frames)).toEqual([]);
    const { heads } = await stateOf(...frames);
    const named = frames.filter(({ hex: id }) => heads.includes(id));
    const recovered = await chain.write(bob.device, await recovering(bob.device), named);
    expect(await activeOf(...frames, recovered)).toEqual(["Bob's"]);
  });

  test('a revoked device may be revoked again, which keeps it from dragging along whoever revoked it first', async () => {
    const first = await chain.write(phone, revoking(tablet), [all]);
    const again = await chain.write(alice.device, revoking(tablet), [first]);
    const { rejected, heads } = await stateOf(genesis, phoneIn, all, first, again);
    expect([rejected.size, heads]).toEqual([0, [again.hex]]);
    const thiefs = await chain.write(tablet, revoking(phone), [all]);
    expect(await activeOf(genesis, phoneIn, all, first, thiefs)).toEqual(['laptop']);
    expect(await activeOf(genesis, phoneIn, all, first, again, thiefs)).toEqual(['laptop', 'phone']);
  });

  test('K3: two branches of one device’s own chain both count', async () => {
    const restored = pen(keys, seededRandom('restored'));
    const copy = await restored.write(alice.device, alice.genesisBody);
    expect(copy.hex).toBe(genesis.hex);
    const other = await restored.write(alice.device, revoking(phone), [all]);
    const [seq, before] = [other.control.inner.seq, phoneIn.control.inner.seq];
    expect(seq).toBe(before);
    expect(await activeOf(genesis, phoneIn, all, other)).toEqual(['laptop', 'tablet']);
  });
});

describe('the chains that a space knows', () => {
  const chainsOf = async (...frames: Written[]) => {
    const opened = await openChain(
      alice.address,
      frames.map(({ frame }) => frame),
    );
    return createChains(new Map([[alice.address, opened.entries]]));
  };

  test('say which device speaks for whom, and which no longer does', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(phone, revoking(alice.device), [added]);
    const chains = await chainsOf(genesis, added, revoked);
    expect(chains.device(hex(phone.id))).toEqual({ address: alice.address, ...phone.bundle, revoked: false });
    expect(chains.device(hex(alice.device.id))?.revoked).toBe(true);
    expect(chains.device(hex(bob.device.id))).toBeUndefined();
    expect([chains.addresses(), chains.state(bob.address)]).toEqual([[alice.address], undefined]);
    expect(chains.has(alice.address, revoked.hex) && !chains.has(bob.address, revoked.hex)).toBe(true);
  });

  test('say who was active at any heads, and nothing of heads that are not known to their end', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revoking(phone), [added]);
    const chains = await chainsOf(genesis, added, revoked);
    const activeAt = (...heads: string[]) => chains.at(alice.address, heads)?.active.size;
    expect([activeAt(genesis.hex), activeAt(added.hex), activeAt(revoked.hex)]).toEqual([1, 2, 1]);
    expect(activeAt(genesis.hex, revoked.hex)).toBe(1);
    expect([activeAt(), activeAt(bob.address), activeAt(hex(phone.id))]).toEqual([0, undefined, undefined]);
    const holed = await chainsOf(genesis, revoked);
    expect(holed.at(alice.address, [revoked.hex])).toBeUndefined();
    expect(holed.at(bob.address, [])).toBeUndefined();
  });

  test('finding 2: what is new is carried, and whoever takes it in knows the chain to its end', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const revoked = await chain.write(alice.device, revoking(phone), [added]);
    const all = await chainsOf(genesis, added, revoked);
    const [fromStart] = newsOf(all, new Map());
    expect(fromStart).toMatchObject({ address: alice.address, heads: [revoked.hex] });
    expect(fromStart!.carried).toHaveLength(3);
    const [rest] = newsOf(all, new Map([[alice.address, [added.hex]]]));
    expect(rest!.carried).toEqual([revoked.control.statement]);
    expect(newsOf(all, new Map([[alice.address, [revoked.hex]]]))).toEqual([]);
    const known = (await openChain(alice.address, [genesis.frame, added.frame])).entries;
    const taken = await broughtBy(alice.address, rest!.carried, known);
    expect(entriesOf(taken).map(({ control }) => hex(control.id))).toEqual([revoked.hex]);
    const fresh = await broughtBy(alice.address, fromStart!.carried, []);
    expect(createChains(new Map([[alice.address, entriesOf(fresh)]])).state(alice.address)?.active.size).toBe(
      1,
    );
    expect(await broughtBy(alice.address, fromStart!.carried, known)).toHaveLength(1);
  });

  test('A03: a carried statement that is malformed, wrongly signed or of another chain is refused with all beside it', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const good = [genesis, added].map(({ control }) => control.statement);
    const evil = [
      good[1]!.slice(0, -1),
      withFlip(good[1]!, good[1]!.length - 1),
      withFlip(good[1]!, 60),
      // Said by her own device, and the new device's acceptance in it is none.
      (await chain.write(alice.device, withFlip(await adding(phone), -1), [genesis])).control.statement,
      (await pen(keys, seededRandom('evil')).write(bob.device, revoking(phone), [added])).control.statement,
    ];
    const answers = [];
    for (const statement of evil) answers.push(await broughtBy(alice.address, [...good, statement], []));
    expect(answers).toEqual(['malformed', 'malformed', 'malformed', 'malformed', 'incomplete']);
    expect(await broughtBy(bob.address, good, [])).toBe('incomplete');
    expect(await broughtBy(alice.address, good, [])).toHaveLength(2);
  });

  test('A03: what was said on statements that are not here is incomplete, and taken in once they are', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const byPhone = await chain.write(phone, revoking(alice.device), [added]);
    const [first, second, third] = [genesis, added, byPhone].map(({ control }) => control.statement);
    expect(await broughtBy(alice.address, [third!], [])).toBe('incomplete');
    const known = entriesOf(await broughtBy(alice.address, [first!, second!], []));
    expect(await broughtBy(alice.address, [third!], known)).toHaveLength(1);
  });

  test('B11: what many frames carry is taken in together, in whatever order they come; what is good counts beside what is bad', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const byPhone = await chain.write(phone, revoking(alice.device), [added]);
    const [first, second, third] = [genesis, added, byPhone].map(({ control }) => control.statement);
    const forged = withFlip(second!, second!.length - 1);
    const lists = [[third!], [forged, third!], [first!, second!], []];
    const { fresh, brought } = await admitCarried(alice.address, lists, []);
    expect(brought).toEqual(['fresh', 'malformed', 'fresh', 'known']);
    expect(fresh).toHaveLength(3);
    const spoilt = await admitCarried(
      alice.address,
      [
        [forged, second!],
        [first!, third!],
      ],
      [],
    );
    expect(spoilt.brought).toEqual(['malformed', 'fresh']);
    expect(spoilt.fresh.map(({ control }) => hex(control.id)).sort()).toEqual(
      [genesis.hex, added.hex, byPhone.hex].sort(),
    );
  });

  test('20: what says the same as a known statement and is wrongly signed is malformed, known or not', async () => {
    const added = await chain.write(alice.device, await adding(phone), [genesis]);
    const [first, second] = [genesis, added].map(({ control }) => control.statement);
    const forged = withFlip(second!, second!.length - 1);
    const both = entriesOf(await broughtBy(alice.address, [first!, second!], []));
    for (const known of [both.slice(0, 1), both]) {
      const { fresh, brought } = await admitCarried(alice.address, [[first!, forged]], known);
      expect(brought).toEqual(['malformed']);
      expect(fresh).toEqual([]);
    }
    expect((await admitCarried(alice.address, [[first!, second!]], both)).brought).toEqual(['known']);
  });
});

const withFlip = (bytes: Uint8Array<ArrayBuffer>, at: number) =>
  bytes.map((byte, i) => (i === (at + bytes.length) % bytes.length ? byte ^ 1 : byte));

describe('the bodies of the chain', () => {
  test('10: what a revocation says that its author has is written once each, however often it is given', () => {
    const saying = 'ab'.repeat(32);
    expect(decodeChainBody(revokeDeviceBody(hex(phone.id), [saying, 'cd'.repeat(32), saying]))).toMatchObject(
      {
        seen: [saying, 'cd'.repeat(32)],
      },
    );
  });

  test('a recovery that keeps a device twice keeps it once', async () => {
    const body = decodeChainBody(await recovering(tablet, phone, alice.device, phone));
    expect(body).toMatchObject({ type: 'recover', kept: [hex(phone.id), hex(alice.device.id)].sort() });
  });

  test('hostile bytes give null, and nothing has two spellings', async () => {
    const recovery = await recovering(tablet, phone, alice.device);
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

/** What one frame brings: its good statements, or why it is refused. */
async function broughtBy(
  address: string,
  statements: readonly Uint8Array<ArrayBuffer>[],
  known: readonly ChainEntry[],
): Promise<readonly ChainEntry[] | 'malformed' | 'incomplete'> {
  const { fresh, brought } = await admitCarried(address, [statements], known);
  const [what] = brought;
  return what === 'malformed' || what === 'incomplete' ? what : fresh;
}

function entriesOf(admitted: readonly ChainEntry[] | string): readonly ChainEntry[] {
  if (typeof admitted === 'string') throw new Error(admitted);
  return admitted;
}
