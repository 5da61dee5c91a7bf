/** C02 and C03 between two guardians: a relay that keeps the words of the one from the other, or both in worlds of their own. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import type { RecordId, SecurityNotice } from '#lib/vault/door/door.ts';
import { drops, evilRelay, forks, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { open, share } from '../helpers/worlds/guardians.ts';
import {
  activate,
  allergy,
  eventually,
  good,
  link,
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

let world: VaultWorld;
let evil: EvilRelay;
/** Each with how they call Zoé's record. */
let camille: Holder;
let antoine: Holder;
let phone: Holder;

interface Holder {
  readonly device: TestDevice;
  readonly zoe: RecordId;
}

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  const [hers, his, onPhone] = ['camille', 'antoine', 'phone'].map((name) =>
    world.device({ line: evil.line(name) }),
  ) as [TestDevice, TestDevice, TestDevice];
  await activate(hers, await world.newCredentials(0));
  await activate(his, await world.newCredentials(1));
  const zoe = await open(hers, 'Zoé');
  camille = { device: hers, zoe };
  antoine = { device: his, zoe: await share(hers, zoe, his) };
  his.events.length = 0;
  await link(his, onPhone);
  const listed = await eventually(
    async () => good(await onPhone.vault.records()).find(({ firstName }) => firstName === 'Zoé')?.id,
    (id) => id !== undefined,
  );
  phone = { device: onPhone, zoe: listed! };
  for (const holder of [antoine, phone])
    await eventually(
      async () => good(await holder.device.vault.record(holder.zoe)).editable,
      (editable) => editable,
    );
}, 120_000);
afterAll(() => world?.close());

const names = async ({ device, zoe }: Holder): Promise<string[]> =>
  (good(await device.vault.record(zoe)).entries['allergies'] ?? []).map(({ fields }) =>
    String(fields['name']),
  );

const has = (holder: Holder, ...expected: readonly string[]) =>
  eventually(
    () => names(holder),
    (all) => expected.every((one) => all.includes(one)),
  );

const say = async ({ device, zoe }: Holder, name: string) =>
  good(await device.vault.edit(zoe, [allergy(name)]));

const sent = ({ device, zoe }: Holder) =>
  eventually(
    async () => good(await device.vault.sync(zoe)),
    ({ connection, unsent }) => connection === 'online' && unsent === 0,
  );

const warned = async ({ device, zoe }: Holder): Promise<number> => {
  const types: readonly SecurityNotice['type'][] = ['gap', 'fork'];
  return good(await device.vault.notices()).filter(
    ({ type, record }) => record === zoe && types.includes(type),
  ).length;
};

/** The topic that both accounts have open. */
async function recordTopic(): Promise<string> {
  const [hers, his] = await Promise.all(
    [camille, antoine].map(async ({ device }) =>
      good(await device.vault.footprint()).topics.map(({ topic }) => hex(fromBase64url(topic)!)),
    ),
  );
  const both = hers!.filter((topic) => his!.includes(topic));
  expect(both).toHaveLength(1);
  return both[0]!;
}

async function reconnect(...holders: readonly Holder[]): Promise<void> {
  for (const { device } of holders) device.setOnline(false);
  for (const { device } of holders) {
    device.setOnline(true);
    good(await device.vault.retry());
  }
}

test('G03: nothing that the relay keeps is opened by both accounts but the child’s record', async () => {
  await recordTopic();
});

test('C02: what the relay keeps of Antoine from Camille she is told by the next word of whoever has heard it', async () => {
  const record = await recordTopic();
  const before = await warned(camille);
  evil.script = [
    drops(
      ({ topic, id }, device) => device === 'camille' && topic === record && evil.writer(id) === 'antoine',
    ),
  ];
  await say(antoine, 'Gardé');
  await has(phone, 'Gardé');
  await say(phone, 'Entendu');
  await eventually(
    () => warned(camille),
    (count) => count > before,
  );
  expect(await names(camille)).not.toContain('Gardé');
  evil.script = [];
  await reconnect(camille);
  await has(camille, 'Gardé', 'Entendu');
}, 60_000);

test('C03: kept in two worlds, they are warned as soon as one word crosses, and nothing of either is lost', async () => {
  evil.script = [forks(evil, evil.mark(), [['camille'], ['antoine', 'phone']])];
  for (const name of ['un', 'deux', 'trois']) {
    await say(camille, `Camille ${name}`);
    await say(antoine, `Antoine ${name}`);
  }
  for (const holder of [camille, antoine]) await sent(holder);
  const before = await warned(camille);
  const record = await recordTopic();
  const his = evil.frames(record).filter(({ id }) => evil.writer(id) === 'antoine');
  evil.inject(record, his.at(-1)!.frame!, { cursor: his.at(-1)!.cursor });
  await eventually(
    () => warned(camille),
    (count) => count > before,
  );
  evil.script = [];
  await reconnect(camille, antoine, phone);
  for (const holder of [camille, antoine, phone])
    await has(holder, ...['un', 'deux', 'trois'].flatMap((name) => [`Camille ${name}`, `Antoine ${name}`]));
}, 60_000);
