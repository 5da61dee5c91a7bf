/**
 * R09: the tab that holds the lock is killed, with edits under way. Its keys die with it: another one leads at once, the
 * password opens it in whichever tab it is typed, and what was not sent goes out.
 */
import type { HostedVault } from '#lib/vault/tabs/serving.ts';
import { ok } from '#lib/bytes/result.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { browser, type Browser, type Tab } from '../helpers/worlds/tabs.ts';
import { numbersGiven, spacesOf } from '../helpers/people/vault-keys.ts';
import { fakeClock } from '../helpers/tools/clock.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  ALICE,
  allergy,
  eventually,
  good,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let tabs: Tab[];
let alice: Browser;
const random = seededRandom('R09');

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  await activate(laptop, world.credentials(0));
  await settled(laptop);
  await laptop.vault.lock();
  alice = browser(() => laptop.reopen());
  tabs = ['a', 'b', 'c', 'd', 'e'].map((name) => alice.open(name));
  good(await tabs[3]!.vault.unlock(ALICE));
}, 60_000);
afterAll(() => world?.close());

const living = () => tabs.filter((tab) => tab.isAlive());

async function names(tab: Tab): Promise<string[]> {
  const { entries } = good(await tab.vault.record('moi'));
  return (entries['allergies'] ?? []).map(({ fields }) => String(fields['name'])).sort();
}

test('R09: the leading tab dies again and again, with edits under way; another leads, the password opens it in any tab, and it sends what was not sent', async () => {
  const acknowledged = new Set<string>();
  while (living().length > 1) {
    laptop.setOnline(false);
    const leader = tabs.find(({ name }) => name === alice.leader())!;
    const others = living().filter((tab) => tab !== leader);
    const answers = others.map(async (tab) => {
      const name = `last words by ${tab.name} to ${leader.name}`;
      const answer = await tab.vault.edit('moi', [allergy(name)]);
      if (answer.ok) acknowledged.add(name);
      else expect(['locked', 'interrupted']).toContain(answer.error.type);
    });
    if (random.chance(0.5)) await Promise.all(answers);
    alice.kill(leader);
    expect(alice.leader()).not.toBe(leader.name);
    laptop.setOnline(true);
    await Promise.all(answers);
    for (const tab of others) expect(good(await tab.vault.status())).toEqual({ type: 'locked' });
    const typed = random.pick(others);
    good(await typed.vault.unlock(ALICE));
    expect(alice.leader()).toBe(typed.name);
    for (const tab of others) expect(good(await tab.vault.status())).toEqual({ type: 'unlocked' });
  }
  expect(acknowledged.size).toBeGreaterThan(0);
  const [last] = living() as [Tab];
  good(await last.vault.retry());
  await eventually(
    async () => good(await last.vault.sync('moi')),
    ({ unsent, connection }) => unsent === 0 && connection === 'online',
  );
  const shown = await eventually(
    () => names(last),
    (all) => [...acknowledged].every((name) => all.includes(name)),
  );
  expect(new Set(shown).size).toBe(shown.length);
  const spaces = await spacesOf(laptop.disk, ALICE);
  const given = numbersGiven(
    spaces,
    evil.frames().map(({ frame }) => frame),
  );
  expect(given.length).toBeGreaterThanOrEqual(acknowledged.size);
  expect(new Set(given).size).toBe(given.length);
  expect(good(await last.vault.notices()).filter(({ type }) => type === 'duplicate-device')).toEqual([]);
}, 60_000);

test('R09: nothing is waited for between the death of the leader and the next tab’s answer: no time passes on the clock', async () => {
  const clock = fakeClock();
  const opened: string[] = [];
  const vault = {
    status: () => Promise.resolve(ok({ type: 'unlocked' } as const)),
    subscribe: () => () => {},
    idle: () => true,
    close: () => Promise.resolve(),
  } as Partial<HostedVault> as HostedVault;
  const window = browser(async () => {
    opened.push(window.leader()!);
    return vault;
  });
  const [first, second] = ['first', 'second'].map((name) => window.open(name)) as [Tab, Tab];
  await clock.settle();
  const began = clock.now();
  window.kill(first);
  let answer: unknown;
  void second.vault.status().then((said) => (answer = said));
  await clock.settle();
  expect(answer).toEqual({ ok: true, value: { type: 'unlocked' } });
  expect(opened).toEqual(['first', 'second']);
  expect(clock.now() - began).toBe(0);
});
