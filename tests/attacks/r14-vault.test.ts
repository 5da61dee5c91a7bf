/**
 * R14 with whole vaults: the upload of a document breaks at each of its chunks, the tab dies half way, and still one
 * whole file arrives at the relay and at the other device.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
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

const random = seededRandom('r14');
const head = new TextEncoder().encode('%PDF-1.7\n');
const tail = new TextEncoder().encode('\n%%EOF\n');
const pdf = new Blob([head, random(900_000), tail]);

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  await activate(laptop, world.credentials(0));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

test('R14: the line breaks at every chunk and the tab dies half way; the relay has one whole file, and the phone opens it', async () => {
  const cutAt = new Set<number>();
  let total = 0;
  evil.script = [
    {
      asked(request) {
        if (request.type !== 'put-chunk' || cutAt.has(request.index)) return request;
        total = request.total;
        cutAt.add(request.index);
        setTimeout(() => {
          evil.cut('laptop');
          void laptop.vault.retry();
        }, 1);
        return random.chance(0.5) ? request : null; // lost on its way, or only its acknowledgement is
      },
    },
  ];
  const document = { fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };
  good(await laptop.vault.addDocument('moi', { file: pdf, ...document }));
  await eventually(
    () => cutAt.size,
    (cuts) => cuts >= 5,
  );
  const vault = await laptop.reopen();
  good(await vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
  await settled(laptop);
  expect(cutAt.size).toBe(total);
  expect(total).toBeGreaterThan(10);

  evil.script = [];
  const { topics } = good(await vault.footprint());
  expect(topics.reduce((sum, { blobs }) => sum + blobs, 0)).toBe(1);
  const blobs = new Set(
    evil.asked.flatMap(({ request }) => (request.type === 'put-chunk' ? [hex(request.blob)] : [])),
  );
  expect(blobs.size).toBe(1);

  const phone = world.device();
  await link(laptop, phone);
  const [shown] = await eventually(
    async () => good(await phone.vault.record('moi')).documents,
    (documents) => documents[0]?.onDevice === true,
  );
  const { blob } = good(await phone.vault.openDocument('moi', shown!.id));
  expect(Buffer.from(await blob.arrayBuffer()).equals(Buffer.from(await pdf.arrayBuffer()))).toBe(true);
}, 60_000);
