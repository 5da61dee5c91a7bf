import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { attestationMessage, decodeAttestation, identityCommitment } from '#lib/protocol/attestation.ts';
import {
  authorityWorld,
  CAMILLE,
  GHJULIA,
  openEnrolmentFile,
  testAccount,
  typeIn,
  type AuthorityWorld,
} from '../../tests/helpers/worlds/authority.ts';
import { sha256, verifyEd25519 } from './primitives.ts';

async function world(...options: Parameters<typeof authorityWorld>): Promise<AuthorityWorld> {
  const made = await authorityWorld(...options);
  onTestFinished(() => made.close().catch(() => undefined));
  return made;
}

async function codeOf(nir: string, { authority }: AuthorityWorld): Promise<string> {
  return (await authority.issueCode(nir)) ?? 'nobody';
}

describe('activation', () => {
  test('ACT-05 ACT-07 ACT-08 ACT-11: Camille types code, NIR and serial, and reads the file that only they open', async () => {
    const carnet = await world();
    const code = await codeOf(CAMILLE.nir, carnet);
    const keys = await typeIn({
      code: code.toLowerCase(),
      nir: '2 86 05 69 123 045 62',
      serial: CAMILLE.serial,
    });
    const sealed = await carnet.enrol(keys);
    if (typeof sealed === 'string') throw new Error(sealed);
    expect(await openEnrolmentFile(keys, sealed)).toEqual({
      firstName: 'Camille',
      lastName: 'Moreau',
      birthDate: '1986-05-14',
      nir: CAMILLE.nir,
      email: 'camille.moreau@exemple.example',
      phone: '+33639980101',
      children: ['Jules', 'Inès', 'Noé', 'Zoé', 'Malo'].map(
        (firstName) => expect.objectContaining({ firstName, lastName: 'Lefèvre' }) as unknown,
      ),
      identitySalt: expect.any(Uint8Array) as unknown,
      authorityKey: carnet.authority.publicKey,
    });
  });

  test('ACT-06: a card with photo may be typed by its eleven digits or by all that it prints', async () => {
    const carnet = await world();
    const code = await codeOf(CAMILLE.nir, carnet);
    const keys = await typeIn({ code, nir: CAMILLE.nir, serial: `8025000002${CAMILLE.serial}` });
    expect(await carnet.enrol(keys)).toBeInstanceOf(Uint8Array);
  });

  test('Ghjulia, born in Ajaccio, activates with 2A in her number', async () => {
    const carnet = await world();
    const code = await codeOf(GHJULIA.nir, carnet);
    const keys = await typeIn({ code, nir: '2 79 02 2a 004 087 94', serial: GHJULIA.serial });
    expect(await carnet.enrol(keys)).toBeInstanceOf(Uint8Array);
  });

  test('the attestation is signed by the key that the enrolment file names, for this address and this identity', async () => {
    const carnet = await world();
    const keys = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    const sealed = await carnet.enrol(keys);
    const file = typeof sealed === 'string' ? null : await openEnrolmentFile(keys, sealed);
    const account = testAccount('Camille');
    const answer = await carnet.activate(keys, account);
    if (!file || typeof answer === 'string') throw new Error('refused');
    const attestation = decodeAttestation(answer.attestation);
    if (!attestation) throw new Error('malformed');
    expect(attestation.address).toBe(account.address);
    expect(attestation.commitment).toEqual(identityCommitment(file.identitySalt, file, sha256));
    expect(attestation.issued).toBe(carnet.clock.now());
    expect(verifyEd25519(file.authorityKey, attestationMessage(attestation), attestation.signature)).toBe(
      true,
    );
  });

  test('the same address again gets the same attestation, after a restart and after the code expired too', async () => {
    const carnet = await world();
    const keys = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    const first = await carnet.activate(keys, testAccount('Camille'));
    const again = await world({ dataDir: (await carnet.restart()).dataDir, clock: carnet.clock });
    carnet.clock.jump(400 * 24 * 3_600_000);
    expect(await again.activate(keys, testAccount('Camille'))).toEqual(first);
  });

  test('a used code opens no enrolment file any more', async () => {
    const carnet = await world();
    const keys = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    await carnet.activate(keys, testAccount('Camille'));
    expect(await carnet.enrol(keys)).toBe('enrolment-refused');
  });

  test('a claim that the account key did not sign, or for a bundle the address does not name, is refused and uses nothing', async () => {
    const carnet = await world();
    const keys = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    const camille = testAccount('Camille');
    const mallory = testAccount('Mallory');
    expect(await carnet.activate(keys, { ...camille, sign: mallory.sign })).toBe('enrolment-refused');
    expect(await carnet.activate(keys, { ...camille, genesis: mallory.genesis })).toBe('enrolment-refused');
    expect(await carnet.activate(keys, { ...mallory, address: camille.address })).toBe('enrolment-refused');
    expect(await carnet.activate(keys, camille)).toMatchObject({ index: 1 });
  });
});

