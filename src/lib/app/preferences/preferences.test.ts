import { describe, expect, test } from 'vitest';
import { readValues } from './preferences-values.ts';

describe('device preferences', () => {
  test('without any, Carnet is French, follows the device, and writes at its usual size', () => {
    expect(readValues(null)).toEqual({ language: 'fr', theme: 'auto', textSize: 'normal', carnet: 'none' });
  });

  test('French first: English only where the browser speaks no French at all', () => {
    expect(readValues(null, ['en-GB', 'fr-FR']).language).toBe('fr');
    expect(readValues(null, ['en-GB', 'de']).language).toBe('en');
    expect(readValues({ language: 'fr' }, ['en-GB']).language).toBe('fr');
  });

  test('what another program wrote there changes nothing', () => {
    const hostile: unknown = JSON.parse(
      '{"language":"xx","theme":{"a":1},"textSize":"__proto__","__proto__":{"x":1}}',
    );
    expect(readValues(hostile)).toEqual({
      language: 'fr',
      theme: 'auto',
      textSize: 'normal',
      carnet: 'none',
    });
    expect(readValues('dark')).toEqual({ language: 'fr', theme: 'auto', textSize: 'normal', carnet: 'none' });
  });
});
