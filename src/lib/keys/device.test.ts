import { beforeAll, describe, expect, test } from 'vitest';
import { concat, fromHex } from '#lib/bytes/bytes.ts';
import { verify } from '#lib/crypto/signature.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { deviceNamed } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import {
  BUNDLE_LENGTH,
  decodeBundle,
  decodeDeviceSecrets,
  deviceId,
  encodeBundle,
  encodeDeviceSecrets,
  generateDevice,
  openDevice,
  type DeviceKeys,
} from './device.ts';

let phone: DeviceKeys;
let laptop: DeviceKeys;

beforeAll(async () => {
  [phone, laptop] = await Promise.all([deviceNamed('phone'), deviceNamed('laptop')]);
});

describe('a device', () => {
  test('opens to the same keys and id from its secrets, and signs with them', async () => {
    const secrets = generateDevice(seededRandom('device'));
    const kept = decodeDeviceSecrets(encodeDeviceSecrets(secrets));
    const [one, other] = await Promise.all([openDevice(secrets), openDevice(kept!)]);
    expect(one.id).toEqual(other.id);
    const message = new Uint8Array([1, 2, 3]);
    expect(await verify(one.bundle.signing, message, await other.signer.sign(message))).toBe(true);
  });

  test('A01: has an id that fits no other keys', () => {
    const mixed = { signing: phone.bundle.signing, sealing: laptop.bundle.sealing };
    expect(deviceId(mixed)).not.toEqual(phone.id);
    expect(deviceId(mixed)).not.toEqual(laptop.id);
    expect(deviceId(phone.bundle)).toEqual(phone.id);
  });

  test('A04: a bundle with a degenerate key is refused on entry', () => {
    const small = fromHex('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
    const { signing, sealing } = phone.bundle;
    const zeroed = concat(sealing.slice(0, -32), new Uint8Array(32));
    expect(decodeBundle(encodeBundle({ signing, sealing }))).toEqual(phone.bundle);
    expect(decodeBundle(encodeBundle({ signing: small, sealing }))).toBeNull();
    expect(decodeBundle(encodeBundle({ signing, sealing: zeroed }))).toBeNull();
    expect(decodeBundle(encodeBundle({ signing, sealing: new Uint8Array(1216) }))).toBeNull();
  });

  test('B08: a bundle of another suite is refused', () => {
    const bytes = encodeBundle(phone.bundle);
    for (const suite of [0, 2, 255]) {
      expect(decodeBundle(concat(Uint8Array.of(suite), bytes.slice(1)))).toBeNull();
    }
  });

  test('hostile bytes give null, and nothing has two spellings', () => {
    const bytes = encodeBundle(phone.bundle);
    expect(bytes).toHaveLength(BUNDLE_LENGTH);
    expectStrictDecoder(bytes, decodeBundle, encodeBundle);
    const secrets = encodeDeviceSecrets(generateDevice(seededRandom('x')));
    expectStrictDecoder(secrets, decodeDeviceSecrets, encodeDeviceSecrets);
  });
});
