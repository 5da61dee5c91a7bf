/**
 * The few words in which every journey speaks of a page: what is pressed, followed, written and looked at. Each takes the
 * page, or the part of it that is meant.
 */
import { expect, type Locator, type Page } from '@playwright/test';

type Within = Page | Locator;

/** Words as they are shown: typeset, so that an apostrophe may be curly and a space may not break. */
function typeset(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/['’]/g, '.')
    .replace(/\s+/g, String.raw`\s+`);
}

/** What begins with these words, as they are shown. */
export const startsWith = (text: string): RegExp => new RegExp(`^${typeset(text)}`);

export const button = (within: Within, name: RegExp | string): Locator =>
  within.getByRole('button', { name }).first();

export const press = (within: Within, name: RegExp | string): Promise<void> => button(within, name).click();

/** By a link that is in sight. */
export const go = (within: Within, name: RegExp | string): Promise<void> =>
  within.getByRole('link', { name }).first().click();

/** By a link of the app's own: a whole page load would lock the record. */
export async function follow(page: Page, address: string): Promise<void> {
  await page.evaluate((href) => {
    const link = Object.assign(document.createElement('a'), { href });
    document.body.append(link);
    link.click();
    link.remove();
  }, address);
}

/** The sheet that is open. */
export const sheet = (page: Page): Locator => page.getByRole('dialog');

export const box = (within: Within, label: RegExp | string): Locator =>
  within.getByRole('textbox', { name: label }).first();

export const write = (within: Within, label: RegExp | string, text: string): Promise<void> =>
  box(within, label).fill(text);

/** The row of an entry in its list; pressed, it opens the entry. */
export const row = (page: Page, name: string): Locator =>
  page.getByRole('button', { name: new RegExp(`^Voir ${typeset(name)}`) });

/** One of the dates of a form, by its legend; a part may be left empty. */
export async function date(
  within: Within,
  legend: RegExp | string,
  ...[day, month, year]: readonly [day: string, month: string, year: string]
): Promise<void> {
  const group = within.getByRole('group', { name: legend });
  await group.getByRole('textbox', { name: 'Jour' }).fill(day);
  await group.getByRole('textbox', { name: 'Mois' }).fill(month);
  await group.getByRole('textbox', { name: 'Année' }).fill(year);
}

/** What the sheet asked for is answered: it closes. */
export async function save(page: Page): Promise<void> {
  await press(sheet(page), /^Valider/);
  await expect(sheet(page)).toHaveCount(0);
}
