/**
 * D07 with whole vaults: the stolen phone is revoked. Its thief has the phone's disk, its password, and everything the
 * relay holds; nothing that is written from then on opens.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openFrame } from '#lib/crypto/frame.ts';
import { saidBy } from '#lib/keys/roster.ts';
import { openRotation } from '#lib/keys/rotations.ts';
import { decodeInner } from '#lib/keys/signed.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import { evilRelay, type EvilRelay, type Mark } from '../helpers/hostile/evil-relay.ts';
import { localSecretOf, spacesOn } from '../helpers/people/vault-keys.ts';
import {
  activate,
  allergies,
  allergy,
  eventually,
  good,
  IDENTIFIANT,
  link,
  PASSWORD,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let phone: TestDevice;
let revokedAt: Mark;

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  phone = world.device({ line: evil.line('phone') });
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  good(await laptop.vault.edit('moi', [allergy('Avant')]));
  await eventually(
    () => allergies(phone),
    (names) => names.includes('Avant'),
  );
  await settled(laptop);

  revokedAt = evil.mark();
  const stolen = good(await laptop.vault.devices()).find(({ thisDevice }) => !thisDevice)!;
  good(await laptop.vault.revokeDevice(stolen.id));
  for (const name of ['Secret un', 'Secret deux']) good(await laptop.vault.edit('moi', [allergy(name)]));
  good(
    await laptop.vault.addDocument('moi', {
      file: new Blob([`%PDF-1.7\n${'secret '.repeat(2_000)}\n%%EOF\n`]),
      fileName: 'secret.pdf',
      name: 'Secret',
      category: 'biology',
      date: '2024-03',
    }),
  );
  await settled(laptop);
}, 120_000);
afterAll(() => world?.close());

/** What the thief has: every key that lies on the phone, opened with its password. */
async function keysOfPhone(): Promise<Spaces> {
  await phone.vault.lock();
  const storage = phone.disk.open();
  return spacesOn(storage, await localSecretOf(storage, 'alice.phone', PASSWORD));
}

test('D07: the revoked phone opens no frame that was written after, with all its keys and all that the relay holds', async () => {
  const spaces = await keysOfPhone();
  const epochs = [...spaces.account.epochs(), ...spaces.records().flatMap((record) => record.epochs())];
  const keys = epochs.map(({ frameKey }) => frameKey);
  const chain = spaces.chain.epochs().map(({ frameKey }) => frameKey);
  const frames = evil.frames().filter(({ frame }) => frame);
  const isAfter = ({ topic, cursor }: { topic: string; cursor: number }) =>
    cursor > (revokedAt.get(topic) ?? 0);

  // The keys are the right ones: they open what was written before.
  expect(frames.filter((one) => !isAfter(one) && openFrame(keys, one.frame!)).length).toBeGreaterThan(3);

  const after = frames.filter(isAfter);
  expect(after.length).toBeGreaterThanOrEqual(6);
  let rotations = 0;
  const rotatedAt = new Map<string, number>();
  const told: typeof after = [];
  for (const one of after) {
    const { frame, topic, cursor } = one;
    if (openFrame(chain, frame!)) continue; // who knows the address may read who was revoked: no health data
    const opened = openFrame(keys, frame!);
    if (!opened) continue;
    // What the laptop tells of its own accord may still be on its way, before the rotation and never behind it.
    if (opened.aad.kind === 'heads') {
      told.push(one);
      continue;
    }
    // The one thing that opens is the rotation itself, which members learn under the old key; no box in it does.
    expect(opened.aad.kind).toBe('control');
    const body = saidBy(decodeInner(opened.inner.slice())!.inner)?.body;
    if (body?.type !== 'rotate') throw new Error('something else than a rotation opened');
    rotations++;
    rotatedAt.set(topic, cursor);
    const { author } = decodeInner(opened.inner.slice())!.inner;
    const { signing } = spaces.chainState().devices.get(hex(author))!.bundle;
    const self = { id: spaces.device.id, sealingSecret: spaces.device.sealingSecret };
    for (const { sealed, recipient, address } of body.boxes) {
      expect(recipient).not.toEqual(self.id);
      const boxes = [{ address, recipient: self.id, sealed }]; // though it is not addressed to the phone
      const given = { space: opened.aad.space, boxes, author: { id: author, signing }, self };
      expect(await openRotation({ ...body, ...given })).toBe('wrong-box');
    }
  }
  expect(rotations).toBe(2);
  for (const { topic, cursor } of told) expect(cursor).toBeLessThan(rotatedAt.get(topic) ?? 0);
  await spaces.close();
});

test('D07: the phone itself, online with an honest relay, shows nothing of it and may write nothing', async () => {
  const vault = await phone.reopen();
  good(await vault.unlock({ identifiant: 'alice.phone', password: PASSWORD }));
  good(await vault.record('moi'));
  await eventually(
    async () => good(await vault.devices()).find(({ thisDevice }) => thisDevice)?.revokedAt,
    (revoked) => typeof revoked === 'number',
  );
  expect(await allergies(phone)).toEqual(['Avant']);
  expect(good(await vault.record('moi')).documents).toEqual([]);
  expect(await vault.edit('moi', [allergy('Du voleur')])).toMatchObject({ ok: false });
  expect(await allergies(laptop)).toEqual(['Avant', 'Secret deux', 'Secret un']);
});

test('D07: a device that revokes with no network has its new keys when it says that it is done, also if it dies right then', async () => {
  const tablet = world.device({ line: evil.line('tablet') });
  laptop.events.length = 0;
  await link(laptop, tablet);
  await settled(laptop);
  const epochs = async (): Promise<readonly number[]> => {
    const storage = laptop.disk.open();
    const spaces = await spacesOn(storage, await localSecretOf(storage, IDENTIFIANT, PASSWORD));
    const counts = [spaces.account, ...spaces.records()].map((space) => space.epochs().length);
    await spaces.close();
    return counts;
  };
  laptop.setOnline(false);
  const before = await epochs();
  const lost = good(await laptop.vault.devices()).find(
    ({ thisDevice, revokedAt }) => !thisDevice && revokedAt === null,
  )!;
  good(await laptop.vault.revokeDevice(lost.id));
  await laptop.reopen();
  expect(await epochs()).toEqual(before.map((count) => count + 1));
});
