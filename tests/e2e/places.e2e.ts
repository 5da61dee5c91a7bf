/**
 * The thirteen places of the profile and what lies within them, as a person meets them: empty, refused, filled in and read
 * again; narrow and wide, by day and by night, with no network. Forms are filled in from the definitions of the sections, so
 * that a new section is examined as soon as it is one. Every text that is typed carries a mark, and no address, no title and
 * no console ever shows one.
 */
import type { Page } from '@playwright/test';
import type { FieldDefinition } from '#lib/record/section.ts';
import type { ProfilePlace, ProfileSection } from '#lib/record/profile-section.ts';
import { PROFILE } from '#lib/record/sections.ts';
import { expect, test } from './fixtures.ts';
import { visit } from './journey.ts';
import { follow, sheet, startsWith } from './page-words.ts';
import { barriers, faultsInView, settle, VIEWS } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 600_000 });
test.use({ disconnected: true });

let page: Page;
let complaints: string[];

test.beforeEach(({ claire }) => void ({ page, complaints } = claire));

const mark = crypto.randomUUID().slice(0, 8);
/** By what they were typed into. */
const canaries: Record<string, string> = {};

/** The smallest by day and the widest by night: for sheets, which every view draws from the same few parts. */
const TWO_VIEWS = VIEWS.filter(({ width, colorScheme }) => width < 1000 === (colorScheme === 'light'));

/** What stands on the screen now, in every view. */
async function examine(name: string, views = VIEWS): Promise<void> {
  const found = await faultsInView(page, views);
  const shown = `${await page.title()} ${page.url()} ${complaints.splice(0).join('\n')}`;
  for (const canary of Object.values(canaries)) if (shown.includes(canary)) found.push('a canary in sight');
  expect.soft(found, name).toEqual([]);
}

async function open({ title }: ProfilePlace): Promise<void> {
  await visit(page, 'Profil');
  await page
    .getByRole('list', { name: 'Profil médical' })
    .getByRole('link', { name: startsWith(title.fr) })
    .click();
  await settle(page, startsWith(title.fr));
}

/** A text that fits the field and occurs nowhere else. */
function canaryFor(section: ProfileSection, field: FieldDefinition): string {
  const canary = `Canari ${mark} ${Object.keys(canaries).length}`;
  canaries[`${section.id} ${field.name}`] = canary;
  return 'max' in field && field.max < canary.length ? canary.slice(-field.max) : canary;
}

async function fill(section: ProfileSection, field: FieldDefinition): Promise<void> {
  if (!field.label) return;
  const name = startsWith(field.label.fr);
  switch (field.kind) {
    case 'text':
    case 'longtext':
      return sheet(page).getByRole('textbox', { name }).first().fill(canaryFor(section, field));
    case 'date': {
      const group = sheet(page).getByRole('group', { name });
      if ((await group.count()) === 0) return; // no end to what goes on
      return group
        .first()
        .getByRole('textbox', { name: 'Année' })
        .fill(field.name === 'end' ? '2011' : '2010');
    }
    case 'number':
      return sheet(page)
        .getByRole('textbox', { name })
        .fill(String(Math.max(1, Math.ceil(field.min))));
    case 'choice': {
      const list = sheet(page).getByRole('combobox', { name });
      if ((await list.count()) > 0) return void (await list.selectOption({ index: 1 }));
      const group = sheet(page).getByRole('group', { name });
      if ((await group.count()) === 0) return; // asked beside another field, or chosen by how the form was opened
      return group.locator('input').first().check({ force: true });
    }
    default:
  }
}

const sections = PROFILE.filter(
  (place): place is ProfileSection => 'fields' in place && !['measures', 'relatives'].includes(place.id),
);

test('MED-02 MED-04: each place opens empty, and says what goes there, for everyone', async () => {
  for (const place of PROFILE) {
    await open(place);
    await examine(`${place.id}, empty`);
  }
});

for (const section of sections)
  test(`${section.title.fr}: a form that refuses, one that is filled in, and the entry that can be read`, async () => {
    await open(section);
    await page
      .getByRole('button', { name: startsWith(section.add.fr) })
      .first()
      .click();
    await sheet(page).getByRole('button', { name: 'Valider' }).click();
    await expect(sheet(page).locator('[aria-invalid="true"]').first()).toBeVisible();
    await examine(`${section.id}, refused`, TWO_VIEWS);
    for (const field of section.fields) await fill(section, field);
    await sheet(page).getByRole('button', { name: 'Valider' }).click();
    await expect(sheet(page)).toHaveCount(0);
    const row = page
      .getByRole('main')
      .getByRole('button', { name: /^Voir / })
      .first();
    await expect(row).toBeVisible();
    await examine(`${section.id}, with an entry`);
    await row.click();
    await expect(sheet(page)).toBeVisible();
    await examine(`${section.id}, an entry to read`, TWO_VIEWS);
    await page.keyboard.press('Escape');
    await expect(sheet(page)).toHaveCount(0);
  });

const WITHIN: readonly (readonly [address: string, heading: RegExp])[] = [
  ['/moi/profil/mesures/poids', /^Poids/],
  ['/moi/profil/mesures/tension-arterielle', /^Tension/],
  ['/moi/profil/directives', /^Directives anticipées/],
  ['/moi/profil/directives/ecrire', /directives/],
  ['/moi/profil/directives/comprendre', /directives/],
  ['/moi/profil/don-organes', /Don d.organes/],
  ['/moi/profil/prevention', /dépistages/],
  ['/moi/profil/histoire/soins', /soins/],
  ['/moi/profil/histoire/soins/importer', /./],
  ['/moi/profil/echange', /./],
  ['/moi/decouverte/mesures', /poids/],
  ['/moi/decouverte/fin', /commencé|découvre/],
];

test('what lies within the places, for everyone', async () => {
  for (const [address, heading] of WITHIN) {
    await follow(page, address);
    await settle(page, heading);
    await examine(address);
  }
});

test('in English every place has its English name and lead', async () => {
  await follow(page, '/parametres');
  await page.getByRole('radio', { name: 'English' }).check({ force: true });
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  for (const place of PROFILE) {
    await page.getByRole('link', { name: 'Profile', exact: true }).first().click();
    await page
      .getByRole('link', { name: startsWith(place.title.en) })
      .first()
      .click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(startsWith(place.title.en));
    expect(await barriers(page), place.title.en).toEqual([]);
  }
});
