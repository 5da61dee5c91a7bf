import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkIdentifiant } from './identifiant.ts';
import { checkNir, groupNir, nirKey, nirLength } from './nir.ts';
import { checkCode, groupCode } from './typed-code.ts';
import { checkVitaleSerial } from './vitale.ts';

describe('social security numbers', () => {
  test('ACT-07: a number with its key passes, as printed with spaces', () => {
    expect(checkNir('1 85 05 78 006 084 91')).toEqual({ ok: true, nir: '185057800608491' });
  });

  test('ACT-07: Corsica, 2A and 2B, in either case', () => {
    for (const first of ['269052A004081', '269052B004081']) {
      const nir = first + nirKey(first);
      expect(checkNir(nir.toLowerCase())).toEqual({ ok: true, nir });
    }
    expect(nirKey('269052A004081')).not.toBe(nirKey('269052B004081'));
  });

  test('ACT-07: a temporary number and an incomplete civil status are numbers that people have', () => {
    for (const first of ['785057800608' + '4', '185207800608' + '4', '299509900608' + '4']) {
      expect(checkNir(first + nirKey(first)).ok).toBe(true);
    }
  });

  test('ACT-07: one wrong digit is noticed, whichever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const right = '185057800608491';
        const wrong = right.slice(0, at) + String((Number(right[at]) + by) % 10) + right.slice(at + 1);
        expect(checkNir(wrong).ok).toBe(false);
      }),
    );
  });

  test('ACT-07: thirteen characters without the key are too short, and letters elsewhere are named', () => {
    expect(checkNir('1850578006084')).toEqual({ ok: false, problem: 'length' });
    expect(checkNir('18505780060849A')).toEqual({ ok: false, problem: 'characters' });
    expect(checkNir('185057800608492')).toEqual({ ok: false, problem: 'key' });
  });

  test('the printed groups are shown while one types', () => {
    expect(groupNir('185057800608491')).toBe('1 85 05 78 006 084 91');
    expect(groupNir('18505')).toBe('1 85 05');
  });

  test('ACT-07: a number is read as it is copied from a letter, with its label and unseen signs', () => {
    for (const typed of [
      'NIR : 185057800608491',
      'N° sécu : 1 85 05 78 006 084 91',
      '\u200e185057800608491\u200e',
      '1\u201185\u201105\u201178\u2011006\u2011084\u201191',
      '1–85–05–78–006–084–91',
      '1\u200b85\u200b05\u200b78 006 084 91\ufeff',
    ]) {
      expect(checkNir(typed), typed).toEqual({ ok: true, nir: '185057800608491' });
      expect(groupNir(typed), typed).toBe('1 85 05 78 006 084 91');
    }
  });

  test('ACT-07: grouping while Claire types loses no sign: what is no number yet stays as typed', () => {
    expect(groupNir('N')).toBe('N');
    expect(groupNir('NIR : 1')).toBe('1');
    expect(groupNir('18505780060849122')).toBe('18505780060849122');
    expect(groupNir('18505780O')).toBe('18505780O');
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9AB :NIR°.\u200b\u2011-]{0,25}$/)),
        (typed) => {
          expect(groupNir(typed).replace(/\D/g, '')).toBe(typed.replace(/\D/g, ''));
          expect(checkNir(groupNir(typed))).toEqual(checkNir(typed));
          expect(nirLength(groupNir(typed))).toBe(nirLength(typed));
        },
      ),
    );
  });
});

describe('carte Vitale serials', () => {
  test('ACT-08: with a photo, the eleven digits, or all twenty-one as printed', () => {
    expect(checkVitaleSerial('with-photo', '123 456 789 01')).toEqual({ ok: true, serial: '12345678901' });
    expect(checkVitaleSerial('with-photo', '8025000002 12345678901')).toEqual({
      ok: true,
      serial: '12345678901',
    });
    expect(checkVitaleSerial('with-photo', '1234567890')).toEqual({ ok: false, problem: 'length' });
  });

  test('ACT-06 ACT-08: without a photo, eight to thirteen digits', () => {
    expect(checkVitaleSerial('without-photo', '12345678').ok).toBe(true);
    expect(checkVitaleSerial('without-photo', '1234567890123').ok).toBe(true);
    expect(checkVitaleSerial('without-photo', '1234567')).toEqual({ ok: false, problem: 'length' });
    expect(checkVitaleSerial('without-photo', '1234567B')).toEqual({ ok: false, problem: 'characters' });
    expect(checkVitaleSerial('without-photo', ' ')).toEqual({ ok: false, problem: 'empty' });
  });

  test('ACT-08: a serial with its label, any dash and unseen signs is the serial', () => {
    for (const typed of [
      'N° de série : 123 456 789 01',
      '123–456–789–01',
      '123\u2011456\u2011789\u201101',
      '\u200e123\u00ad456\u200b78901',
      'Carte Vitale n° 8025000002\u202f12345678901',
    ])
      expect(checkVitaleSerial('with-photo', typed), typed).toEqual({ ok: true, serial: '12345678901' });
  });
});

describe('typed codes', () => {
  test('ACT-05: a code is read with or without dashes, in any case, and with letters that look like digits', () => {
    expect(checkCode('abcd-efgh jkmn–pqrs')).toEqual({ ok: true, code: 'ABCDEFGHJKMNPQRS' });
    expect(checkCode('oooo-iiii-llll-0123')).toEqual({ ok: true, code: '0000111111110123' });
  });

  test('ACT-05: a code is read as it is copied from a letter, with its label and unseen signs', () => {
    for (const typed of [
      'Code : ABCD-EFGH-JKMN-PQRS',
      'ABCD\u2011EFGH\u2011JKMN\u2011PQRS',
      '\u200eABCD\u200bEFGH JKMN−PQRS.',
    ]) {
      expect(checkCode(typed), typed).toEqual({ ok: true, code: 'ABCDEFGHJKMNPQRS' });
      expect(groupCode(typed), typed).toBe('ABCD-EFGH-JKMN-PQRS');
    }
  });

  test('ACT-05: a character that no code has, and a code that is too short, are told apart', () => {
    expect(checkCode('UBCD-EFGH-JKMN-PQRS')).toEqual({ ok: false, problem: 'characters' });
    expect(checkCode('ABCD-EFGH')).toEqual({ ok: false, problem: 'length' });
    expect(checkCode(' - ')).toEqual({ ok: false, problem: 'empty' });
  });

  test('ACT-05: grouping what is being typed loses nothing', () => {
    expect(groupCode('abcde')).toBe('ABCD-E');
    fc.assert(
      fc.property(fc.string(), (typed) => {
        expect(checkCode(groupCode(typed))).toEqual(checkCode(typed));
      }),
    );
  });
});

describe('identifiants', () => {
  test('ACT-18: free, but of characters that every keyboard has; case does not count', () => {
    expect(checkIdentifiant(' Claire.Martin ')).toEqual({ ok: true, identifiant: 'claire.martin' });
    expect(checkIdentifiant('claire')).toEqual({ ok: false, problem: 'length' });
    expect(checkIdentifiant('clairemartin\u212a')).toEqual({ ok: false, problem: 'characters' });
    expect(checkIdentifiant('claire martin')).toEqual({ ok: false, problem: 'characters' });
    expect(checkIdentifiant('\u200eclaire\u2011martin\u200b')).toEqual({
      ok: true,
      identifiant: 'claire-martin',
    });
  });
});
