import { StatementSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { AUTHORITY_PATHS } from '#lib/protocol/authority.ts';
import { CHALLENGE_MS, MAX_CALLED_BODY, MAX_CHAIN_BYTES, MAX_CHAIN_FRAMES } from '#lib/protocol/callers.ts';
import {
  ANTOINE,
  CAMILLE,
  callersWorld,
  callingAccount,
  deviceNamed,
  GHJULIA,
  HOST,
  withCallers,
  type CallChange,
} from '../../tests/helpers/worlds/callers.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';
import { createChallenges } from './challenges.ts';
import { LIMITS } from './limits.ts';
import { sha256 } from './primitives.ts';

async function world(...options: Parameters<typeof callersWorld>) {
  const made = await callersWorld(...options);
  onTestFinished(() => made.close().catch(() => undefined));
  return made;
}

const REFUSED = { status: 403, error: 'caller-refused' };
const BEHIND = { status: 409, error: 'chain-behind' };
const LATER = { status: 429, error: 'try-later' };
const MALFORMED = { status: 400, error: 'malformed' };

describe('a call', () => {
  test("KID-01: Camille's device proves itself by its chain, and so does her second one", async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    expect(await carnet.call(camille.caller())).toMatchObject({ status: 200 });
    const phone = await deviceNamed('phone');
    await camille.add(phone);
    expect(await carnet.call(camille.caller(phone))).toMatchObject({ status: 200 });
    // An address may be written in capitals, as QR codes have it.
    const loud = { ...camille.caller(phone), address: camille.address.toUpperCase() };
    expect(await carnet.call(loud)).toMatchObject({ status: 200 });
  });

  test('is bound to the host, the path, the address, the challenge and the text of what is asked', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const antoine = await carnet.activated(ANTOINE);
    const changes: Partial<CallChange>[] = [
      { signed: { origin: 'mallory.example' } },
      { signed: { origin: `${HOST}:8443` } },
      { url: 'https://other.example' },
      { signed: { path: AUTHORITY_PATHS.childRecord } },
      { signed: { address: antoine.address } },
      { signed: { challenge: await carnet.challenge() } },
      { signed: { asked: sha256(utf8('{"child":1}')) } },
      { ask: '{ }', signed: { asked: sha256(utf8('{}')) } },
    ];
    for (const change of changes)
      expect([change, await carnet.call(camille.caller(), change)]).toEqual([change, REFUSED]);
    expect(await carnet.call(camille.caller(), { ask: '{ }' })).toMatchObject({ status: 200 });
  });

  test('serves once, for two minutes, at this authority since it was started', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const challenge = await carnet.challenge();
    expect(await carnet.call(camille.caller(), { challenge })).toMatchObject({ status: 200 });
    expect(await carnet.call(camille.caller(), { challenge })).toEqual(REFUSED);

    const late = await carnet.challenge();
    const lastMoment = await carnet.challenge();
    await carnet.clock.advance(CHALLENGE_MS - 1);
    expect(await carnet.call(camille.caller(), { challenge: lastMoment })).toMatchObject({ status: 200 });
    await carnet.clock.advance(1);
    expect(await carnet.call(camille.caller(), { challenge: late })).toEqual(REFUSED);

    const before = await carnet.challenge();
    const next = withCallers(await carnet.restart());
    onTestFinished(() => next.close());
    expect(await next.call(camille.caller(), { challenge: before })).toEqual(REFUSED);
    expect(await next.call(camille.caller(), { challenge: seededRandom('made up')(32) })).toEqual(REFUSED);
    expect(await next.call(camille.caller())).toMatchObject({ status: 200 });
  });

  test('uses its challenge up when it is refused too', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const challenge = await carnet.challenge();
    expect(await carnet.call(camille.caller(), { challenge, signed: { path: '/' } })).toEqual(REFUSED);
    expect(await carnet.call(camille.caller(), { challenge })).toEqual(REFUSED);
  });

  test('sent twice at the same moment serves once', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const challenge = await carnet.challenge();
    const both = [1, 2].map(() => carnet.call(camille.caller(), { challenge }));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  test('that is too large, of too many frames, or not of the protocol is malformed', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const [frame = new Uint8Array()] = camille.chain();
    const sent: Record<string, unknown>[] = [
      { chain: [] },
      { chain: Array(MAX_CHAIN_FRAMES + 1).fill(frame) },
      { chain: [new Uint8Array(MAX_CHAIN_BYTES + 1)] },
      { chain: [frame, new Uint8Array(MAX_CHAIN_BYTES)] },
      { chain: [new Uint8Array(MAX_CALLED_BODY)] },
      { device: new Uint8Array(31) },
      { signature: new Uint8Array(65) },
      { challenge: new Uint8Array(16) },
      { address: camille.address.replace(/.$/, 'q') },
      { more: 1 },
    ];
    for (const change of sent)
      expect(await carnet.call(camille.caller(), { sent: change })).toEqual(MALFORMED);
    for (const ask of ['', '{', '[]', 'null', '{"more":1}', '"\ud800"', ' '.repeat(5000)])
      expect(await carnet.call(camille.caller(), { ask })).toEqual(MALFORMED);
  });
});

