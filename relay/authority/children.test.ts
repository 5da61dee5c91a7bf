import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { EMPTY_LOG, followLog, identityCommitment } from '#lib/protocol/attestation.ts';
import { AUTHORITY_PATHS, encodeBody } from '#lib/protocol/authority.ts';
import { decodeChildRecord, verifyChildRecord } from '#lib/protocol/child-record.ts';
import {
  ANTOINE,
  asking,
  CAMILLE,
  callersWorld,
  deviceNamed,
  GHJULIA,
  withCallers,
  type Caller,
  type CallersWorld,
} from '../../tests/helpers/worlds/callers.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';
import { sha256, verifyEd25519 } from './primitives.ts';

/** The parents of the five, each with an account, and what they ask. */
async function family(made?: CallersWorld) {
  const carnet = made ?? (await callersWorld());
  onTestFinished(() => carnet.close().catch(() => undefined));
  const [camille, antoine] = [await carnet.activated(CAMILLE), await carnet.activated(ANTOINE)];
  return { ...asking(carnet), carnet, camille, antoine };
}

const spaceOf = (name: string) => seededRandom(`record of ${name}`)(32);
const REFUSED = { ok: false, error: { type: 'child-refused' } };
const TAKEN = { ok: false, error: { type: 'child-taken' } };
const ZOE = { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' };
const UNOPENED = { Jules: 'no', Inès: 'no', Noé: 'no', Zoé: 'no', Malo: 'no' };

describe("a guardian's children", () => {
  test('KID-05: each parent lists the five minors, and who has none lists none', async () => {
    const { carnet, children, standing, camille, antoine } = await family();
    const ghjulia = await carnet.activated(GHJULIA);
    expect(await standing(camille.caller())).toEqual(UNOPENED);
    expect(await standing(antoine.caller())).toEqual(UNOPENED);
    expect(await children(camille.caller())).toContainEqual({
      ...ZOE,
      child: expect.any(Uint8Array) as unknown,
      opened: 'no',
    });
    expect(await children(ghjulia.caller())).toEqual([]);
  });

  test('a handle is the same each time, is the guardian’s own, and says nothing', async () => {
    const { carnet, handle, camille, antoine } = await family();
    const first = await handle(camille.caller(), 'Zoé');
    expect(first).toHaveLength(16);
    expect(await handle(camille.caller(), 'Zoé')).toEqual(first);
    expect(await handle(camille.caller(), 'Malo')).not.toEqual(first);
    expect(await handle(antoine.caller(), 'Zoé')).not.toEqual(first);
    const next = asking(withCallers(await carnet.restart()));
    expect(await next.handle(camille.caller(), 'Zoé')).toEqual(first);
  });

  test('Jules leaves the list on the day when he is eighteen in Paris, two hours before it is that day at Greenwich', async () => {
    const { carnet, client, standing, handle, camille } = await family();
    const jules = await handle(camille.caller(), 'Jules');
    carnet.clock.jump(Date.UTC(2029, 8, 20, 21, 59, 59) - carnet.clock.now());
    expect(Object.keys(await standing(camille.caller()))).toContain('Jules');
    carnet.clock.jump(1000);
    expect(Object.keys(await standing(camille.caller()))).not.toContain('Jules');
    const asked = { child: jules, space: spaceOf('Jules') };
    expect(await client.openChild(camille.caller(), asked)).toEqual(REFUSED);
  });
});

describe("a child's record", () => {
  test("ACT-29 KID-01: Camille opens Zoé's, and holds the authority's word that it is hers to open", async () => {
    const { carnet, client, children, standing, handle, camille } = await family();
    const space = spaceOf('Zoé');
    const child = await handle(camille.caller(), 'Zoé');
    const opened = await client.openChild(camille.caller(), { child, space });
    if (!opened.ok) throw new Error(opened.error.type);
    const { statement, identitySalt } = opened.value;
    const expected = {
      authorityKey: carnet.authority.publicKey,
      space,
      address: camille.address,
      child: ZOE,
      identitySalt,
    };
    expect(await verifyChildRecord(statement, expected, { sha256, verify: verifyEd25519 })).toEqual({
      space,
      address: camille.address,
      commitment: identityCommitment(identitySalt, ZOE, sha256),
      issued: carnet.clock.now(),
    });
    expect(await standing(camille.caller())).toEqual({ ...UNOPENED, Zoé: 'own' });
    const listed = (await children(camille.caller())).find(({ firstName }) => firstName === 'Zoé');
    expect(listed).toEqual({ ...ZOE, child, opened: 'own', space });
  });

  test('KID-05: one of several that fails leaves the others as they are', async () => {
    const { client, standing, handle, camille, antoine } = await family();
    const zoe = await handle(antoine.caller(), 'Zoé');
    await client.openChild(antoine.caller(), { child: zoe, space: spaceOf('Zoé') });
    for (const name of ['Malo', 'Zoé', 'Inès']) {
      const child = await handle(camille.caller(), name);
      const opened = await client.openChild(camille.caller(), { child, space: spaceOf(`${name}, Camille`) });
      expect([name, opened.ok]).toEqual([name, name !== 'Zoé']);
    }
    expect(await standing(camille.caller())).toEqual({ ...UNOPENED, Malo: 'own', Inès: 'own', Zoé: 'other' });
    expect(await standing(antoine.caller())).toEqual({
      ...UNOPENED,
      Malo: 'other',
      Inès: 'other',
      Zoé: 'own',
    });
  });

  test('asked again for the same space the answer is the same to the byte, after a restart and days later too', async () => {
    const { carnet, client, handle, camille } = await family();
    const phone = await deviceNamed('phone');
    await camille.add(phone);
    const asked = { child: await handle(camille.caller(), 'Zoé'), space: spaceOf('Zoé') };
    const first = await client.openChild(camille.caller(), asked);
    carnet.clock.jump(3 * 24 * 3_600_000);
    expect(await client.openChild(camille.caller(phone), asked)).toEqual(first);
    const next = asking(withCallers(await carnet.restart()));
    expect(await next.client.openChild(camille.caller(), asked)).toEqual(first);
  });

  test('asked again for another space, the one that is stated is named', async () => {
    const { client, handle, camille } = await family();
    const child = await handle(camille.caller(), 'Zoé');
    const space = spaceOf('Zoé');
    await client.openChild(camille.caller(), { child, space });
    expect(await client.openChild(camille.caller(), { child, space: spaceOf('Zoé again') })).toEqual({
      ok: false,
      error: { type: 'child-opened', space },
    });
  });

  test('of two parents who open at the same moment one is told that the other was first', async () => {
    const { client, handle, camille, antoine } = await family();
    const both = await Promise.all(
      [camille, antoine].map(async (parent) => {
        const child = await handle(parent.caller(), 'Zoé');
        return client.openChild(parent.caller(), { child, space: spaceOf(parent.name) });
      }),
    );
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.filter(({ ok }) => !ok)).toEqual([TAKEN]);
  });

  test('a handle of nobody, of the other parent, or a space that is another record, gets one and the same answer', async () => {
    const { carnet, client, handle, camille, antoine } = await family();
    const ghjulia = await carnet.activated(GHJULIA);
    const open = (caller: Caller, child: Bytes, space = spaceOf('refused')) =>
      client.openChild(caller, { child, space });
    const zoe = await handle(camille.caller(), 'Zoé');
    expect(await open(camille.caller(), seededRandom('handle')(16))).toEqual(REFUSED);
    expect(await open(camille.caller(), await handle(antoine.caller(), 'Zoé'))).toEqual(REFUSED);
    expect(await open(ghjulia.caller(), zoe)).toEqual(REFUSED);
    await open(camille.caller(), zoe, spaceOf('Zoé'));
    expect(await open(camille.caller(), await handle(camille.caller(), 'Malo'), spaceOf('Zoé'))).toEqual(
      REFUSED,
    );
    expect(await open(antoine.caller(), await handle(antoine.caller(), 'Malo'), spaceOf('Zoé'))).toEqual(
      REFUSED,
    );
  });

  test('KID-06: is stated only to who certifies to be the legal representative', async () => {
    const { carnet, handle, standing, camille } = await family();
    const asked = { child: await handle(camille.caller(), 'Zoé'), space: spaceOf('Zoé') };
    for (const certified of [false, undefined, 'true'])
      expect(
        await carnet.call(camille.caller(), {
          path: AUTHORITY_PATHS.childRecord,
          ask: encodeBody({ ...asked, certified }),
        }),
      ).toEqual({ status: 400, error: 'malformed' });
    expect(await standing(camille.caller())).toEqual(UNOPENED);
  });

  test('opened under an account that Camille has lost bars her not, and Antoine still', async () => {
    const { carnet, client, handle, standing, camille, antoine } = await family();
    const open = async (caller: Caller, space: Bytes) =>
      client.openChild(caller, { child: await handle(caller, 'Zoé'), space });
    await open(camille.caller(), spaceOf('lost'));
    const again = await carnet.activated(CAMILLE, 'again');
    expect((await standing(again.caller()))['Zoé']).toBe('no');
    expect(await open(antoine.caller(), spaceOf('Antoine'))).toEqual(TAKEN);
    expect((await open(again.caller(), spaceOf('again'))).ok).toBe(true);
    expect((await standing(again.caller()))['Zoé']).toBe('own');
  });
});

