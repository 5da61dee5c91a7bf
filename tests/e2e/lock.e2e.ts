/**
 * F05: nothing of a locked record stays in the memory of the page or of its worker. A heap snapshot holds every string that
 * the engine still reaches; it is taken once before locking as well, to show that it would have found something.
 */
import type { CDPSession, Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { expect, test } from './fixtures.ts';
import { addAllergy, openAllergies, unlock } from './journey.ts';
import { CLAIRE, DESK_BY_DAY } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ view: DESK_BY_DAY });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

const CANARY = `Canari${randomBytes(8).toString('hex')}`;
const SIX_MINUTES = 6 * 60_000;

/** All that the heap of one engine holds, as text. */
async function heap(cdp: CDPSession): Promise<string> {
  const chunks: string[] = [];
  const keep = ({ chunk }: { chunk: string }): void => void chunks.push(chunk);
  cdp.on('HeapProfiler.addHeapSnapshotChunk', keep);
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  cdp.off('HeapProfiler.addHeapSnapshotChunk', keep);
  return chunks.join('');
}

async function pageHolds(words: readonly string[]): Promise<string[]> {
  const cdp = await page.context().newCDPSession(page);
  try {
    const text = await heap(cdp);
    expect(text.length).toBeGreaterThan(100_000);
    return words.filter((word) => text.includes(word));
  } finally {
    await cdp.detach();
  }
}

test('F05: while the record is open, the heap of the page holds the allergy (the search can see)', async () => {
  await openAllergies(page);
  await addAllergy(page, CANARY);
  expect(await pageHolds([CANARY])).toEqual([CANARY]);
  expect(page.workers().length).toBeGreaterThan(0);
});

test('F08: a hidden page shows nothing of the record, and shows it again when it is back', async () => {
  const shown = () => page.evaluate(() => document.body.innerText);
  const turn = (state: 'hidden' | 'visible') =>
    page.evaluate((next) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => next });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  expect(await shown()).toContain(CANARY);
  await turn('hidden');
  expect((await shown()).trim()).toBe('');
  expect(await page.title()).not.toContain(CANARY);
  await turn('visible');
  expect(await shown()).toContain(CANARY);
});

test('F05: once locked, neither the allergy nor the password is in the heap, and the old worker is gone', async () => {
  const before = page.workers();
  await page.locator('summary').first().click();
  await page.getByRole('button', { name: /^Verrouiller/ }).click();
  await expect(page.getByRole('heading', { name: /Ouvrir mon carnet/ })).toBeVisible();
  expect(await pageHolds([CANARY, CLAIRE.password])).toEqual([]);
  expect(page.workers().filter((worker) => before.includes(worker))).toEqual([]);
  for (const worker of page.workers())
    expect(await worker.evaluate(() => (self as { name?: string }).name)).toBe('carnet');
  await expect(page.getByText(CANARY)).toHaveCount(0);
  await page.goBack();
  await expect(page.getByRole('heading', { name: /Ouvrir mon carnet/ })).toBeVisible();
  await expect(page.getByText(CANARY)).toHaveCount(0);
});

test('F05: after five minutes without a touch it locks by itself, says so, and opens again as it was', async ({
  claire,
}) => {
  await page.clock.install();
  await page.goto(claire.url);
  await unlock(page, CLAIRE);
  await openAllergies(page);
  await expect(page.getByRole('button', { name: new RegExp(CANARY) })).toBeVisible();
  await page.clock.fastForward(SIX_MINUTES);
  await expect(page.getByText(/verrouillé tout seul/)).toBeVisible({ timeout: 30_000 });
  expect(await pageHolds([CANARY, CLAIRE.password])).toEqual([]);
  await unlock(page, CLAIRE);
  await openAllergies(page);
  await expect(page.getByRole('button', { name: new RegExp(CANARY) })).toBeVisible();
});
