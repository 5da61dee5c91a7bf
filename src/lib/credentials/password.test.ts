import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PASSPHRASE_WORDS } from './passphrase-words.ts';
import { isSamePassword, proposePassphrase, strengthOf, unmetRules } from './password.ts';

describe('passwords', () => {
  test('ACT-19 ACT-20 ACT-21 ACT-22 ACT-23: each rule of the guide is told by itself', () => {
    expect(unmetRules('', '')).toEqual(['length', 'special', 'digit', 'upper', 'lower']);
    expect(unmetRules('Abcdef1', '')).toEqual(['length', 'special']);
    expect(unmetRules('abcdefg1!', '')).toEqual(['upper']);
    expect(unmetRules('ABCDEFG1!', '')).toEqual(['lower']);
    expect(unmetRules('Abcdefgh!', '')).toEqual(['digit']);
    expect(unmetRules('Abcdefg1!', '')).toEqual([]);
  });

  test('ACT-20: accented letters are letters, and a space alone is not a special character', () => {
    expect(unmetRules('Été à la mer 7', '')).toEqual(['special']);
    expect(unmetRules('Été à la mer 7 ;', '')).toEqual([]);
  });

  test('ACT-20: é is one letter, however a keyboard composes it, and so is the password typed again', () => {
    const [composed, decomposed] = ['Étémaison12', 'Étémaison12'.normalize('NFD')];
    expect(unmetRules(composed, '')).toEqual(['special']);
    expect(unmetRules(decomposed, '')).toEqual(['special']);
    expect(unmetRules('x\u0302Maison12', '')).toEqual(['special']);
    expect(isSamePassword(composed, decomposed)).toBe(true);
    expect(isSamePassword('Étémaison12', 'étémaison12')).toBe(false);
    expect(strengthOf(decomposed)).toEqual(strengthOf(composed));
  });

  test('ACT-19: signs that nobody sees do not make a password long', () => {
    expect(unmetRules('Ab1!\u200b\u200b\u200b\u200b\u2060', '')).toEqual(['length']);
  });

  test('ACT-18: the identifiant is no password, however it is written', () => {
    expect(unmetRules('Claire.Martin1', 'claire.martin1')).toEqual(['differs']);
  });

  test('what everybody chooses is weak, although it meets the five rules', () => {
    for (const password of [
      'Azerty123!',
      'Motdepasse1!',
      'M0tdep@sse1',
      'Password1!',
      'Soleil2024!',
      'Aaaaaaa1!',
    ]) {
      expect(unmetRules(password, '')).toEqual([]);
      expect(strengthOf(password).strength, password).toBe('weak');
    }
  });

  test('one’s own names count for little', () => {
    const own = ['Claire', 'Martin', '1985'];
    expect(strengthOf('ClaireMartin1985!', own).strength).toBe('weak');
  });

  test('a few common words are not strong; what a manager makes is', () => {
    expect(strengthOf('Chat-maison-7').strength).not.toBe('strong');
    expect(strengthOf('vK7#qpZ2!mWx9$Rt').strength).toBe('strong');
  });

  test('more characters never make it weaker by much', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(strengthOf(a + b).bits).toBeGreaterThanOrEqual(strengthOf(a).bits - 60);
        expect(strengthOf(a).bits).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the proposed passphrase', () => {
  test('has 2048 plain words to draw from', () => {
    expect(new Set(PASSPHRASE_WORDS).size).toBe(2048);
    for (const word of PASSPHRASE_WORDS) expect(word).toMatch(/^[a-z]{3,8}$/);
  });

  test('meets the five rules and 80 bits, whatever is drawn', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 2 ** 30 })), (stream) => {
        const passphrase = proposePassphrase(
          PASSPHRASE_WORDS,
          (below) => (stream.next().value as number) % below,
        );
        expect(unmetRules(passphrase, 'claire')).toEqual([]);
        expect(passphrase.split('-')).toHaveLength(8);
      }),
    );
    expect(7 * Math.log2(PASSPHRASE_WORDS.length) + Math.log2(10)).toBeGreaterThan(80);
  });

  test('counts as strong in the estimate too', () => {
    expect(strengthOf('Acajou-brume-cigale-tiroir-violon-lampe-moulin-4').strength).toBe('strong');
  });
});