describe('the log', () => {
  test('A08: shows each statement under the commitment of the child, and no name, address or space', async () => {
    const { client, handle, camille } = await family();
    const space = spaceOf('Zoé');
    const opened = await client.openChild(camille.caller(), {
      child: await handle(camille.caller(), 'Zoé'),
      space,
    });
    const log = await client.log(0);
    if (!opened.ok || !log.ok) throw new Error('refused');
    const { leaves, head } = log.value;
    expect(followLog(EMPTY_LOG, leaves, head, sha256)?.size).toBe(3);
    const commitment = decodeChildRecord(opened.value.statement)?.commitment;
    expect(leaves.at(-1)).toEqual({ commitment, attestationHash: sha256(opened.value.statement) });
    const shown = encodeBody({ ...log.value });
    for (const secret of ['Zoé', camille.address, encodeBody({ space }).slice(10, 50)])
      expect(shown).not.toContain(secret);
  });

  test('an entry for a child is no attestation: later, with a card of their own, Jules is one who was never attested', async () => {
    const { carnet, client, handle, camille } = await family();
    await client.openChild(camille.caller(), {
      child: await handle(camille.caller(), 'Jules'),
      space: spaceOf('Jules'),
    });
    const header =
      'kind;nir;lastName;firstName;birthDate;card;serial;email;phone;parent1;parent2;rpps;profession\n';
    const card = carnet.authority.importRegister(
      `${header}insured;111096912331094;Lefèvre;Jules;2011-09-21;photo;12345678901;;`,
    );
    expect(card.ok).toBe(true);
    const jules = await carnet.activated({ name: 'Jules', nir: '111096912331094', serial: '12345678901' });
    expect(await client.children(jules.caller())).toEqual({ ok: true, value: { children: [] } });
  });
});

test('what the authority keeps of a call holds no secret of the account', async () => {
  const { carnet, client, handle, camille } = await family();
  const space = spaceOf('Zoé');
  await client.openChild(camille.caller(), { child: await handle(camille.caller(), 'Zoé'), space });
  const disk = readdirSync(carnet.dataDir)
    .map((name) => readFileSync(join(carnet.dataDir, name)).toString('latin1'))
    .join();
  const isThere = (bytes: Bytes) => disk.includes(Buffer.from(bytes).toString('latin1'));
  expect([isThere(space), isThere(camille.device.bundle.signing)]).toEqual([true, true]);
  expect([isThere(camille.root), isThere(camille.device.sealingSecret)]).toEqual([false, false]);
});
