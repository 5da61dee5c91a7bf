import { afterEach, expect, test } from 'vitest';
import { recordOf } from './addresses.ts';
import { at, OWN, showRecord } from './places.svelte.ts';

afterEach(() => showRecord(OWN));

test('a page of a record stands under the id of the record that is shown', () => {
  expect(at('/profil/allergies')).toBe('/moi/profil/allergies');
  showRecord('k3Jb_x-2');
  expect(at('/accueil')).toBe('/k3Jb_x-2/accueil');
});

test('an address tells the record, and that of a page of the account tells none', () => {
  expect(['/moi/profil/allergies', '/k3Jb_x-2/documents'].map(recordOf)).toEqual(['moi', 'k3Jb_x-2']);
  for (const other of [
    '/parametres/appareils',
    '/deverrouiller',
    '/',
    '/moi',
    '/moi/elsewhere',
    '/a/b/profil',
  ])
    expect(recordOf(other)).toBeNull();
});
