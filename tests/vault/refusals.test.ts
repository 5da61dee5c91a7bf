/**
 * What is wrong is refused by name and changes nothing: neither the record, nor what lies on the disk of the device.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import type { VaultError } from '#lib/vault/door/door.ts';
import { KEYS } from '#lib/vault/disk/layout.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  allergies,
  allergy,
  good,
  IDENTIFIANT,
  PASSWORD,
  proven,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
const random = seededRandom('refusals');

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
}, 60_000);
afterAll(() => world?.close());

const wrong = (type: VaultError['type'], more: object = {}) => ({ ok: false, error: { type, ...more } });

async function onDisk(device: TestDevice): Promise<string> {
  const rows = await device.disk.content();
  return rows.map(({ key, value }) => `${key.join('/')}=${hex(value)}`).join('\n');
}

describe('before there is an account', () => {
  let before: string;
  beforeEach(async () => {
    await laptop.reopen();
    before = await onDisk(laptop);
  });

  test('Alice mistypes her code, her NIR or her serial: one and the same answer, and the disk stays empty', async () => {
    const { code, nir, serial } = world.credentials(0);
    const other = world.credentials(1);
    const mistyped = [
      { code: other.code, nir, serial },
      { code: '0000-0000-0000-0000', nir, serial },
      { code: 'not a code', nir, serial },
      { code, nir: other.nir, serial },
      { code, nir: nir.slice(0, -1), serial },
      { code, nir, serial: other.serial },
      { code, nir, serial: '' },
    ];
    for (const typed of mistyped) expect(await laptop.vault.enrol(typed)).toEqual(wrong('enrolment-refused'));
    expect(await onDisk(laptop)).toBe(before);
    expect(good(await laptop.vault.enrol({ code, nir, serial })).firstName).not.toBe('');
  });

  test('a password that breaks a rule, and an identifiant that cannot be, leave nothing behind', async () => {
    good(await laptop.vault.enrol(world.credentials(0)));
    const deviceName = 'Portable';
    expect(
      await laptop.vault.activate({ identifiant: IDENTIFIANT, password: 'court', deviceName }),
    ).toMatchObject(wrong('password-weak'));
    expect(await laptop.vault.activate({ identifiant: 'é', password: PASSWORD, deviceName })).toEqual(
      wrong('identifiant-invalid'),
    );
    expect(await onDisk(laptop)).toBe(before);
  });

  test('without the authority nothing is begun; without the relay no link is', async () => {
    laptop.online = false;
    laptop.hurry = 20; // it waits for the relay before it gives up
    const vault = await laptop.reopen();
    expect(await vault.enrol(world.credentials(0))).toEqual(wrong('authority-unreachable'));
    const input = { identifiant: IDENTIFIANT, password: PASSWORD, deviceName: 'Portable' };
    expect(await vault.linkThisDevice(input)).toEqual(wrong('relay-unreachable'));
    expect(await onDisk(laptop)).toBe(before);
    laptop.online = true;
    laptop.hurry = 1;
  });
});

describe('with an account', () => {
  beforeAll(async () => {
    await activate(laptop, world.credentials(2));
    good(await laptop.vault.edit('moi', [allergy('Arachide')]));
    await settled(laptop);
  }, 60_000);

  test('a code that somebody else used meanwhile is refused for good: nothing of it stays, and another one activates', async () => {
    const [first, other] = [world.device(), world.device()];
    const vault = await first.reopen();
    const typed = world.credentials(0);
    good(await vault.enrol(typed));
    await activate(other, typed);
    const chosen = { identifiant: IDENTIFIANT, password: PASSWORD, deviceName: 'Portable' };
    expect(await vault.activate(chosen)).toEqual(wrong('enrolment-refused'));
    expect(await onDisk(first)).not.toContain('account/');
    await activate(first, world.credentials(0));
    expect(good(await first.vault.status())).toEqual({ type: 'unlocked' });
  });

  test('R03: with either copy of the slot damaged the password opens, and both are whole again', async () => {
    for (const key of KEYS.slot) {
      await laptop.disk.damage(key, 'flip', random);
      await laptop.reopen({ identifiant: IDENTIFIANT, password: PASSWORD });
      expect(await allergies(laptop)).toEqual(['Arachide']);
      const rows = await laptop.disk.content();
      const copies = KEYS.slot.map((one) => rows.find((row) => row.key.join() === one.join())?.value);
      expect(copies[0]).toEqual(copies[1]);
    }
  });

  test('a wrong kit word is named by its place, and the kit stays to be confirmed', async () => {
    const fresh = world.device();
    const vault = await fresh.reopen();
    good(await vault.enrol(world.credentials(0)));
    const kit = good(
      await vault.activate({ identifiant: IDENTIFIANT, password: PASSWORD, deviceName: 'Portable' }),
    );
    const words = kit.asked.map((place) => kit.words[place - 1]!) as [string, string, string];
    const answer = await vault.confirmKit([words[0], 'abaisser', words[2]]);
    expect(answer).toEqual(wrong('kit-words-wrong', { positions: [kit.asked[1]] }));
    expect(good(await vault.status())).toMatchObject({ type: 'activating' });
    expect(await vault.edit('moi', [allergy('Trop tôt')])).toEqual(wrong('locked'));
    good(await vault.confirmKit(words));
    expect(good(await vault.status())).toEqual({ type: 'unlocked' });
  });

  test('a wrong identifiant or password: one answer, and nothing is written', async () => {
    laptop.online = false;
    const vault = await laptop.reopen();
    const before = await onDisk(laptop);
    for (const typed of [
      { identifiant: IDENTIFIANT, password: 'Autre-mot2passe!' },
      { identifiant: 'bob.martin', password: PASSWORD },
      { identifiant: IDENTIFIANT, password: '' },
    ])
      expect(await vault.unlock(typed)).toEqual(wrong('wrong-password'));
    expect(await vault.record('moi')).toEqual(wrong('locked'));
    expect(await onDisk(laptop)).toBe(before);
    laptop.online = true;
    good(await vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
    good(await vault.retry());
    await settled(laptop);
  });

  test('a link code that is none, and one that nobody shows, link nothing', async () => {
    expect(await (await proven(laptop)).linkOtherDevice({ code: 'not a code' })).toEqual(
      wrong('link-code-wrong'),
    );
    laptop.events.length = 0;
    laptop.hurry = 4; // twelve seconds are given to who may show it
    good(await (await proven(laptop)).linkOtherDevice({ code: '0123-4567-89AB-CDEF' }));
    const { link } = await laptop.until('link', (event) => event.link.type === 'failed');
    expect(link).toEqual({ type: 'failed', error: { type: 'link-code-wrong' } });
    expect(good(await laptop.vault.devices())).toHaveLength(1);
    laptop.hurry = 1;
  }, 40_000);

  test('a truncated file, one too large, one of a wrong type: each by its name, and no document is there', async () => {
    const add = (bytes: Uint8Array<ArrayBuffer> | string) =>
      laptop.vault.addDocument('moi', {
        file: new Blob([bytes]),
        fileName: 'a.pdf',
        name: 'Bilan',
        category: 'biology',
        date: '2024-03',
      });
    const pdf = `%PDF-1.7\n${'0'.repeat(5_000)}\n%%EOF\n`;
    expect(await add(pdf.slice(0, 3_000))).toEqual(wrong('file-damaged'));
    expect(await add(`%PDF-1.7\n${'0'.repeat(5_000_000)}\n%%EOF\n`)).toEqual(
      wrong('file-too-large', { limit: 5_000_000 }),
    );
    expect(await add('<svg xmlns="http://www.w3.org/2000/svg"/>')).toEqual(wrong('file-type-refused'));
    expect(await add(random(2_000))).toEqual(wrong('file-type-refused'));
    expect(await add('')).toMatchObject({ ok: false });
    const { documents } = good(await laptop.vault.record('moi'));
    expect(documents).toEqual([]);
    expect((await laptop.disk.content()).filter(({ key }) => key[2] === 'blob')).toEqual([]);
    expect(await laptop.vault.openDocument('moi', 'A'.repeat(22))).toEqual(wrong('entry-missing'));
  });

  test('a file that entries came from may be larger than a document: it is kept packed, and comes back byte for byte', async () => {
    const text = `{"resourceType":"Bundle","note":"${'Rien à signaler. '.repeat(400_000)}"}`;
    const added = await laptop.vault.addDocument('moi', {
      ...{
        file: new Blob([text]),
        fileName: 'a.json',
        name: 'Synthèse',
        category: 'summary',
        date: '2024-03',
      },
      original: true,
    });
    const id = good(added);
    const [shown] = good(await laptop.vault.record('moi')).documents;
    expect(shown).toMatchObject({ id, size: new Blob([text]).size, mime: 'application/fhir+json' });
    const { blob } = good(await laptop.vault.openDocument('moi', id));
    expect((await blob.text()) === text).toBe(true);
    good(await laptop.vault.edit('moi', [{ type: 'delete', section: 'documents', id }]));
  });

  test('a full disk: what was not written is not in the record, and what was stays', async () => {
    const names = await allergies(laptop);
    laptop.disk.failWrites('quota');
    expect(await laptop.vault.edit('moi', [allergy('Perdue')])).toEqual(wrong('storage-full'));
    laptop.disk.repair();
    expect(await allergies(laptop)).toEqual(names);
    good(await laptop.vault.edit('moi', [allergy('Pollen')]));
    await settled(laptop);
    // The view is built anew a moment after the edit.
    await expect.poll(() => allergies(laptop)).toEqual([...names, 'Pollen'].sort());
  });

  test('a dead relay: what needs it says so, everything else goes on', async () => {
    laptop.setOnline(false);
    laptop.hurry = 20;
    expect(await laptop.vault.footprint()).toEqual(wrong('relay-unreachable'));
    expect(await (await proven(laptop)).linkOtherDevice({ code: '0123-4567-89AB-CDEF' })).toEqual(
      wrong('relay-unreachable'),
    );
    good(await laptop.vault.edit('moi', [allergy('Latex')]));
    expect(good(await laptop.vault.sync('moi')).unsent).toBeGreaterThan(0);
    laptop.hurry = 1;
    laptop.setOnline(true);
    good(await laptop.vault.retry());
    await settled(laptop);
  });
});
