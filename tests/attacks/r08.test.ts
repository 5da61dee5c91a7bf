/**
 * R08: two to five tabs of Alice over the product's election, one real vault, one disk and a real relay. All show the
 * same, one socket serves them all, and no two frames carry one number.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { browser, type Tab } from '../helpers/worlds/tabs.ts';
import { numbersGiven, spacesOf } from '../helpers/people/vault-keys.ts';
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
let dialled = 0;
let open = 0;
let mostOpen = 0;
const random = seededRandom('tabs');

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  const line = evil.line('laptop');
  laptop = world.device({
    line: (honest) => (events) => {
      dialled++;
      mostOpen = Math.max(mostOpen, ++open);
      const dial = line(honest);
      let counted = true;
      const closed = (): void => {
        if (counted) open--;
        counted = false;
      };
      const transport = dial({ message: events.message, closed: (code) => (closed(), events.closed(code)) });
      return { ...transport, close: () => (closed(), transport.close()) };
    },
  });
  await activate(laptop, world.credentials(0));
  await settled(laptop);
  await laptop.vault.lock();
}, 60_000);
afterAll(() => world?.close());

async function names(tab: Tab): Promise<string[]> {
  const { entries } = good(await tab.vault.record('moi'));
  return (entries['allergies'] ?? []).map(({ fields }) => String(fields['name'])).sort();
}

const written: string[] = [];

test.each([2, 3, 4, 5])(
  'R08: %i tabs write in turn and at once, whichever has the focus; all show the same, one socket serves them, no number is given twice',
  async (count) => {
    [dialled, mostOpen] = [0, 0];
    const alice = browser(() => laptop.reopen());
    const tabs = Array.from({ length: count }, (_, i) => alice.open(`${count}.${i}`));
    good(await random.pick(tabs).vault.unlock(ALICE));
    for (let round = 0; round < 6; round++) {
      const busy = tabs.filter(() => random.chance(0.6));
      await Promise.all(
        busy.map(async (tab) => {
          const name = `${tab.name} ${round}`;
          good(await tab.vault.edit('moi', [allergy(name)]));
          written.push(name);
        }),
      );
      // Whoever has the focus comes to see the newest state.
      good(await random.pick(tabs).vault.sync('moi'));
    }
    for (const tab of tabs)
      await eventually(
        () => names(tab),
        (shown) => shown.join() === written.toSorted().join(),
      );
    await eventually(
      async () => good(await random.pick(tabs).vault.sync('moi')),
      ({ unsent, connection }) => unsent === 0 && connection === 'online',
    );
    expect([dialled, mostOpen]).toEqual([1, 1]);

    const spaces = await spacesOf(laptop.disk, ALICE);
    const given = numbersGiven(
      spaces,
      evil.frames().map(({ frame }) => frame),
    );
    expect(given.length).toBeGreaterThanOrEqual(written.length);
    expect(new Set(given).size).toBe(given.length);
    await laptop.vault.lock();
    for (const tab of tabs.toReversed()) alice.kill(tab);
  },
  60_000,
);
