/** `npm run looks` forgets no page, and looks at none that is not there. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PAGES, STATES, VIEWS } from './pages.ts';

const ROUTES = join(import.meta.dirname, '../../../src/routes');

/** `(open)/[carnet]/profil/[section]` → what its addresses look like. */
const routes = globSync('**/+page.svelte', { cwd: ROUTES }).map((file) => {
  const parts = file.replaceAll('\\', '/').split('/').slice(0, -1);
  const pattern = parts
    .filter((part) => !part.startsWith('('))
    .map((part) => (part.startsWith('[') ? '[^/]+' : part));
  return { file, address: new RegExp(`^/${pattern.join('/')}$`), dynamic: pattern.includes('[^/]+') };
});

/** A page that is written out goes before one whose address has a blank. */
const routeOf = (path: string) => {
  const fitting = routes.filter(({ address }) => address.test(path));
  return fitting.find(({ dynamic }) => !dynamic) ?? fitting[0];
};

test('every page is looked at', () => {
  const seen = new Set(PAGES.map(({ path }) => routeOf(path)?.file));
  expect(routes.length).toBeGreaterThan(25);
  expect(routes.map(({ file }) => file).filter((file) => !seen.has(file))).toEqual([]);
});

test('every address leads to a page, but the one that shows what is said where there is none', () => {
  expect(PAGES.map(({ path }) => path).filter((path) => !routeOf(path))).toEqual(['/nulle-part']);
  expect(new Set(PAGES.map(({ path }) => path)).size).toBe(PAGES.length);
});

test('every state and every view is among them', () => {
  expect(new Set(PAGES.flatMap(({ states }) => states))).toEqual(new Set(STATES));
  expect(VIEWS.map(({ name }) => name)).toEqual(['phone', 'desktop', 'dark', '200', 'english']);
});
