/**
 * R08 and R09: several tabs of Alice over the product's election, one real vault, one disk and a real relay. No two
 * frames carry one number, one socket serves all, and a tab that dies takes nothing with it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFrame } from '#lib/crypto/frame.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { decodeInner } from '#lib/keys/inner.ts';
import { evilRelay, type EvilRelay } from '../helpers/evil-relay.ts';
import { browser, type Browser, type Tab } from '../helpers/tabs.ts';
import { spacesOn } from '../helpers/vault-keys.ts';
import { seededRandom } from '../helpers/random.ts';
import {
  activate,
  allergy,
  eventually,
  good,
  IDENTIFIANT,
  PASSWORD,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/vault-world.ts';

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let tabs: Tab[];
let alice: Browser;
let dialled = 0;
const random = seededRandom('tabs');

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  const line = evil.line('laptop');
  laptop = world.device({
    line: (honest) => (events) => {
      dialled++;
      return line(honest)(events);
    },
  });
  await activate(laptop, world.credentials(0));
  await settled(laptop);
  await laptop.vault.lock();
  alice = browser((session) => laptop.reopen(session));
  tabs = ['a', 'b', 'c', 'd', 'e'].map((name) => alice.open(name));
  good(await tabs[3]!.vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
}, 60_000);
afterAll(() => world?.close());

const living = () => tabs.filter((tab) => tab.isAlive());

async function names(tab: Tab): Promise<string[]> {
  const { entries } = good(await tab.vault.record());
  return (entries['allergies'] ?? []).map(({ fields }) => String(fields['name'])).sort();
}

/** No two data frames at the relay carry one number of one device. */
async function numbers(): Promise<string[]> {
  const spaces = await spacesOn(laptop.disk.open(), laptop.vault.session()!.localKey);
  const keys = [...spaces.account.epochs(), ...spaces.record.epochs()];
  return evil.frames().flatMap(({ frame }) => {
    const opened =
      frame &&
      openFrame(
        keys.map(({ frameKey }) => frameKey),
        frame,
      );
    if (!opened) return [];
    const { inner } = decodeInner(opened.inner.slice())!;
    const lane = opened.aad.kind === 'control' ? 'control' : 'data';
    return [`${hex(opened.aad.space)} ${hex(inner.author)} ${lane} ${inner.seq}`];
  });
}

test('R08: five tabs write in turn and at once; all show the same, one socket serves them, no number is given twice', async () => {
  const before = dialled;
  const written: string[] = [];
  for (let round = 0; round < 8; round++) {
    const busy = tabs.filter(() => random.chance(0.6));
    await Promise.all(
      busy.map(async (tab) => {
        const name = `${tab.name}${round}`;
        good(await tab.vault.edit([allergy(name)]));
        written.push(name);
      }),
    );
  }
  for (const tab of tabs)
    await eventually(
      () => names(tab),
      ({ length }) => length === written.length,
    );
  expect(await names(tabs[4]!)).toEqual(written.toSorted());
  expect(dialled - before).toBeLessThanOrEqual(1);
  await eventually(
    async () => good(await tabs[2]!.vault.sync()).unsent,
    (unsent) => unsent === 0,
  );
  const given = await numbers();
  expect(given.length).toBeGreaterThanOrEqual(written.length);
  expect(new Set(given).size).toBe(given.length);
});

test('R09: the leading tab dies again and again, with edits under way; another leads within two seconds, unlocked, and sends what was not sent', async () => {
  const acknowledged = new Set(await names(tabs[0]!));
  while (living().length > 1) {
    laptop.setOnline(false);
    const leader = tabs.find(({ name }) => name === alice.leader())!;
    const others = living().filter((tab) => tab !== leader);
    const answers = others.map(async (tab) => {
      const name = `last words by ${tab.name} to ${leader.name}`;
      const answer = await tab.vault.edit([allergy(name)]);
      if (answer.ok) acknowledged.add(name);
    });
    if (random.chance(0.5)) await Promise.all(answers);
    alice.kill(leader);
    laptop.setOnline(true);
    const died = Date.now();
    await eventually(
      async () => good(await others[0]!.vault.status()).type,
      (type) => type === 'unlocked',
    );
    expect(Date.now() - died).toBeLessThan(2_000);
    await Promise.all(answers);
  }
  const [last] = living() as [Tab];
  good(await last.vault.retry());
  await eventually(
    async () => good(await last.vault.sync()),
    ({ unsent, connection }) => unsent === 0 && connection === 'online',
  );
  const shown = await eventually(
    () => names(last),
    (all) => [...acknowledged].every((name) => all.includes(name)),
  );
  expect(new Set(shown).size).toBe(shown.length);
  const given = await numbers();
  expect(new Set(given).size).toBe(given.length);
  expect(good(await last.vault.notices()).filter(({ type }) => type === 'duplicate-device')).toEqual([]);
});
