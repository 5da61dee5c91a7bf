/**
 * B07: whoever tries wrong secrets, or alters what they open, learns nothing from what the device answers or sends: one answer for
 * each kind of secret, whatever was wrong with it, and not a byte to anybody.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { rootToWords } from '#lib/keys/kit.ts';
import { SLOT_LENGTH, PASSKEY_SLOT_LENGTH } from '#lib/keys/slot.ts';
import type { Key, Stored } from '#lib/storage/storage.ts';
import type { Dial } from '#lib/sync/transport.ts';
import { KEYS, PASSKEYS } from '#lib/vault/disk/layout.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  ALICE,
  good,
  PASSWORD,
  settled,
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

const random = seededRandom('b07');
const OUTPUT = random(32);
const refused = (type: string) => ({ ok: false, error: { type } });

let world: VaultWorld;
let start: Stored[];
let id: string;
let sent: number;

beforeAll(async () => {
  world = await vaultWorld();
  const first = world.device();
  await activate(first, world.credentials(0));
  const [credential, salt] = [random(16), random(32)];
  const passkey = { name: 'Portable', credential, salt, transports: [], output: OUTPUT.slice() };
  good(await first.vault.addPasskey({ password: PASSWORD, ...passkey }));
  id = good(await first.vault.passkeys())[0]!.id;
  await settled(first);
  await first.vault.lock();
  start = await first.disk.content();
}, 60_000);
afterAll(() => world?.close());
beforeEach(() => void (sent = 0));

/** Counts what leaves the device. Its network is up. */
const counting =
  (honest: Dial): Dial =>
  (events) => {
    sent++;
    return honest(events);
  };

/** Her laptop, locked, and of the value under each of these keys something changed. */
async function locked(keys: readonly Key[] = [], change = (value: Bytes) => value): Promise<TestDevice> {
  const altered = new Set(keys.map((key) => key.join('/')));
  const disk = faultyDisk();
  await disk.open().write(
    start.map(({ key, value }) => ({
      ...{ type: 'put', key },
      value: altered.has(key.join('/')) ? change(value) : value,
    })),
    'strict',
  );
  const device = testDevice(world.carnet.url, {
    ...{ disk, line: counting },
    fetch: (...request) => (sent++, fetch(...request)),
  });
  await device.reopen();
  return device;
}

const flipped = (at: number) => (value: Bytes) => {
  const changed = value.slice();
  changed[at < 0 ? value.length + at : at]! ^= 1;
  return changed;
};

/** Time for a message that somebody had meant to send. */
async function silent(device: TestDevice): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sent).toBe(0);
  expect(await device.vault.status()).toEqual({ ok: true, value: { type: 'locked' } });
}

describe('B07: of a locked device', () => {
  const OTHER = 'Un-autre2passe!long';
  test.each([
    ['a wrong password', { ...ALICE, password: OTHER }, []],
    ['a wrong identifiant', { ...ALICE, identifiant: 'bob.durand' }, []],
    ['both wrong', { identifiant: 'bob.durand', password: OTHER }, []],
    ['an altered salt', ALICE, [11]],
    ['an altered key commitment', ALICE, [SLOT_LENGTH - 104]],
    ['an altered key', ALICE, [SLOT_LENGTH - 50]],
    ['an altered tag', ALICE, [SLOT_LENGTH - 1]],
  ])('%s: one answer, and nothing is sent', async (_what, typed, at) => {
    const device = await locked(at.length > 0 ? KEYS.slot : [], flipped(at[0] ?? 0));
    expect(await device.vault.unlock(typed)).toEqual(refused('wrong-password'));
    await silent(device);
  });

  test.each([
    ['that answers something else', () => random(32), []],
    ['of which the credential id was altered', () => OUTPUT.slice(), [5]],
    ['of which the salt of the slot was altered', () => OUTPUT.slice(), [2 - PASSKEY_SLOT_LENGTH]],
    ['of which the key was altered', () => OUTPUT.slice(), [-50]],
    ['of which the tag was altered', () => OUTPUT.slice(), [-1]],
  ])('a passkey %s: one answer, and nothing is sent', async (_what, output, at) => {
    const device = await locked(at.length > 0 ? [[...PASSKEYS, id]] : [], flipped(at[0] ?? 0));
    const answer = await device.vault.unlockByPasskey({ id, output: output() });
    expect(answer).toEqual(refused('passkey-refused'));
    await silent(device);
  });

  test('a passkey that is none of this device: the same answer, and nothing is sent', async () => {
    const device = await locked();
    const answer = await device.vault.unlockByPasskey({ id: 'of-nobody', output: OUTPUT.slice() });
    expect(answer).toEqual(refused('passkey-refused'));
    await silent(device);
  });

  test('words that are no kit, and a code that is none: told by themselves, and nothing is sent', async () => {
    const device = await locked();
    const words = rootToWords(random(32));
    const swapped = [words[1], words[0], ...words.slice(2)].join(' ');
    for (const typed of [swapped, words.slice(1).join(' '), ['rien', ...words.slice(1)].join(' ')])
      expect(await device.vault.lookUpKit({ kit: { words: typed } })).toMatchObject(
        refused('kit-words-wrong'),
      );
    for (const qr of ['', 'CARNET KIT 1 ', 'CARNET KIT 1 AAAA', 'carnet'])
      expect(await device.vault.lookUpKit({ kit: { qr } })).toEqual(refused('kit-qr-wrong'));
    await silent(device);
  });
});