describe('a new code', () => {
  const settledCode = async (carnet: AuthorityWorld, sent: readonly string[]) => {
    await carnet.authority.settled();
    return sent.at(-1) ?? 'none';
  };

  test('ACT-04 ACT-09: Camille asks for one, it goes to her contact on file, and withdraws the one she lost', async () => {
    const sent: string[] = [];
    const carnet = await world({
      deliver: (person, code) => {
        expect(person.email).toBe('camille.moreau@exemple.example');
        sent.push(code);
      },
    });
    const lost = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    expect(await (await carnet.post('/authority/code', CAMILLE)).json()).toEqual({});
    const fresh = await typeIn({ code: await settledCode(carnet, sent), ...CAMILLE });
    expect(await carnet.enrol(lost)).toBe('enrolment-refused');
    expect(await carnet.enrol(fresh)).toBeInstanceOf(Uint8Array);
  });

  test('ACT-10: both numbers are needed, and the answer is the same whoever asks', async () => {
    const sent: string[] = [];
    const carnet = await world({ deliver: (_, code) => void sent.push(code) });
    const before = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    for (const asked of [
      { nir: CAMILLE.nir, serial: GHJULIA.serial },
      { nir: '182039912206459', serial: CAMILLE.serial },
      { nir: '111096912331094', serial: '12345678' },
    ]) {
      const response = await carnet.post('/authority/code', asked);
      expect([response.status, await response.json()]).toEqual([200, {}]);
    }
    expect((await carnet.post('/authority/code', { nir: CAMILLE.nir })).status).toBe(400);
    expect(await settledCode(carnet, sent)).toBe('none');
    expect(await carnet.enrol(before)).toBeInstanceOf(Uint8Array);
  });

  test('is issued three times a day at most, so that nobody is kept without a code', async () => {
    const sent: string[] = [];
    const carnet = await world({ deliver: (_, code) => void sent.push(code) });
    for (let i = 0; i < 5; i++) await carnet.post('/authority/code', CAMILLE);
    const last = await settledCode(carnet, sent);
    expect(sent).toHaveLength(3);
    expect(await carnet.enrol(await typeIn({ code: last, ...CAMILLE }))).toBeInstanceOf(Uint8Array);
    carnet.clock.jump(25 * 3_600_000);
    await carnet.post('/authority/code', CAMILLE);
    await settledCode(carnet, sent);
    expect(sent).toHaveLength(4);
  });

  test('that nothing could deliver is not issued, since it would only withdraw the old', async () => {
    const carnet = await world();
    const keys = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    await carnet.post('/authority/code', CAMILLE);
    await carnet.authority.settled();
    expect(await carnet.enrol(keys)).toBeInstanceOf(Uint8Array);
  });
});

describe('the demo', () => {
  test('a first start fills the register and lists codes that work; a second start lists those not used yet', async () => {
    const first = await world({ dataDir: (await emptyFolder()).dataDir, demo: true });
    const listed = first.authority.demoCredentials();
    expect(listed.length).toBeGreaterThanOrEqual(4);
    expect(new Set(listed.map(({ card }) => card))).toEqual(new Set(['photo', 'plain']));
    expect(listed[0]).toMatchObject({ name: 'Camille Moreau', ...CAMILLE, card: 'photo' });
    const keys = await typeIn(listed[0] ?? { code: '', ...CAMILLE });
    expect(await first.enrol(keys)).toBeInstanceOf(Uint8Array);
    await first.activate(keys, testAccount('Camille'));
    const unused = listed.slice(1);
    expect(first.authority.demoCredentials()).toEqual(unused);

    const second = await first.restart();
    onTestFinished(() => second.close());
    expect(second.authority.demoCredentials()).toEqual(expect.arrayContaining(unused));
    expect(second.authority.demoCredentials()).not.toContainEqual(listed[0]);
    expect(second.authority.demoCredentials()).toHaveLength(listed.length);
  });

  test('a start without the demo forgets the readable codes and makes no fictional persons', async () => {
    const demo = await world({ dataDir: (await emptyFolder()).dataDir, demo: true });
    expect(existsSync(join(demo.dataDir, 'demo-codes.json'))).toBe(true);
    const real = await demo.restart({ demo: false });
    onTestFinished(() => real.close());
    expect(existsSync(join(demo.dataDir, 'demo-codes.json'))).toBe(false);
    expect(real.authority.demoCredentials()).toEqual([]);
    const empty = await emptyFolder();
    expect(await empty.authority.issueCode(CAMILLE.nir)).toBeNull();
  });

  test('a register with a person who is not fictional gets no readable code', async () => {
    const carnet = await world();
    const real =
      'kind,nir,lastName,firstName,birthDate,card,serial,email,phone,parent1,parent2,rpps,profession\n';
    const added = carnet.authority.importRegister(
      `${real}insured,294037505612053,Real,Person,1994-03-01,plain,12345678`,
    );
    expect(added.ok).toBe(true);
    const demo = await carnet.restart({ demo: true });
    onTestFinished(() => demo.close());
    await demo.post('/authority/code', CAMILLE);
    await demo.authority.settled();
    expect(demo.authority.demoCredentials()).toEqual([]);
    expect(existsSync(join(demo.dataDir, 'demo-codes.json'))).toBe(false);
  });

  test('a new code asked for is listed in place of the one it withdraws', async () => {
    const carnet = await world({ dataDir: (await emptyFolder()).dataDir, demo: true });
    const before = carnet.authority.demoCredentials();
    await carnet.post('/authority/code', CAMILLE);
    await carnet.authority.settled();
    const after = carnet.authority.demoCredentials();
    expect(after[0]).toMatchObject({ name: 'Camille Moreau' });
    expect(after[0]?.code).not.toBe(before[0]?.code);
    expect(after.slice(1)).toEqual(before.slice(1));
  });
});

