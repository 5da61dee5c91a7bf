/**
 * What does not stay: the bytes of the local key in memory, the root secret in memory and on the disk. And what is not
 * believed: an attestation that is not the authority's own word for this address and this person.
 */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { KEYS } from '#lib/vault/disk/layout.ts';
import { localSecretOf } from '../helpers/people/vault-keys.ts';
import {
  activate,
  ALICE,
  good,
  IDENTIFIANT,
  link,
  PASSWORD,
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

/** Every array that was a local key or a root secret: what a seal was made of, and what a kit was shown from. */
const localSecrets = new Set<Bytes>();
const roots = new Set<Bytes>();
vi.mock('#lib/crypto/local.ts', async (original) => {
  const real = await original<typeof import('#lib/crypto/local.ts')>();
  const localKey: typeof real.localKey = (secret, label) => {
    localSecrets.add(secret);
    return real.localKey(secret, label);
  };
  return { ...real, localKey };
});
vi.mock('#lib/keys/kit.ts', async (original) => {
  const real = await original<typeof import('#lib/keys/kit.ts')>();
  const rootToWords: typeof real.rootToWords = (root) => {
    roots.add(root);
    return real.rootToWords(root);
  };
  return { ...real, rootToWords };
});

let world: VaultWorld;
let laptop: TestDevice;
let person = 0;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, await world.newCredentials(person++ % 3));
}, 60_000);
afterAll(() => world?.close());
afterEach(() => {
  localSecrets.clear();
  roots.clear();
});

const random32 = () => crypto.getRandomValues(new Uint8Array(32));

const whole = (secrets: ReadonlySet<Bytes>): Bytes[] =>
  [...secrets].filter((secret) => secret.some((byte) => byte !== 0));

async function words(device: TestDevice): Promise<{ asked: [string, string, string]; root: Bytes }> {
  const kit = good(await device.vault.kit());
  const asked = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
  return { asked, root: [...roots].at(-1)! };
}

test('once the account is founded and its kit confirmed, neither the local key nor the root secret is left in memory, and the root secret is gone from the disk', async () => {
  const tablet = world.device();
  const vault = await tablet.reopen();
  good(await vault.enrol(await world.newCredentials(person++ % 3)));
  good(await vault.activate({ ...ALICE, deviceName: 'Tablette' }));
  expect(whole(localSecrets)).not.toEqual([]); // the password may still have to be written once more
  expect(await tablet.disk.open().get(KEYS.root)).toBeDefined();
  const reopened = await tablet.reopen(ALICE);
  expect(good(await reopened.status())).toEqual({ type: 'activating', step: 'kit' });
  const { asked, root } = await words(tablet);
  expect((await reopened.confirmKit(['abandon', 'abandon', 'abandon'])).ok).toBe(false);
  expect(root.some((byte) => byte !== 0)).toBe(true);
  expect(await tablet.disk.open().get(KEYS.root)).toBeDefined();
  await tablet.reopen(ALICE);
  good(await tablet.vault.kit());
  good(await tablet.vault.confirmKit(asked));
  expect([...roots].at(-1)!.some((byte) => byte !== 0)).toBe(false);
  expect(await tablet.disk.open().get(KEYS.root)).toBeUndefined();
});

test('an activation in one go leaves nothing either', async () => {
  const tablet = world.device();
  await activate(tablet, await world.newCredentials(person++ % 3));
  expect(localSecrets.size).toBeGreaterThan(0);
  expect(roots.size).toBeGreaterThan(0);
  expect(whole(localSecrets)).toEqual([]);
  expect(whole(roots)).toEqual([]);
});

test('after unlocking, the bytes of the local key are wiped; they were the right ones', async () => {
  const secret = await localSecretOf(laptop.disk.open(), IDENTIFIANT, PASSWORD);
  const lengths: number[] = [];
  await laptop.reopen(ALICE);
  for (const made of localSecrets) lengths.push(made.length);
  expect(lengths).toEqual([32]);
  expect(whole(localSecrets)).toEqual([]);
  expect(secret.some((byte) => byte !== 0)).toBe(true);
});

test('a device that was linked keeps the bytes of its local key no longer than it takes to write the slot', async () => {
  const phone = world.device();
  await link(laptop, phone);
  expect(localSecrets.size).toBeGreaterThan(0);
  expect(whole(localSecrets)).toEqual([]);
}, 60_000);

/** The authority as somebody on the way would have it answer. */
function altered(change: (attestation: Bytes) => Bytes): typeof fetch {
  return async (...request) => {
    const answer = await fetch(...request);
    const [asked] = request;
    const url = asked instanceof Request ? asked.url : String(asked);
    if (!url.endsWith('/authority/activation') || !answer.ok) return answer;
    const { attestation, ...rest } = (await answer.json()) as { attestation: string };
    const body = { attestation: toBase64url(change(fromBase64url(attestation)!)), ...rest };
    return new Response(JSON.stringify(body), { status: answer.status, headers: answer.headers });
  };
}

test('an attestation with any one byte changed is not believed: the person is told, and nothing of the account stays', async () => {
  let length = Infinity;
  for (let at = 0; at < length; at += 13) {
    const device = world.device({
      fetch: altered((attestation) => {
        length = attestation.length;
        return attestation.map((byte, i) => (i === at ? byte ^ 1 : byte));
      }),
    });
    const vault = await device.reopen();
    good(await vault.enrol(await world.newCredentials(2)));
    expect(await vault.activate({ ...ALICE, deviceName: 'x' }), `byte ${at}`).toEqual({
      ok: false,
      error: { type: 'authority-untrusted' },
    });
    expect(await device.disk.content()).toEqual([]);
  }
  expect(length).toBeLessThan(1000);
}, 60_000);

test('neither a proof, nor another password, nor a passkey leaves the local key in memory', async () => {
  const tablet = world.device();
  await activate(tablet, await world.newCredentials(person++ % 3));
  localSecrets.clear();
  const passkey = { name: 'x', credential: random32(), salt: random32(), transports: [], output: random32() };
  const steps = [
    () => tablet.vault.prove({ password: 'Pas-le2bon!mot' }),
    () => tablet.vault.prove({ password: PASSWORD }),
    () => tablet.vault.changeCredentials({ password: PASSWORD, next: ALICE }),
    () => tablet.vault.addPasskey({ ...passkey, password: PASSWORD }),
  ];
  for (const step of steps) {
    await step();
    expect(whole(localSecrets)).toEqual([]);
  }
  expect(localSecrets.size).toBeGreaterThanOrEqual(3);
});
