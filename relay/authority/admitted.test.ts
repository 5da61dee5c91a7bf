import { describe, expect, onTestFinished, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { identityCommitment } from '#lib/protocol/attestation.ts';
import { ownerMessage } from '#lib/protocol/owner.ts';
import {
  ANTOINE,
  asking,
  CAMILLE,
  callersWorld,
  GHJULIA,
  withCallers,
} from '../../tests/helpers/worlds/callers.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';
import { sha256, verifyEd25519 } from './primitives.ts';

const SPACE = seededRandom('record of Zoé')(32);
const REFUSED = { ok: false, error: { type: 'guardian-refused' } };
const ZOE = { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' };

/** Camille has opened Zoé's record. */
async function family() {
  const carnet = await callersWorld();
  onTestFinished(() => carnet.close().catch(() => undefined));
  const [camille, antoine] = [await carnet.activated(CAMILLE), await carnet.activated(ANTOINE)];
  const asked = asking(carnet);
  const child = await asked.handle(camille.caller(), 'Zoé');
  const opened = await asked.client.openChild(camille.caller(), { child, space: SPACE });
  if (!opened.ok) throw new Error(opened.error.type);
  const key = await asked.client.key();
  if (!key.ok) throw new Error(key.error.type);
  return { ...asked, carnet, camille, antoine, key: key.value.publicKey, salt: opened.value.identitySalt };
}

describe('who may own a child’s record', () => {
  test('KID-09: Antoine, her other guardian, gets the word that a roster asks for, and the same again after a restart', async () => {
    const { carnet, client, antoine, key } = await family();
    const answer = await client.guardian(antoine.caller(), { space: SPACE });
    if (!answer.ok) throw new Error(answer.error.type);
    const { statement } = answer.value;
    expect(verifyEd25519(key, ownerMessage(SPACE, antoine.address), statement)).toBe(true);
    const next = asking(withCallers(await carnet.restart()));
    expect(await next.client.guardian(antoine.caller(), { space: SPACE })).toEqual(answer);
  });

  test('it stands in the public log once, where whoever knows the child finds it', async () => {
    const { client, antoine, salt } = await family();
    const answer = await client.guardian(antoine.caller(), { space: SPACE });
    await client.guardian(antoine.caller(), { space: SPACE });
    if (!answer.ok) throw new Error(answer.error.type);
    const log = await client.log(0);
    if (!log.ok) throw new Error(log.error.type);
    const commitment = hex(identityCommitment(salt, ZOE, sha256));
    const ofZoe = log.value.leaves.filter((leaf) => hex(leaf.commitment) === commitment);
    const said = sha256(ownerMessage(SPACE, antoine.address), answer.value.statement);
    expect(ofZoe.map(({ attestationHash }) => hex(attestationHash)).slice(1)).toEqual([hex(said)]);
  });

  test('somebody who is no guardian of hers, and a space that is nobody’s, are answered alike', async () => {
    const { carnet, client, antoine } = await family();
    const ghjulia = await carnet.activated(GHJULIA);
    expect(await client.guardian(ghjulia.caller(), { space: SPACE })).toEqual(REFUSED);
    expect(await client.guardian(antoine.caller(), { space: seededRandom('another')(32) })).toEqual(REFUSED);
  });

  test('once she is of age nobody is admitted as her guardian any more', async () => {
    const { carnet, client, antoine } = await family();
    carnet.clock.jump(Date.UTC(2038, 11, 6) - carnet.clock.now());
    expect(await client.guardian(antoine.caller(), { space: SPACE })).toEqual(REFUSED);
  });
});