describe('whoever is not a device of an attested address', () => {
  test('A03: a stranger, a device of another account, one that only says it was added, gets one and the same answer', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const antoine = await carnet.activated(ANTOINE);
    const unknown = await callingAccount('Nobody');
    const foreign = await deviceNamed('foreign');
    const hostile = await callingAccount('Camille', 'one');
    await hostile.add(foreign, await deviceNamed('never added'));
    const junk = seededRandom('junk')(2048);
    const callers = [
      unknown.caller(),
      camille.caller(antoine.device),
      camille.caller(foreign),
      { ...camille.caller(), chain: antoine.chain() },
      { ...antoine.caller(), address: camille.address },
      hostile.caller(foreign),
      { ...camille.caller(), device: foreign.id },
      { ...camille.caller(), chain: [junk] },
      { ...camille.caller(), sign: (message) => foreign.signer.sign(message) } satisfies ReturnType<
        typeof camille.caller
      >,
    ];
    for (const caller of callers) expect(await carnet.call(caller)).toEqual(REFUSED);
    expect(await carnet.call({ ...camille.caller(), chain: [junk, ...camille.chain()] })).toMatchObject({
      status: 200,
    });
  });

  test('A03: a chain that is cut shows no device that was added behind the cut', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const [phone, tablet] = [await deviceNamed('phone'), await deviceNamed('tablet')];
    await camille.add(phone);
    await camille.add(tablet, phone);
    expect(await carnet.call(camille.caller(tablet, camille.chain().slice(0, 2)))).toEqual(REFUSED);
    expect(await carnet.call(camille.caller(tablet, camille.chain().slice(1)))).toEqual(REFUSED);
    expect(await carnet.call(camille.caller(tablet, camille.chain().toSpliced(1, 1)))).toEqual(REFUSED);
    expect(await carnet.call(camille.caller(tablet))).toMatchObject({ status: 200 });
  });

  test('a stranger who tries addresses is refused before anything is looked up that a stranger does not know', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const nobody = await callingAccount('Nobody');
    const mallory = await deviceNamed('Mallory');
    const lookUps = (['get', 'all', 'run', 'iterate'] as const).map((method) =>
      vi.spyOn(StatementSync.prototype, method),
    );
    onTestFinished(() => lookUps.forEach((spy) => spy.mockRestore()));
    for (const account of [camille, nobody]) {
      const forged = { ...account.caller(), sign: (message: Bytes) => mallory.signer.sign(message) };
      expect(await carnet.call(forged)).toEqual(REFUSED);
    }
    expect(lookUps.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0]);
    await carnet.call(camille.caller());
    expect(lookUps[0]?.mock.calls.length).toBeGreaterThan(0);
  });
});

describe('a device that was taken out', () => {
  test('D07: is refused by a chain that says so', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const phone = await deviceNamed('phone');
    await camille.add(phone);
    await camille.revoke(phone);
    expect(await carnet.call(camille.caller(phone))).toEqual(REFUSED);
  });

  test('D07: cannot hide it once the authority was told, after a restart neither', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const [phone, tablet] = [await deviceNamed('phone'), await deviceNamed('tablet')];
    await camille.add(phone);
    await camille.add(tablet);
    const before = camille.chain();
    expect(await carnet.call(camille.caller(phone))).toMatchObject({ status: 200 });
    await camille.revoke(phone);
    expect(await carnet.call(camille.caller(phone, before))).toMatchObject({ status: 200 });
    expect(await carnet.call(camille.caller())).toMatchObject({ status: 200 });
    expect(await carnet.call(camille.caller(phone, before))).toEqual(BEHIND);
    const next = withCallers(await carnet.restart());
    onTestFinished(() => next.close());
    expect(await next.call(camille.caller(phone, before))).toEqual(BEHIND);
    // One that stands may have heard less than the authority: what it says of itself is still true.
    expect(await next.call(camille.caller(tablet, before))).toMatchObject({ status: 200 });
  });

  test('D07: cannot undo it by words that it dates back', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const [phone, accomplice] = [await deviceNamed('phone'), await deviceNamed('accomplice')];
    await camille.add(phone);
    const thief = await callingAccount('Camille', 'one');
    await thief.add(phone);
    await camille.revoke(phone);
    expect(await carnet.call(camille.caller())).toMatchObject({ status: 200 });
    await thief.add(accomplice, phone);
    expect(await carnet.call(thief.caller(accomplice))).toEqual(BEHIND);
    expect(await carnet.call(thief.caller(phone))).toEqual(BEHIND);
    expect(await carnet.call(camille.caller())).toMatchObject({ status: 200 });
  });

  test('D07: what it told the authority alone, while it could, shuts nobody out', async () => {
    const carnet = await world();
    const camille = await carnet.activated(CAMILLE);
    const [phone, accomplice] = [await deviceNamed('phone'), await deviceNamed('accomplice')];
    await camille.add(phone);
    const thief = await callingAccount('Camille', 'one');
    await thief.add(phone);
    await thief.add(accomplice, phone);
    expect(await carnet.call(thief.caller(accomplice))).toMatchObject({ status: 200 });
    await camille.revoke(phone);
    expect(await carnet.call(camille.caller())).toMatchObject({ status: 200 });
    expect(await carnet.call(thief.caller(accomplice))).toEqual(BEHIND);
  });
});

