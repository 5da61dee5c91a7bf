/** The device and the authority share no line of cryptography, and must derive, name and verify the same. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { argon2id } from '#lib/crypto/kdf.ts';
import { createSigner, verify } from '#lib/crypto/signature.ts';
import { addressOf, encodeGenesis } from '#lib/keys/address.ts';
import { generateDevice, openDevice } from '#lib/keys/device.ts';
import { addressOfBundle, attestationMessage, decodeAttestation } from '#lib/protocol/attestation.ts';
import { activationMessage } from '#lib/protocol/authority.ts';
import { deriveEnrolment, normaliseSecrets } from '#lib/protocol/enrolment.ts';
import { primitives } from '../relay/authority/primitives.ts';
import { authorityWorld, CAMILLE } from './helpers/worlds/authority.ts';
import { seededRandom } from './helpers/tools/random.ts';

vi.unmock('#lib/crypto/kdf.ts');
vi.unmock('../relay/authority/primitives.ts');

const TYPED = { code: '008J-4CT4-ANK7-F24S', nir: '286056912304562', serial: '48210937561' };

test('hash-wasm on the device and node:crypto at the authority derive the same code id, lookup and key', async () => {
  const secrets = normaliseSecrets(TYPED);
  if (!secrets) throw new Error('the form refuses this');
  const device = await deriveEnrolment(secrets, { sha256, argon2id });
  expect(device).toEqual(await deriveEnrolment(secrets, primitives));
  expect({
    codeId: hex(device.codeId),
    lookup: hex(device.lookup),
    key: hex(device.key),
  }).toMatchInlineSnapshot(`
    {
      "codeId": "e1217bff1e0a1efc8ef795dcff0c508b",
      "key": "39a8e4a1597a0510ec95bf575092fec5c80487ef0eb310d3d752afd2da57fe30",
      "lookup": "bf6667916173214745e7c910ddce7f4add4fc66239d0825382fe7ea84e040045",
    }
  `);
});

test("Camille's real account, made by keys/, is attested under the address that keys/ gives it", async () => {
  const carnet = await authorityWorld();
  onTestFinished(() => carnet.close());
  const random = seededRandom('Camille');
  const device = await openDevice(generateDevice(random));
  const signer = await createSigner(random(32));
  const bundle = {
    account: signer.publicKey,
    recovery: device.bundle.sealing,
    device: device.bundle,
    nonce: random(32),
  };
  const genesis = encodeGenesis(bundle);
  const address = addressOf(bundle);
  expect(addressOfBundle(genesis, sha256)).toBe(address);

  const code = (await carnet.authority.issueCode(CAMILLE.nir)) ?? '';
  const secrets = normaliseSecrets({ code, ...CAMILLE });
  if (!secrets) throw new Error('the form refuses this');
  const { codeId, lookup } = await deriveEnrolment(secrets, { sha256, argon2id });
  const signature = await signer.sign(activationMessage(lookup, address));
  const answer = await carnet.activate({ codeId, lookup }, { genesis, address, sign: () => signature });
  const attestation = typeof answer === 'string' ? null : decodeAttestation(answer.attestation);
  if (!attestation) throw new Error('refused, or malformed');
  expect(attestation.address).toBe(address);
  expect(
    await verify(carnet.authority.publicKey, attestationMessage(attestation), attestation.signature),
  ).toBe(true);
});
