import { describe, expect, test } from 'vitest';
import { wantedPage } from './wanted.ts';
import { homeOf } from './where.ts';

describe('where to', () => {
  test('each state has its page', () => {
    expect(homeOf({ type: 'empty' })).toBe('/');
    expect(homeOf({ type: 'activating', step: 'kit' })).toBe('/activer');
    expect(homeOf({ type: 'locked' })).toBe('/deverrouiller');
    expect(homeOf({ type: 'unlocked' })).toBe('/moi/accueil');
  });

  test('after unlocking one comes back to one’s page, and to no foreign one', () => {
    for (const page of ['/moi/profil/allergies', '/AbC_d-3/documents', '/parametres/appareils'])
      expect(wantedPage(page)).toBe(page);
    for (const foreign of [
      '//elsewhere.example/',
      'https://elsewhere.example',
      '/moi/documents/../x',
      '/profil/allergies',
      '/moi/parametres',
      'javascript:alert(1)',
      null,
    ])
      expect(wantedPage(foreign)).toBe('/moi/accueil');
  });
});
