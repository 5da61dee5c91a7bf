/**
 * What a person no longer waits for: a document stopped on its way in leaves nothing behind, a link given up shows nothing
 * any more, and what is asked next goes as if nothing had been.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { ok } from '#lib/bytes/result.ts';
import { faultyDisk, type FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import {
  activate,
  eventually,
  good,
  IDENTIFIANT,
  PASSWORD,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let stopping = new AbortController();
const afterBlobsWritten: (() => void)[] = [];
const pdf = `%PDF-1.7\n${'bilan '.repeat(40_000)}\n%%EOF\n`;
const document = { fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };
const CANCELLED = { ok: false, error: { type: 'cancelled' } };

/** A disk that tells when the chunks of a document are written. */
function watched(disk: FaultyDisk): FaultyDisk {
  const tryOpen: FaultyDisk['tryOpen'] = async () => {
    const opened = await disk.tryOpen();
    if (!opened.ok) return opened;
    const storage = opened.value;
    return ok({
      ...storage,
      async write(changes, durability) {
        const written = await storage.write(changes, durability);
        if (
          changes.some(({ type, ...change }) => type === 'put' && 'key' in change && change.key[2] === 'blob')
        )
          for (const act of afterBlobsWritten.splice(0)) act();
        return written;
      },
    });
  };
  return { ...disk, tryOpen };
}

async function onDisk(device: TestDevice): Promise<string[]> {
  return (await device.disk.content()).map(({ key, value }) => `${key.join('/')}=${hex(value)}`);
}

const add = (progress?: (done: number) => void) =>
  laptop.vault.addDocument('moi', { file: new Blob([pdf]), ...document }, progress, stopping.signal);

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device({ disk: watched(faultyDisk()) });
  await activate(laptop, world.credentials(0));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

test.each([
  ['before it is read', -1],
  ['when it is read and checked', 20],
  ['when it is sealed', 60],
])('a document stopped %s is not added, and the disk is as it was', async (_when, at) => {
  stopping = new AbortController();
  if (at < 0) stopping.abort();
  const before = await onDisk(laptop);
  const seen: number[] = [];
  const answer = await add((done) => {
    seen.push(done);
    if (done === at) stopping.abort();
  });
  expect(answer).toEqual(CANCELLED);
  expect(seen.every((done) => done <= Math.max(at, 0))).toBe(true);
  expect(good(await laptop.vault.record('moi')).documents).toEqual([]);
  const left = (await onDisk(laptop)).filter((row) => !before.includes(row));
  expect(left.filter((row) => /^record\/moi\/(blob|upload)\//.test(row))).toEqual([]);
});

test('a document stopped while it is written is taken off the disk and off the relay', async () => {
  stopping = new AbortController();
  afterBlobsWritten.push(() => stopping.abort());
  expect(await add()).toEqual(CANCELLED);
  expect(good(await laptop.vault.record('moi')).documents).toEqual([]);
  const keys = async () => (await laptop.disk.content()).map(({ key }) => key[2]);
  expect((await keys()).filter((kind) => kind === 'blob' || kind === 'upload')).toEqual([]);
  good(await laptop.vault.retry());
  const { topics } = await eventually(
    async () => good(await laptop.vault.footprint()),
    (seen) => seen.topics.every(({ blobs }) => blobs === 0),
  );
  expect(topics.length).toBeGreaterThan(0);
});

test('once it stands in the record a document is added, and stopping changes nothing', async () => {
  stopping = new AbortController();
  const id = good(await add((done) => void (done === 100 && stopping.abort())));
  expect(await good(await laptop.vault.openDocument('moi', id)).blob.text()).toBe(pdf);
});

test('a link given up while it is begun is no more: it shows no code, and the next one does', async () => {
  const phone = world.device();
  const vault = await phone.reopen();
  const input = { identifiant: IDENTIFIANT, password: PASSWORD, deviceName: 'Téléphone' };
  const begun = vault.linkThisDevice(input);
  good(await vault.cancelLink());
  expect(await begun).toEqual(CANCELLED);
  expect(phone.events.filter(({ type }) => type === 'link')).toEqual([]);
  good(await vault.linkThisDevice(input));
  await phone.until('link', ({ link }) => link.type === 'waiting');
  good(await vault.cancelLink());
});

test('LOG-04: the identifiant is read again once the record is open, and lies in clear nowhere', async () => {
  expect(await laptop.vault.identifiant()).toEqual({ ok: true, value: IDENTIFIANT });
  const disk = (await laptop.disk.content()).map(({ value }) => Buffer.from(value).toString('latin1'));
  expect(disk.filter((text) => text.includes(IDENTIFIANT))).toEqual([]);
  good(await laptop.vault.lock());
  expect(await laptop.vault.identifiant()).toEqual({ ok: false, error: { type: 'locked' } });
});