describe('whose an address is', () => {
  test('an address that was attested before another one of the same person speaks for nobody', async () => {
    const carnet = await world();
    const old = await carnet.activated(CAMILLE, 'old');
    expect(await carnet.call(old.caller())).toMatchObject({ status: 200 });
    const fresh = await carnet.activated(CAMILLE, 'new');
    expect(await carnet.call(old.caller())).toEqual(REFUSED);
    expect(await carnet.call(fresh.caller())).toMatchObject({ status: 200 });
  });

  test('an address that was attested to two persons speaks for neither', async () => {
    const carnet = await world();
    const camille = await carnet.activated({ ...CAMILLE, name: 'Both' });
    await carnet.activated({ ...ANTOINE, name: 'Both' });
    expect(await carnet.call(camille.caller())).toEqual(REFUSED);
  });
});

describe('limits', () => {
  test('a network address that calls too often is told to come back, and so is a person from wherever', async () => {
    const carnet = await world({ limits: LIMITS, personLimits: { points: 20, windowSeconds: 60 } });
    const camille = await carnet.activated(CAMILLE);
    const ghjulia = await carnet.activated(GHJULIA);
    const challenges = createChallenges(carnet.clock, seededRandom('another authority'));
    const from = '198.51.100.7';
    const tries: unknown[] = [];
    for (let i = 0; i < 20; i++)
      tries.push(await carnet.call(camille.caller(), { challenge: challenges.make(), from }));
    expect(tries.slice(0, 17)).toEqual(Array(17).fill(REFUSED));
    expect(tries.slice(17)).toEqual(Array(3).fill(LATER));

    for (let i = 0; i < 20; i++)
      expect(await carnet.call(camille.caller(), { from: `203.0.113.${i}` })).toMatchObject({ status: 200 });
    expect(await carnet.call(camille.caller(), { from: '203.0.113.99' })).toEqual(LATER);
    expect(await carnet.call(ghjulia.caller(), { from: '203.0.113.98' })).toMatchObject({ status: 200 });
  });

  test('who does not prove to be of an address spends nothing of what its person may ask', async () => {
    const carnet = await world({ personLimits: { points: 1, windowSeconds: 60 } });
    const camille = await carnet.activated(CAMILLE);
    const mallory = await deviceNamed('Mallory');
    const forged = {
      ...camille.caller(),
      sign: (message: Bytes) => mallory.signer.sign(message),
    };
    for (let i = 0; i < 5; i++) expect(await carnet.call(forged)).toEqual(REFUSED);
    expect(await carnet.call(camille.caller())).toMatchObject({ status: 200 });
    expect(await carnet.call(camille.caller())).toEqual(LATER);
    expect(await carnet.call(forged)).toEqual(REFUSED);
  });
});

test('a clock that is set back makes no used challenge good again', async () => {
  const carnet = await world();
  const challenges = createChallenges(carnet.clock, seededRandom('challenges'), 1);
  const challenge = challenges.make();
  expect(challenges.take(challenge)).toBe('good');
  carnet.clock.jump(CHALLENGE_MS);
  expect(challenges.take(challenges.make())).toBe('good'); // in the place of the first, which is forgotten
  carnet.clock.jump(-CHALLENGE_MS);
  expect(challenges.take(challenge)).toBe('refused');
});

test('challenges in use are bounded, and those that are over make room', async () => {
  const carnet = await world();
  const challenges = createChallenges(carnet.clock, seededRandom('many challenges'), 100);
  for (let i = 0; i < 100; i++) challenges.take(challenges.make());
  expect(challenges.take(challenges.make())).toBe('full');
  await carnet.clock.advance(CHALLENGE_MS);
  expect(challenges.take(challenges.make())).toBe('good');
});
