import { beforeAll, describe, expect, test, vi } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { openFrame, sealFrame } from '#lib/crypto/frame.ts';
import { parseAddress, addressOf, type GenesisBundle } from '#lib/keys/address.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import { acceptAddress, genesisBody } from '#lib/keys/chain-body.ts';
import { deriveEpoch, generateEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { openChain } from '#lib/keys/open-chain.ts';
import { accountKey } from '#lib/keys/root.ts';
import { recipientsOf, sealEpochs } from '#lib/keys/rotations.ts';
import { decodeInner, signInner } from '#lib/keys/signed.ts';
import { person, type Person } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';

/**
 * A01, at the level of keys: Alice shares with Bob, whose address she has, and the relay gives her other keys for it.
 * The relay is granted Bob's address, hence the frame key of his chain. Counted is to whom anything is sealed.
 */
const sealedTo: string[] = [];
vi.mock('#lib/crypto/sealing.ts', async (original) => {
  const real = await original<typeof import('#lib/crypto/sealing.ts')>();
  return {
    ...real,
    sealBox: (box: Parameters<typeof real.sealBox>[0]) => {
      sealedTo.push(hex(box.recipient));
      return real.sealBox(box);
    },
  };
});

const random = seededRandom('A01');
let alice: Person;
let bob: Person;
let mallory: Person;
let keys: EpochKeys;

beforeAll(async () => {
  [alice, bob, mallory] = await Promise.all([person('Alice'), person('Bob'), person('Mallory')]);
  keys = await deriveEpoch(chainSpaceId(bob.address), chainEpoch(bob.address));
});

/** A frame that founds this bundle, rightly signed by its own device and account, put into Bob's chain. */
async function founding(bundle: GenesisBundle, by: Person): Promise<Bytes> {
  const acceptance = await acceptAddress(addressOf(bundle), by.device.bundle, by.device.signer);
  const body = await genesisBody(bundle, acceptance, await accountKey(by.root));
  const clock = { time: 0, counter: 0 };
  const inner = { author: by.device.id, seq: 1, before: [], deps: [], clock, body };
  const aad = { space: keys.space, epoch: 0, kind: 'control' as const };
  return sealFrame(keys.frameKey, 'control', await signInner(aad, inner, by.device.signer), random);
}

/** Alice shares the record with whoever she finds under Bob's address in what the relay gave. */
async function share(frames: Bytes[]): Promise<{ unknown: string[]; seals: string[] }> {
  const { state } = await openChain(bob.address, frames);
  const { recipients, unknown } = recipientsOf([bob.address], () => state);
  sealedTo.length = 0;
  const epochs = [generateEpoch(random, 0)];
  await sealEpochs({ space: random(32), epochs, recipients, sender: alice.device, random });
  return { unknown, seals: [...sealedTo] };
}

describe("A01: a relay cannot put its keys in the place of Bob's", () => {
  test("A01: Alice seals to Bob's device and recovery key when the relay is honest", async () => {
    const { seals, unknown } = await share([await founding(bob.genesis, bob)]);
    expect(unknown).toEqual([]);
    expect(seals.sort()).toEqual([bob.genesis.recovery, bob.device.bundle.sealing].map(hex).sort());
  });

  test('A01: every substituted bundle matches another address, and nothing is sealed', async () => {
    const { genesis } = bob;
    const forgeries: GenesisBundle[] = [
      mallory.genesis,
      { ...genesis, account: mallory.genesis.account },
      { ...genesis, recovery: mallory.genesis.recovery },
      { ...genesis, device: mallory.genesis.device },
      { ...genesis, device: { ...genesis.device, sealing: mallory.genesis.device.sealing } },
      { ...genesis, device: { ...genesis.device, signing: mallory.genesis.device.signing } },
      { ...genesis, nonce: random(32) },
    ];
    for (const forged of forgeries) {
      expect(addressOf(forged)).not.toBe(bob.address);
      for (const signer of [mallory, bob]) {
        const { seals, unknown } = await share([await founding(forged, signer)]);
        expect(seals).toEqual([]);
        expect(unknown).toEqual([bob.address]);
      }
    }
  });

  test("A01: beside Bob's own bundle a substituted one adds no recipient", async () => {
    const frames = [await founding(mallory.genesis, mallory), await founding(bob.genesis, bob)];
    for (const order of [frames, [...frames].reverse()]) {
      const { seals } = await share(order);
      expect(seals.sort()).toEqual([bob.genesis.recovery, bob.device.bundle.sealing].map(hex).sort());
    }
  });

  test("A01: Bob's frame with any byte of the bundle changed founds nothing", async () => {
    const frame = await founding(bob.genesis, bob);
    const inner = openFrame([keys.frameKey], frame)!.inner;
    const start = decodeInner(inner.slice())!.signed.length - decodeInner(inner.slice())!.inner.body.length;
    for (let i = 0; i < 150; i++) {
      const altered = inner.slice();
      altered[start + random.int(altered.length - start)]! ^= 1 + random.int(255);
      const { seals } = await share([sealFrame(keys.frameKey, 'control', altered, random)]);
      expect(seals).toEqual([]);
    }
  });

  test("A01: Mallory's chain is not found under Bob's address, whatever she writes there", async () => {
    const parsed = parseAddress(bob.address);
    expect(parsed.ok && hex(parsed.value.hash)).not.toBe(hex(mallory.device.id));
    const { state, refused } = await openChain(bob.address, [
      await founding(mallory.genesis, mallory),
      random(300),
    ]);
    expect(state.genesis).toBeNull();
    expect(refused).toHaveLength(2);
  });
});