describe('what lies in the folder', () => {
  test('only its owner may read it', async () => {
    const carnet = await world({ dataDir: (await emptyFolder()).dataDir, demo: true });
    expect(statSync(carnet.dataDir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(carnet.dataDir))
      expect([name, statSync(join(carnet.dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  test('no code and no lookup is in it, used or not', async () => {
    const carnet = await world();
    const codes = [await codeOf(CAMILLE.nir, carnet), await codeOf(GHJULIA.nir, carnet)];
    const keys = await Promise.all([
      typeIn({ code: codes[0] ?? '', ...CAMILLE }),
      typeIn({ code: codes[1] ?? '', ...GHJULIA }),
    ]);
    await carnet.activate(keys[0], testAccount('Camille'));
    const disk = readdirSync(carnet.dataDir)
      .map((name) => readFileSync(join(carnet.dataDir, name)).toString('latin1'))
      .join();
    for (const [index, { lookup, key }] of keys.entries())
      for (const secret of [
        codes[index] ?? '',
        ...[lookup, key].map((bytes) => Buffer.from(bytes).toString('latin1')),
      ])
        expect(disk.includes(secret)).toBe(false);
  });

  test('an attestation cannot be changed or taken back, and a log changed behind its back stops the next start', async () => {
    const carnet = await world();
    const keys = await typeIn({ code: await codeOf(CAMILLE.nir, carnet), ...CAMILLE });
    await carnet.activate(keys, testAccount('Camille'));
    const db = new DatabaseSync(join(carnet.dataDir, 'authority.sqlite'));
    expect(() => db.exec("UPDATE log SET commitment = x''")).toThrow('append-only');
    expect(() => db.exec('DELETE FROM log')).toThrow(/append-only|FOREIGN KEY/);
    db.exec("DROP TRIGGER log_stays; UPDATE log SET commitment = x'00'");
    db.close();
    await expect(carnet.restart()).rejects.toThrow('log is damaged at entry 1');
  });

  test('a signing key that is none, and a database of a newer version, each stop the start with one clear line', async () => {
    const carnet = await world();
    await carnet.authority.close();
    writeFileSync(join(carnet.dataDir, 'signing-key.pem'), 'not a key');
    await expect(authorityWorld({ dataDir: carnet.dataDir })).rejects.toThrow();
    const db = new DatabaseSync(join(carnet.dataDir, 'authority.sqlite'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    await expect(authorityWorld({ dataDir: carnet.dataDir })).rejects.toThrow('newer version');
  });
});

test('Argon2id here gives what the reference gives, and hashing what SHA-256 gives', async () => {
  const { primitives } = await vi.importActual<typeof import('./primitives.ts')>('./primitives.ts');
  const tag = await primitives.argon2id(
    new TextEncoder().encode('password'),
    new TextEncoder().encode('somesalt'),
    { m: 65_536, t: 2, p: 1 },
    32,
  );
  expect(Buffer.from(tag).toString('hex')).toBe(
    '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7',
  );
  expect(sha256(Buffer.from('ab'), Buffer.from('c'))).toEqual(
    new Uint8Array(createHash('sha256').update('abc').digest()),
  );
});

/** A folder that no authority has seen, and the one that just opened it without a register. */
async function emptyFolder(): Promise<AuthorityWorld> {
  const { mkdtempSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  return world({ dataDir: mkdtempSync(join(tmpdir(), 'carnet-authority-')) });
}
