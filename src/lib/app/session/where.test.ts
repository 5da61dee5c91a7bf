import { describe, expect, test } from 'vitest';
import { homeOf, wantedPage } from './where.ts';

describe('where to', () => {
  test('each state has its page', () => {
    expect(homeOf({ type: 'empty' })).toBe('/');
    expect(homeOf({ type: 'activating', step: 'kit' })).toBe('/activer');
    expect(homeOf({ type: 'locked' })).toBe('/deverrouiller');
    expect(homeOf({ type: 'unlocked' })).toBe('/accueil');
  });

  test('after unlocking one comes back to one’s page, and to no foreign one', () => {
    expect(wantedPage('/profil/allergies')).toBe('/profil/allergies');
    for (const foreign of [
      '//elsewhere.example/',
      'https://elsewhere.example',
      '/documents/../x',
      'javascript:alert(1)',
      null,
    ])
      expect(wantedPage(foreign)).toBe('/accueil');
  });
});
