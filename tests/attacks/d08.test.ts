/**
 * D08: the relay shows an old state to whoever comes back with the kit. It cannot be taken for the newest one where kit, or
 * anything that is shown, knows better: it is refused, or told as behind, and no removed device passes for one of hers.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex, utf8 } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { kitToQr, qrToKit } from '#lib/keys/kit.ts';
import type { Kit } from '#lib/vault/door/door.ts';
import { drops, evilRelay, type EvilRelay, type Mark } from '../helpers/hostile/evil-relay.ts';
import {
  activateWithKit,
  allergy,
  good,
  link,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

const DAY_MS = 86_400_000;

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let phone: TestDevice;
let first: Kit;
let next: Kit;
let beforePhone: Mark;
let beforeKit: Mark;

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  [laptop, phone] = [world.device({ line: evil.line('laptop') }), world.device({ line: evil.line('phone') })];
  first = await activateWithKit(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
  beforePhone = evil.mark();
  await link(laptop, phone);
  await settled(phone);
  beforeKit = evil.mark();
  const found = good(await laptop.vault.devices()).find(({ thisDevice }) => !thisDevice)!;
  good(await laptop.vault.revokeDevice(found.id));
  await settled(laptop);
  next = good(await laptop.vault.newKit({ kit: { qr: first.qr } }));
  const asked = next.asked.map((position) => next.words[position - 1]!) as [string, string, string];
  good(await laptop.vault.confirmNewKit(asked));
  good(await laptop.vault.edit('moi', [allergy('Pollen')]));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

/** What a kit finds where the relay shows of these topics only what there was at that moment. */
async function found(kit: Pick<Kit, 'qr'>, mark: Mark, topics: readonly string[]) {
  const tablet = world.device({ line: evil.line('tablet') });
  tablet.hurry = 20;
  evil.script = [
    drops(
      ({ topic, cursor }, device) =>
        device === 'tablet' && topics.includes(topic) && cursor > (mark.get(topic) ?? 0),
    ),
  ];
  const answer = await (await tablet.reopen()).lookUpKit({ kit: { qr: kit.qr } });
  evil.script = [];
  return answer;
}

test('D08: with nothing kept back the kit finds all, and is not behind', async () => {
  const all = good(await found(next, new Map(), []));
  expect([all.isBehind, all.devices.map(({ name }) => name)]).toEqual([false, ['Portable']]);
});

test('D08: a statement that the kit knows of is not shown: told as behind', async () => {
  const paper = qrToKit(next.qr)!;
  const later = kitToQr({ ...paper, head: hex(sha256(utf8('said after the copy was made'))) });
  const answer = good(await found({ qr: later }, new Map(), []));
  expect(answer.isBehind).toBe(true);
});

test('D08: nothing is shown that is as new as the kit: told as behind', async () => {
  const paper = qrToKit(next.qr)!;
  const later = kitToQr({ ...paper, madeAt: paper.madeAt + 3 * DAY_MS });
  expect(good(await found({ qr: later }, new Map(), [])).isBehind).toBe(true);
});

test('D08: everything is as it was before the kit was made, but what the kit opens: the kit is told to be unknown', async () => {
  const places: string[] = [];
  for (const topic of evil.topics()) {
    const answer = await found(next, new Map(), [topic]);
    if (!answer.ok && answer.error.type === 'kit-unknown') places.push(topic);
  }
  expect(places).toHaveLength(1);
  const others = evil.topics().filter((topic) => topic !== places[0]);
  for (const mark of [beforePhone, beforeKit])
    expect(await found(next, mark, others)).toMatchObject({ ok: false, error: { type: 'kit-unknown' } });
});

test('D08: whichever topic is kept back since some moment, the phone that was removed is none of hers', async () => {
  const behind = new Set<string>();
  for (const mark of [beforePhone, beforeKit])
    for (const topic of evil.topics()) {
      const answer = await found(next, mark, [topic]);
      if (!answer.ok) continue;
      expect(answer.value.devices.map(({ name }) => name ?? 'Portable')).toEqual(['Portable']);
      if (answer.value.isBehind) behind.add(topic);
    }
  // Keys of the account, and of her record, that are in use and did not come.
  expect(behind.size).toBeGreaterThanOrEqual(1);
});

test('D08: the kit that was replaced opens nothing, whichever topic is as it was', async () => {
  for (const mark of [beforePhone, beforeKit])
    for (const topics of [...evil.topics().map((topic) => [topic]), evil.topics()])
      expect((await found(first, mark, topics)).ok).toBe(false);
});
