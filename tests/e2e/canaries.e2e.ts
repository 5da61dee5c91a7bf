/**
 * Acceptance 5: a canary in every text field that a form of the profile shows, the fields taken from the definitions. What
 * the pages do with them (write, open, change, history, delete) leaves none in clear in the browser's storage, in an
 * address, a title or the console.
 */
import type { Locator, Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import type { FieldDefinition } from '#lib/record/section.ts';
import { profileSections } from '#lib/record/sections.ts';
import { needlesOf, searchBytes, type Finding } from '../helpers/hostile/canaries.ts';
import { expect, test } from './fixtures.ts';
import { visit } from './journey.ts';
import { press, save, sheet, startsWith } from './page-words.ts';
import { storedValues } from './stored.ts';

test.describe.configure({ mode: 'serial', timeout: 300_000 });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

/** Measures have forms of their own, by their kind. */
const WITH_OTHER_FORMS = ['measures'];
const sections = profileSections.filter(({ id }) => !WITH_OTHER_FORMS.includes(id));
const FEW = 4;
const LENGTH = 13;

const mark = randomBytes(5).toString('hex');
const canaries: Record<string, string> = {};
/** Every address, title and word of the console, from before the first canary on. */
const told: string[] = [];

function canary(name: string): string {
  const text = `${mark}${(1000 + Object.keys(canaries).length).toString(36)}`;
  canaries[name] = text;
  return text;
}

const isMarked = (field: FieldDefinition): boolean =>
  (field.kind === 'text' || field.kind === 'longtext') && field.max >= LENGTH && field.label !== undefined;

async function fillIn(
  form: Locator,
  section: ProfileSection,
  field: FieldDefinition,
  when: string,
): Promise<void> {
  const label = startsWith(field.label!.fr);
  if (isMarked(field))
    await form
      .getByRole('textbox', { name: label })
      .first()
      .fill(canary(`${section.id} ${field.name} ${when}`));
  else if (when !== 'first' || !field.required) return;
  else if (field.kind === 'date')
    await form.getByRole('group', { name: label }).getByRole('textbox', { name: 'Année' }).fill('2001');
  else if (field.kind === 'number') await form.getByRole('textbox', { name: label }).fill(String(field.min));
  else if (field.kind === 'choice' && field.values.length > FEW)
    await form.getByRole('combobox', { name: label }).selectOption({ index: 1 });
  else if (field.kind === 'choice')
    await form.getByRole('radiogroup', { name: label }).getByRole('radio').first().check({ force: true });
}

async function write(section: ProfileSection, when: string): Promise<void> {
  for (const field of section.fields) if (field.label) await fillIn(sheet(page), section, field, when);
  await save(page);
}

/** The row of an entry by one of the canaries it is called by. */
function rowOf(section: ProfileSection, when: string): Locator {
  const name = section.name.map((field) => canaries[`${section.id} ${field} ${when}`]).find(Boolean);
  return page.getByRole('button', { name: new RegExp(`Voir .*${name ?? ''}`) });
}

const leaks = (where: string, texts: readonly string[]): Finding[] => {
  const needles = needlesOf(canaries);
  return texts.flatMap((text) => searchBytes(where, Buffer.from(text), needles));
};

test('F04: every section of the profile is written, opened, changed, looked back at and emptied, with canaries', async ({
  claire: { context },
}) => {
  context.on('console', (message) => told.push(message.text()));
  context.on('request', (request) => told.push(request.url()));
  page.on('framenavigated', (frame) => told.push(frame.url()));
  for (const section of sections)
    await test.step(section.id, async () => {
      await visit(page, 'Profil');
      await page
        .getByRole('list', { name: 'Profil médical' })
        .getByRole('link', { name: startsWith(section.title.fr) })
        .click();
      await page
        .getByRole('main')
        .getByRole('button', { name: /^(Ajouter|Désigner)/ })
        .first()
        .click();
      await write(section, 'first');
      await rowOf(section, 'first').click();
      told.push(await page.title(), page.url());
      await press(sheet(page), /^Modifier$/);
      await write(section, 'second');
      await rowOf(section, 'second').click();
      await sheet(page).getByText('Historique des modifications').click();
      await expect(sheet(page).getByRole('listitem').first()).toBeVisible();
      for (const [name, text] of Object.entries(canaries))
        if (name.startsWith(`${section.id} `)) await expect(sheet(page), name).toContainText(text);
      told.push(await page.title(), page.url());
      await press(sheet(page), /^Supprimer$/);
      await expect(page.getByText('Supprimé récemment (1)')).toBeVisible();
    });
  expect(Object.keys(canaries).length).toBeGreaterThan(2 * sections.length);
});

test('F04: no canary is in clear in the storage of the browser, in an address, a title or the console', async () => {
  const needles = needlesOf(canaries);
  const stored = (await storedValues(page)).flatMap(({ where, bytes }) => searchBytes(where, bytes, needles));
  expect(stored).toEqual([]);
  expect(leaks('said', told)).toEqual([]);
});

test('F04: the search would have found them: planted in the console, an address and the storage they are caught', async () => {
  const [name, text] = Object.entries(canaries)[0]!;
  await page.evaluate((secret) => {
    console.info(secret);
    history.replaceState(null, '', `?${secret}`);
    localStorage.setItem('slip', secret);
  }, text);
  expect(leaks('said', [...told, page.url()]).map(({ canary }) => canary)).toContain(name);
  const where = (await storedValues(page)).flatMap((one) =>
    searchBytes(one.where.split(' ')[0]!, one.bytes, needlesOf({ [name]: text })),
  );
  expect(new Set(where.map((one) => one.where))).toEqual(new Set(['localStorage', 'location']));
});
