import { beforeAll, describe, expect, test } from 'vitest';
import { encodeBech32m } from '#lib/bytes/bech32m.ts';
import { concat } from '#lib/bytes/bytes.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { person, type Person } from '../../../tests/helpers/people/people.ts';
import {
  addressHash,
  addressOf,
  addressOfHash,
  decodeGenesis,
  encodeGenesis,
  GENESIS_LENGTH,
  matchesAddress,
  parseAddress,
} from './address.ts';

let alice: Person;
let bob: Person;

beforeAll(async () => {
  [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
});

describe('an address', () => {
  test('is 66 lower-case characters that read back as the hash they say', () => {
    expect(alice.address).toMatch(/^carnet1[a-z0-9]{59}$/);
    const parsed = parseAddress(alice.address);
    expect(parsed).toEqual({ ok: true, value: { address: alice.address, hash: addressHash(alice.address) } });
    expect(addressOfHash(addressHash(alice.address))).toBe(alice.address);
  });

  test('is accepted in capitals as a QR code has it, and comes back in its one spelling', () => {
    const parsed = parseAddress(alice.address.toUpperCase());
    expect(parsed.ok && parsed.value.address).toBe(alice.address);
    expect(parseAddress(alice.address.replace('c', 'C')).ok).toBe(false);
  });

  test('of another version, length or kind is refused', () => {
    const hash = addressHash(alice.address);
    const others = [
      encodeBech32m('carnet', concat(Uint8Array.of(2), hash)),
      encodeBech32m('carnet', concat(Uint8Array.of(1), hash.slice(1))),
      encodeBech32m('carnett', concat(Uint8Array.of(1), hash)),
      '',
      'carnet1',
      ` ${alice.address}`,
    ];
    for (const other of others)
      expect(parseAddress(other)).toEqual({ ok: false, error: { type: 'address-invalid' } });
  });

  test("A01: Bob's bundle, or one with any part of Alice's exchanged, never matches Alice's address", () => {
    const own = alice.genesis;
    expect(matchesAddress(alice.address, own)).toBe(true);
    const forgeries = [
      bob.genesis,
      { ...own, account: bob.genesis.account },
      { ...own, recovery: bob.genesis.recovery },
      { ...own, device: bob.genesis.device },
      { ...own, device: { ...own.device, sealing: bob.genesis.device.sealing } },
      { ...own, nonce: bob.genesis.nonce },
    ];
    for (const forged of forgeries) {
      expect(matchesAddress(alice.address, forged)).toBe(false);
      expect(addressOf(forged)).not.toBe(alice.address);
    }
  });

  test('A04: a bundle with a key under which anybody signs, or to which nobody seals, is none', () => {
    const identity = new Uint8Array(32).fill(1, 0, 1);
    const nowhere = new Uint8Array(alice.genesis.recovery.length);
    for (const hollow of [{ account: identity }, { account: new Uint8Array(32) }, { recovery: nowhere }])
      expect(decodeGenesis(encodeGenesis({ ...alice.genesis, ...hollow }))).toBeNull();
    expect(decodeGenesis(encodeGenesis(alice.genesis))).toEqual(alice.genesis);
  });

  test('hostile bytes for a genesis bundle give null, and nothing has two spellings', () => {
    const bytes = encodeGenesis(alice.genesis);
    expect(bytes).toHaveLength(GENESIS_LENGTH);
    expectStrictDecoder(bytes, decodeGenesis, encodeGenesis);
  });
});
