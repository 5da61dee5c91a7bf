import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { localKey } from '#lib/crypto/local.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { localSeal } from '#lib/replica/ports.ts';
import { loadView } from '#lib/vault/record/read-model.ts';
import { localSecretOf } from '../helpers/people/vault-keys.ts';
import {
  activate,
  eventually,
  good,
  IDENTIFIANT,
  PASSWORD,
  proven,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;

const pdf = new Blob([`%PDF-1.7\n${'0123456789abcdef'.repeat(12_000)}\n%%EOF\n`]);
const allergy = (name: string) => ({
  type: 'put' as const,
  section: 'allergies',
  id: toBase64url(systemRandom(16)),
  fields: { name },
});

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  phone = world.device();
});
afterAll(() => world?.close());

describe('the main job, from activation to two devices', () => {
  it('ACT-05 ACT-18 ACT-27: Alice activates with her code, and types three words of her kit again', async () => {
    await activate(laptop, world.credentials(0));
    expect(good(await laptop.vault.status())).toEqual({ type: 'unlocked' });
  });

  it('MED-23 MED-25: she writes an allergy, which is on this device and then at the relay', async () => {
    good(await laptop.vault.edit('moi', [allergy('Arachide')]));
    const { record } = await laptop.until(
      'record',
      ({ record }) => record.entries['allergies']?.length === 1,
    );
    expect(record.entries['allergies']?.[0]?.fields['name']).toBe('Arachide');
    await laptop.until(
      'sync',
      ({ sync }) => sync.connection === 'online' && sync.unsent === 0 && sync.delivery.sent,
    );
  });

  it('DOC-02 DOC-20: she adds a PDF, whose bytes come back whole', async () => {
    const id = good(
      await laptop.vault.addDocument('moi', {
        file: pdf,
        fileName: 'a.pdf',
        name: 'Bilan',
        category: 'biology',
        date: '2024-03',
      }),
    );
    const { blob, fileName } = good(await laptop.vault.openDocument('moi', id));
    expect(fileName).toBe('Bilan.pdf');
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(new Uint8Array(await pdf.arrayBuffer()));
  });

  it('with the network gone she unlocks, reads and edits everything', async () => {
    await laptop.until('record', ({ record }) => record.documents[0]?.delivery.sent === true);
    // The view is written a moment after what it shows; a tab killed before that opens without it, from the replica.
    const seal = localSeal(
      localKey(await localSecretOf(laptop.disk.open(), IDENTIFIANT, PASSWORD)),
      systemRandom,
    );
    await eventually(
      () => loadView(laptop.disk.open(), seal, 'moi'),
      (view) => view?.documents[0]?.delivery.sent === true,
    );
    laptop.online = false;
    laptop.events.length = 0;
    const vault = await laptop.reopen();
    expect(good(await vault.status())).toEqual({ type: 'locked' });
    expect(await vault.unlock({ identifiant: IDENTIFIANT, password: 'Autre-mot2passe!' })).toEqual({
      ok: false,
      error: { type: 'wrong-password' },
    });
    good(await vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
    // The first screen is the sealed view, before any replica has loaded.
    const first = laptop.events.find((event) => event.type === 'record');
    expect(first).toMatchObject({ record: { editable: false, documents: [{ name: 'Bilan' }] } });
    expect(good(await vault.record('moi')).entries['allergies']).toHaveLength(1);
    good(await vault.edit('moi', [allergy('Pollen')]));
    const { record } = await laptop.until(
      'record',
      ({ record }) => record.entries['allergies']?.length === 2,
    );
    const document = record.documents[0]!;
    expect(good(await vault.openDocument('moi', document.id)).blob.size).toBe(pdf.size);
  });

  it('D03: she links her phone, and both hold the same record', async () => {
    laptop.online = true;
    laptop.events.length = 0;
    good(await laptop.vault.retry());
    await laptop.until('sync', ({ sync }) => sync.connection === 'online' && sync.unsent === 0);
    const vault = await phone.reopen();
    good(
      await vault.linkThisDevice({ identifiant: 'alice.phone', password: PASSWORD, deviceName: 'Téléphone' }),
    );
    const shown = await phone.until('link', ({ link }) => link.type === 'waiting');
    const code = shown.link.type === 'waiting' ? shown.link.code : '';
    good(await (await proven(laptop)).linkOtherDevice({ code: code.toLowerCase() }));
    const [onLaptop, onPhone] = await Promise.all(
      [laptop, phone].map((device) => device.until('link', ({ link }) => link.type === 'compare')),
    );
    expect(onLaptop?.link).toMatchObject({
      phrase: onPhone?.link.type === 'compare' ? onPhone.link.phrase : null,
    });
    good(await phone.vault.confirmLink(true));
    good(await laptop.vault.confirmLink(true));
    await Promise.all(
      [laptop, phone].map((device) => device.until('link', ({ link }) => link.type === 'done')),
    );
    const { record } = await phone.until('record', ({ record }) => record.documents[0]?.onDevice === true);
    const names = record.entries['allergies']?.map(({ fields }) => fields['name']);
    expect(names).toEqual(expect.arrayContaining(['Arachide', 'Pollen']));
    expect(good(await vault.openDocument('moi', record.documents[0]!.id)).blob.size).toBe(pdf.size);
  });

  it('an edit on the laptop reaches the phone, and the laptop is told so', async () => {
    good(await laptop.vault.edit('moi', [allergy('Latex')]));
    await phone.until('record', ({ record }) => record.entries['allergies']?.length === 3);
    await laptop.until('sync', ({ sync }) => sync.delivery.sent && sync.delivery.receivedBy === 1);
  });

  it('D07: the phone is revoked, and opens nothing that is written after', async () => {
    const devices = good(await laptop.vault.devices());
    const other = devices.find(({ thisDevice }) => !thisDevice)!;
    expect(other.name).toBe('Téléphone');
    good(await laptop.vault.revokeDevice(other.id));
    good(await laptop.vault.edit('moi', [allergy('Secret')]));
    await laptop.until('sync', ({ sync }) => sync.unsent === 0 && sync.delivery.sent);
    await phone.until('devices', ({ devices }) =>
      devices.some(({ thisDevice, revokedAt }) => thisDevice && revokedAt !== null),
    );
    // It says so wherever it says how it stands, and not that it is sending.
    await phone.until('sync', ({ sync }) => sync.problem === 'revoked');
    const names = good(await phone.vault.record('moi')).entries['allergies']?.map(
      ({ fields }) => fields['name'],
    );
    expect(names).not.toContain('Secret');
  });
});
