/**
 * What opens Alice's record on her laptop, and what she is asked before it is handed out: her password, changed and changed
 * back; her finger, added, lost and removed; the proof of a moment ago.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { sealPasswordSlot } from '#lib/keys/slot.ts';
import type { Stored } from '#lib/storage/storage.ts';
import { KEYS, passkeyKey, passkeyNameKey } from '#lib/vault/disk/layout.ts';
import type { Answer, PasskeyAsked } from '#lib/vault/door/door.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { localSecretOf } from '../helpers/people/vault-keys.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  good,
  IDENTIFIANT,
  PASSWORD,
  proven,
  testDevice,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const refused = (type: string, more = {}) => ({ ok: false, error: { type, ...more } });
const WRONG_PASSWORD = 'Un-autre2passe!long';
const NEXT = { identifiant: 'alice.durand', password: 'Des-mots3neufs!longs' };
const random = seededRandom('access');
const CODE = { code: '0123-4567-89AB-CDEF' };

let world: VaultWorld;
let start: Stored[];
let laptop: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  const first = world.device();
  await activate(first, world.credentials(0));
  good(await first.vault.edit('moi', [allergy('Arachide')]));
  await first.vault.lock();
  start = await first.disk.content();
}, 60_000);
afterAll(() => world?.close());

/** Her laptop as it was, offline: nothing of these tests needs a network. */
async function again(content = start): Promise<TestDevice> {
  const disk = faultyDisk();
  await disk.open().write(
    content.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  const device = testDevice(world.carnet.url, { disk });
  device.online = false;
  return device;
}

beforeEach(async () => {
  laptop = await again();
  await laptop.reopen(ALICE);
});

/** A finger: what it makes the passkey answer, each time in bytes of its own, as a message to the worker is. */
interface Finger {
  readonly credential: Bytes;
  answer(): Bytes;
}

function finger(): Finger {
  const [credential, output] = [random(16), random(32)];
  return { credential, answer: () => output.slice() };
}

const made = ({ credential, answer }: Finger, name = 'Portable', password = PASSWORD) => ({
  ...{ password, name, credential, salt: random(32), transports: ['internal', 'some-day'], output: answer() },
});

async function added(device: TestDevice, one = finger()): Promise<Finger & PasskeyAsked> {
  good(await device.vault.addPasskey(made(one)));
  const asked = good(await device.vault.passkeys()).find(
    ({ credential }) => credential.join() === one.credential.join(),
  );
  return { ...one, ...asked! };
}

/** What the account keeps; the spaces write for themselves meanwhile. */
async function kept(device: TestDevice): Promise<Map<string, string>> {
  const rows = (await device.disk.content()).filter(({ key }) => key[0] === 'account');
  return new Map(rows.map(({ key, value }) => [key.join('/'), value.join()]));
}

/** Where this word can be read on the disk by anybody. */
async function inTheClear(word: string): Promise<string[]> {
  const rows = await laptop.disk.content();
  return rows.flatMap(({ key, value }) => (Buffer.from(value).includes(word) ? [key.join('/')] : []));
}

/** What is left when the tab is closed and opened again, locked. */
const reopened = (device: TestDevice) => device.reopen();

describe('LOG-01: a finger in the place of identifiant and password', () => {
  test('is added with the password, is asked for before anything is open, and opens the record', async () => {
    const alice = await added(laptop);
    expect(alice.transports).toEqual(['internal']);
    expect(good(await laptop.vault.namedPasskeys())).toEqual([
      { id: alice.id, name: 'Portable', addedAt: expect.any(Number) as number, usable: true },
    ]);
    const vault = await reopened(laptop);
    expect(good(await vault.passkeys()).map(({ id }) => id)).toEqual([alice.id]);
    expect(await vault.namedPasskeys()).toEqual(refused('locked'));
    good(await vault.unlockByPasskey({ id: alice.id, output: alice.answer() }));
    expect(good(await vault.status())).toEqual({ type: 'unlocked' });
    expect(await allergies(laptop)).toEqual(['Arachide']);
  });

  test('what it answered is overwritten once it was used, rightly or not', async () => {
    const alice = await added(laptop);
    const vault = await reopened(laptop);
    for (const [id, output] of [
      ['A'.repeat(22), alice.answer()],
      [alice.id, random(32)],
      [alice.id, alice.answer()],
    ] as const) {
      await vault.unlockByPasskey({ id, output });
      expect(output).toEqual(new Uint8Array(32));
    }
    for (const password of [WRONG_PASSWORD, PASSWORD]) {
      const one = made(finger(), 'x', password);
      await vault.addPasskey(one);
      expect(one.output).toEqual(new Uint8Array(32));
    }
  });

  test('of somebody else, of another passkey, or of none that is here, is refused in one way; the password opens', async () => {
    const [alice, other] = [await added(laptop), await added(laptop)];
    const vault = await reopened(laptop);
    for (const [id, output] of [
      [alice.id, finger().answer()],
      [alice.id, other.answer()],
      ['A'.repeat(22), alice.answer()],
    ] as const)
      expect(await vault.unlockByPasskey({ id, output })).toEqual(refused('passkey-refused'));
    expect(good(await vault.status())).toEqual({ type: 'locked' });
    good(await vault.unlock(ALICE));
  });

  test('is not added by who does not know the password: nothing is written', async () => {
    const before = await kept(laptop);
    const answer = await laptop.vault.addPasskey(made(finger(), 'Portable', WRONG_PASSWORD));
    expect(answer).toEqual(refused('wrong-password'));
    expect(await kept(laptop)).toEqual(before);
    await laptop.vault.lock();
    expect(await laptop.vault.addPasskey(made(finger()))).toEqual(refused('locked'));
  });

  test('that was removed opens nothing any more; the others do, and nothing of it is left on the disk', async () => {
    const [alice, other] = [await added(laptop), await added(laptop)];
    good(await laptop.vault.removePasskey(alice.id));
    expect(good(await laptop.vault.namedPasskeys()).map(({ id }) => id)).toEqual([other.id]);
    expect((await laptop.disk.content()).filter(({ key }) => key.includes(alice.id))).toEqual([]);
    const vault = await reopened(laptop);
    const answer = await vault.unlockByPasskey({ id: alice.id, output: alice.answer() });
    expect(answer).toEqual(refused('passkey-refused'));
    good(await vault.unlockByPasskey({ id: other.id, output: other.answer() }));
  });

  test('is called otherwise, on this device and under the seal, and opens as before', async () => {
    const [alice, other] = [await added(laptop), await added(laptop)];
    good(await laptop.vault.renamePasskey(alice.id, '  Pouce   de Alice '));
    const named = good(await laptop.vault.namedPasskeys());
    expect(named.find(({ id }) => id === alice.id)).toMatchObject({ name: 'Pouce de Alice', usable: true });
    expect(named.find(({ id }) => id === other.id)).toMatchObject({ name: 'Portable' });
    expect(named.every(({ addedAt }) => addedAt !== null)).toBe(true);
    expect(await inTheClear('Pouce')).toEqual([]);
    const vault = await reopened(laptop);
    expect(await vault.renamePasskey(alice.id, 'x')).toEqual(refused('locked'));
    good(await vault.unlockByPasskey({ id: alice.id, output: alice.answer() }));
    expect(good(await vault.namedPasskeys()).map(({ name }) => name)).toContain('Pouce de Alice');
  });

  test('keeps its name when the new one is none, too long, or of a passkey that is not here; a rotten name is replaced', async () => {
    const alice = await added(laptop);
    const before = await kept(laptop);
    const invalid = (problem: string) => refused('entry-invalid', { problems: [{ field: 'name', problem }] });
    expect(await laptop.vault.renamePasskey(alice.id, ' \n ')).toEqual(invalid('required'));
    expect(await laptop.vault.renamePasskey(alice.id, 'x'.repeat(61))).toEqual(invalid('too-long'));
    expect(await laptop.vault.renamePasskey('A'.repeat(22), 'Pouce')).toEqual(refused('entry-missing'));
    expect(await kept(laptop)).toEqual(before);
    await laptop.disk.damage(passkeyNameKey(alice.id), 'flip', random);
    expect(good(await laptop.vault.namedPasskeys())).toMatchObject([{ name: null }]);
    good(await laptop.vault.renamePasskey(alice.id, 'Pouce'));
    expect(good(await laptop.vault.namedPasskeys())).toMatchObject([{ name: 'Pouce', addedAt: null }]);
    good(await laptop.vault.removePasskey(alice.id));
    expect(await laptop.vault.renamePasskey(alice.id, 'Index')).toEqual(refused('entry-missing'));
    expect((await laptop.disk.content()).filter(({ key }) => key.includes(alice.id))).toEqual([]);
  });

  test.each(['flip', 'truncate', 'empty'] as const)(
    'R04: of which the value on the disk rotted (%s) opens nothing, can be removed, and the password opens',
    async (how) => {
      const alice = await added(laptop);
      await laptop.vault.lock();
      await laptop.disk.damage(passkeyKey(alice.id), how, seededRandom(how));
      const vault = await reopened(laptop);
      for (const { id } of [alice, ...good(await vault.passkeys())])
        expect(await vault.unlockByPasskey({ id, output: alice.answer() })).toEqual(
          refused('passkey-refused'),
        );
      good(await vault.unlock(ALICE));
      const [shown] = good(await vault.namedPasskeys());
      expect(shown).toMatchObject({ id: alice.id, name: 'Portable', usable: how === 'flip' });
      good(await vault.removePasskey(alice.id));
      expect(good(await vault.namedPasskeys())).toEqual([]);
    },
  );

  test('says nothing of the person on the disk: neither its name nor her own stands there in the clear', async () => {
    good(await laptop.vault.addPasskey(made(finger(), 'Le pouce de Alice')));
    for (const word of ['pouce', IDENTIFIANT, 'Portable']) expect(await inTheClear(word)).toEqual([]);
  });
});

describe('a first name before anything is open', () => {
  const firstName = async (): Promise<string> => good(await laptop.vault.records())[0]?.firstName ?? '';

  test('is shown by nobody who has not wished it, and stands nowhere in the clear', async () => {
    expect(good(await laptop.vault.showsName())).toBe(false);
    expect(await inTheClear(await firstName())).toEqual([]);
    expect(good(await (await reopened(laptop)).shownNames())).toEqual([]);
  });

  test('is shown once it is wished, locked too; and is gone from the disk at once when it is not any more', async () => {
    const name = await firstName();
    expect(name).not.toBe('');
    good(await laptop.vault.showName(true));
    expect(await inTheClear(name)).toEqual([KEYS.shownName.join('/')]);
    const vault = await reopened(laptop);
    expect(good(await vault.shownNames())).toEqual([name]);
    for (const answer of [await vault.showsName(), await vault.showName(false)])
      expect(answer).toEqual(refused('locked'));
    good(await vault.unlock(ALICE));
    expect(good(await vault.showsName())).toBe(true);
    good(await vault.showName(false));
    expect(await inTheClear(name)).toEqual([]);
    expect(good(await vault.shownNames())).toEqual([]);
  });

  test('R02, R04: of which the value rotted nothing is shown; on a full disk the wish is refused in words', async () => {
    good(await laptop.vault.showName(true));
    await laptop.disk.damage(KEYS.shownName, 'empty', random);
    expect(good(await laptop.vault.shownNames())).toEqual([]);
    laptop.disk.failWrites('quota');
    expect(await laptop.vault.showName(true)).toEqual(refused('storage-full'));
  });
});

describe('LOG-05: other credentials on this device', () => {
  test('open it from then on, the old ones do not, and the finger does as before', async () => {
    const alice = await added(laptop);
    const before = await localSecretOf(laptop.disk.open(), IDENTIFIANT, PASSWORD);
    good(await laptop.vault.changeCredentials({ password: PASSWORD, next: NEXT }));
    expect(good(await laptop.vault.identifiant())).toBe(NEXT.identifiant);
    const vault = await reopened(laptop);
    expect(await vault.unlock(ALICE)).toEqual(refused('wrong-password'));
    expect(await vault.unlock({ ...NEXT, identifiant: IDENTIFIANT })).toEqual(refused('wrong-password'));
    good(await vault.unlock(NEXT));
    expect(await allergies(laptop)).toEqual(['Arachide']);
    expect(await localSecretOf(laptop.disk.open(), NEXT.identifiant, NEXT.password)).toEqual(before);
    await vault.lock();
    good(await vault.unlockByPasskey({ id: alice.id, output: alice.answer() }));
    good(await vault.prove({ password: NEXT.password }));
  });

  test('the password alone can be another, and both copies of the slot and the noted identifiant are all that is written', async () => {
    const before = await kept(laptop);
    const next = { identifiant: IDENTIFIANT, password: NEXT.password };
    good(await laptop.vault.changeCredentials({ password: PASSWORD, next }));
    const after = await kept(laptop);
    const changed = [...after.keys()].filter((key) => after.get(key) !== before.get(key));
    expect(after.get('account/slot')).toBe(after.get('account/slot-2'));
    expect(changed.sort()).toEqual(['account/identifiant', 'account/slot', 'account/slot-2']);
  });

  test.each([
    ['the password is not the right one', WRONG_PASSWORD, NEXT, refused('wrong-password')],
    [
      'the new one is too weak',
      PASSWORD,
      { ...NEXT, password: 'court' },
      { error: { type: 'password-weak' } },
    ],
    [
      'the identifiant cannot be one',
      PASSWORD,
      { ...NEXT, identifiant: 'é' },
      refused('identifiant-invalid'),
    ],
  ])('are not taken when %s: nothing changes', async (_when, password, next, answer) => {
    const before = await kept(laptop);
    expect(await laptop.vault.changeCredentials({ password, next })).toMatchObject(answer);
    expect(await kept(laptop)).toEqual(before);
    good(await (await reopened(laptop)).unlock(ALICE));
  });

  test('R02: on a full disk the old ones go on opening', async () => {
    laptop.disk.failWrites('quota');
    const answer = await laptop.vault.changeCredentials({ password: PASSWORD, next: NEXT });
    expect(answer).toEqual(refused('storage-full'));
    laptop.disk.repair();
    const vault = await reopened(laptop);
    expect(await vault.unlock(NEXT)).toEqual(refused('wrong-password'));
    good(await vault.unlock(ALICE));
  });

  test('where the noted identifiant has rotted, it is typed beside the password', async () => {
    await laptop.disk.damage(KEYS.identifiant, 'flip', random);
    expect(good(await laptop.vault.identifiant())).toBeNull();
    expect(await laptop.vault.prove({ password: PASSWORD })).toEqual(refused('wrong-password'));
    good(await laptop.vault.prove({ password: PASSWORD, identifiant: IDENTIFIANT }));
    good(await laptop.vault.changeCredentials({ password: PASSWORD, identifiant: IDENTIFIANT, next: NEXT }));
    expect(good(await laptop.vault.identifiant())).toBe(NEXT.identifiant);
  });
});

describe('R04: the tab dies in every call to the disk, its effect done or lost', () => {
  /** More than either makes, those of the spaces beside it included. */
  const CALLS = 16;
  const dying = async (work: () => Promise<unknown>, check: () => Promise<string>): Promise<Set<string>> => {
    const outcomes = new Set<string>();
    for (const effect of ['done', 'lost'] as const)
      for (let n = 0; n < CALLS; n++) {
        laptop = await again();
        await laptop.reopen(ALICE);
        await proven(laptop); // it is ready for changes by then
        await Promise.race([laptop.disk.crashInCall(n, effect), work()]);
        laptop.disk.repair();
        await reopened(laptop);
        outcomes.add(await check());
      }
    return outcomes;
  };

  test('of a change: either the old or the new password opens, never both and never none', async () => {
    const outcomes = await dying(
      () => laptop.vault.changeCredentials({ password: PASSWORD, next: NEXT }),
      async () => {
        const opens: string[] = [];
        for (const credentials of [ALICE, NEXT]) {
          if (!(await laptop.vault.unlock(credentials)).ok) continue;
          opens.push(credentials.identifiant);
          expect(good(await laptop.vault.identifiant())).toBe(credentials.identifiant);
          expect(await allergies(laptop)).toEqual(['Arachide']);
          await laptop.vault.lock();
        }
        return opens.join();
      },
    );
    expect([...outcomes].sort()).toEqual([NEXT.identifiant, IDENTIFIANT]);
  }, 60_000);

  test('of adding a finger: it opens or is not there, and the password opens', async () => {
    const alice = finger();
    const outcomes = await dying(
      () => laptop.vault.addPasskey(made(alice)),
      async () => {
        const { vault } = laptop;
        const there = good(await vault.passkeys());
        for (const { id } of there) {
          good(await vault.unlockByPasskey({ id, output: alice.answer() }));
          expect(good(await vault.namedPasskeys())).toMatchObject([{ id, name: 'Portable' }]);
          await vault.lock();
        }
        good(await vault.unlock(ALICE));
        return String(there.length);
      },
    );
    expect([...outcomes].sort()).toEqual(['0', '1']);
  }, 60_000);
});

describe('before the record is handed out, or somebody is let in, it is proven who asks', () => {
  const GATED = ['an export', 'a link', 'what a page exports'] as const;
  const asks = (name: (typeof GATED)[number]): Answer<unknown> => {
    const { vault } = laptop;
    if (name === 'an export') return vault.exportRecord('moi');
    return name === 'a link' ? vault.linkOtherDevice(CODE) : vault.checkProof();
  };

  test.each(GATED)('%s needs it, and a password that is wrong proves nothing', async (name) => {
    expect(await asks(name)).toEqual(refused('proof-needed'));
    expect(await laptop.vault.prove({ password: WRONG_PASSWORD })).toEqual(refused('wrong-password'));
    expect(await asks(name)).toEqual(refused('proof-needed'));
    good(await laptop.vault.prove({ password: PASSWORD }));
    expect(await asks(name)).not.toEqual(refused('proof-needed'));
  });

  test('to have unlocked a moment ago is none', async () => {
    await laptop.vault.lock();
    good(await laptop.vault.unlock(ALICE));
    expect(await asks('an export')).toEqual(refused('proof-needed'));
  });

  test('a finger proves it as the password does; another finger does not', async () => {
    const alice = await added(laptop);
    const stranger = { passkey: { id: alice.id, output: finger().answer() } };
    expect(await laptop.vault.prove(stranger)).toEqual(refused('passkey-refused'));
    expect(await asks('an export')).toEqual(refused('proof-needed'));
    good(await laptop.vault.prove({ passkey: { id: alice.id, output: alice.answer() } }));
    good(await asks('an export'));
  });

  test('it holds for two minutes, whatever is done meanwhile', async () => {
    const since = laptop.hurry;
    await proven(laptop);
    laptop.hurry = 1000; // a tenth of a second is a hundred
    await new Promise((resolve) => setTimeout(resolve, 60));
    laptop.hurry = since;
    good(await asks('what a page exports'));
    laptop.hurry = 1000;
    await new Promise((resolve) => setTimeout(resolve, 80));
    laptop.hurry = since;
    expect(await asks('what a page exports')).toEqual(refused('proof-needed'));
    await proven(laptop);
    good(await asks('what a page exports'));
  });

  test('it is forgotten when the record is locked, and does not outlive the tab', async () => {
    await proven(laptop);
    await laptop.vault.lock();
    expect(await asks('an export')).toEqual(refused('locked'));
    expect(await laptop.vault.prove({ password: PASSWORD })).toEqual(refused('locked'));
    good(await laptop.vault.unlock(ALICE));
    expect(await asks('an export')).toEqual(refused('proof-needed'));
    await proven(laptop);
    await laptop.reopen(ALICE);
    expect(await asks('an export')).toEqual(refused('proof-needed'));
  });

  test('a slot that somebody put on the disk, under a password of their own, proves nothing and changes nothing', async () => {
    const slot = await sealPasswordSlot(random(32), IDENTIFIANT, WRONG_PASSWORD, systemRandom);
    await laptop.disk.open().write(
      KEYS.slot.map((key) => ({ type: 'put', key, value: slot })),
      'strict',
    );
    const before = await kept(laptop);
    const password = WRONG_PASSWORD;
    expect(await laptop.vault.prove({ password })).toEqual(refused('wrong-password'));
    expect(await laptop.vault.changeCredentials({ password, next: NEXT })).toEqual(refused('wrong-password'));
    expect(await laptop.vault.addPasskey(made(finger(), 'x', password))).toEqual(refused('wrong-password'));
    expect(await asks('an export')).toEqual(refused('proof-needed'));
    expect(await kept(laptop)).toEqual(before);
  });
});
