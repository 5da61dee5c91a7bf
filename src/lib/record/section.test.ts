import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { changedFields, type Fields, isEntryId, mergeFields, readFields, validateEntry } from './section.ts';
import { checkEdit, PROFILE, sectionDefinition } from './sections.ts';
import { epochKeys } from './sections/account.ts';
import { allergies } from './sections/allergies.ts';
import { documentFileName, documents, proposedName } from './sections/documents.ts';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';

const now = { y: 2026, m: 11, d: 23 };
const ID = 'c2FtcGxlLWVudHJ5LTAxMg'; // 16 bytes
const BYTES32 = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

const document: Fields = {
  name: 'Radio du poignet',
  category: 'imaging',
  date: '2026-03',
  mime: 'application/pdf',
  size: 1_200_000,
  blob: BYTES32,
  key: BYTES32,
  root: BYTES32,
  topic: BYTES32,
  chunks: 20,
  length: 1_200_000,
};

describe('sections of the record', () => {
  test('MED-02: the medical profile has the thirteen sections of the guide', () => {
    expect(PROFILE.map(({ title }) => title.fr)).toEqual([
      'Maladies et sujets de santé',
      'Traitements',
      'Hospitalisations et chirurgies',
      'Antécédents familiaux',
      'Allergies',
      'Vaccinations',
      'Handicaps',
      'Habitudes de vie',
      'Mesures',
      'Professionnels de santé',
      'Entourage et volontés',
      'Mon histoire de santé',
      'Pièces administratives',
    ]);
  });

  test('MED-23 MED-24: an allergy needs a name; more information is optional', () => {
    expect(validateEntry(allergies, { name: '  Arachide ' }, now)).toEqual({
      ok: true,
      fields: { name: 'Arachide', comment: null },
    });
    expect(validateEntry(allergies, { name: '  ', comment: 'urticaire' }, now)).toEqual({
      ok: false,
      problems: [{ field: 'name', problem: 'required' }],
    });
  });

  test('MED-24: more information is limited to 3000 characters', () => {
    const problems = [{ field: 'comment', problem: 'too-long' }];
    expect(validateEntry(allergies, { name: 'Pollen', comment: 'a'.repeat(3001) }, now)).toEqual({
      ok: false,
      problems,
    });
    expect(validateEntry(allergies, { name: 'Pollen', comment: 'a'.repeat(3000) }, now).ok).toBe(true);
  });

  test('DOC-12 DOC-13: a document has a name of at most 50 characters and a category of the list', () => {
    expect(validateEntry(documents, document, now).ok).toBe(true);
    expect(validateEntry(documents, { ...document, name: 'a'.repeat(51), category: 'letters' }, now)).toEqual(
      {
        ok: false,
        problems: [
          { field: 'name', problem: 'too-long' },
          { field: 'category', problem: 'not-a-choice' },
        ],
      },
    );
  });

  test('DOC-08 DOC-11: a document over 5 000 000 bytes or dated tomorrow is refused', () => {
    expect(validateEntry(documents, { ...document, size: 50_000_001, date: '2026-11-24' }, now)).toEqual({
      ok: false,
      problems: [
        { field: 'date', problem: 'in-future' },
        { field: 'size', problem: 'out-of-range' },
      ],
    });
  });

  test('DOC-12: the proposed name is the file name, readable and without its ending', () => {
    expect(proposedName('compte_rendu__IRM genou.final.pdf')).toBe('compte rendu IRM genou.final');
    expect(proposedName(`${'x'.repeat(80)}.jpg`)).toHaveLength(50);
    const long = 'Lettre de sortie de la clinique des Tilleuls 4';
    expect(proposedName(`${long} 😀😀.pdf`)).toBe(`${long} 😀`);
    expect(proposedName(`${long}  👩\u200d👩\u200d👧.pdf`)).toBe(long);
    expect(proposedName('\u200b\ufeff.pdf')).toBe('');
  });

  test('DOC-12: a name has something to see', () => {
    for (const name of ['\u200b', ' \u00ad', '\u0301', '\u3164', '\u2800 '])
      expect(validateEntry(allergies, { name }, now)).toMatchObject({
        problems: expect.arrayContaining([{ field: 'name', problem: 'required' }]) as unknown,
      });
  });

  test('DOC-26: a download gets a file name that no file system misreads', () => {
    expect(documentFileName('../Bilan 12/03: "fer"', 'application/pdf')).toBe('-Bilan 12-03- -fer-.pdf');
    expect(documentFileName('...', 'image/jpeg')).toBe('document.jpg');
  });

  test('keys and hashes are exactly as long as they must be', () => {
    const keys = { space: BYTES32, epoch: 0, key: BYTES32 };
    expect(validateEntry(epochKeys, keys, now).ok).toBe(true);
    for (const key of [`${BYTES32}A`, BYTES32.slice(1), `${BYTES32.slice(0, -1)}9`, '=', 'é'.repeat(43)]) {
      expect(validateEntry(epochKeys, { ...keys, key }, now)).toEqual({
        ok: false,
        problems: [{ field: 'key', problem: 'malformed' }],
      });
    }
  });

  test('B11: a field called __proto__, constructor or toString is refused and reaches no prototype', () => {
    const hostile = JSON.parse(
      '{"name":"Pollen","__proto__":{"polluted":true},"constructor":"x","toString":"y"}',
    ) as Fields;
    const checked = validateEntry(allergies, hostile, now);
    expect(checked).toEqual({
      ok: false,
      problems: ['__proto__', 'constructor', 'toString'].map((field) => ({
        field,
        problem: 'unknown-field',
      })),
    });
    const read = readFields(allergies, hostile);
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.keys(read)).toEqual(['name', 'comment']);
    expect(Object.getPrototypeOf(mergeFields(allergies, hostile, hostile))).toBeNull();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('B11: whatever another device wrote, reading gives the fields of the definition or nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (raw) => {
        const fields = readFields(documents, raw as unknown as Fields);
        expect(Object.keys(fields)).toEqual(documents.fields.map(({ name }) => name));
        expect(readFields(documents, fields)).toEqual(fields);
      }),
    );
  });

  test('what was valid once stays readable after its date would have been refused', () => {
    expect(readFields(documents, { ...document, date: '2099-01-01' })['date']).toBe('2099-01-01');
  });
});

describe('edits', () => {
  const entry: Entry = {
    id: ID,
    section: 'allergies',
    fields: { name: 'Pollen', comment: 'au printemps' },
    createdAt: 1,
    updatedAt: 1,
  };

  const entries = new Map([[ID, entry]]);

  test('a change of one field writes one field, so that another device may change the other', () => {
    const fields = changedFields(entry.fields, { name: 'Pollens', comment: 'au printemps' });
    expect(fields).toEqual({ name: 'Pollens' });
    expect(checkEdit({ type: 'put', section: 'allergies', id: ID, fields }, entries, now, sha256)).toEqual({
      ok: true,
      edit: { type: 'put', section: 'allergies', id: ID, fields: { name: 'Pollens' } },
    });
  });

  test('MED-14 R21: a form that was open while another device linked a document leaves that link standing', () => {
    const [old, theirs, mine] = ['old', 'theirs', 'mine'] as const;
    const before = { documents: [old] };
    const live = { documents: [old, theirs] };
    expect(changedFields(before, { documents: [old, mine] }, live)).toEqual({
      documents: [old, theirs, mine],
    });
    expect(changedFields(before, { documents: null }, live)).toEqual({ documents: [theirs] });
    expect(changedFields(before, { documents: [old] }, live)).toEqual({});
    expect(changedFields(before, { documents: null })).toEqual({ documents: null });
  });

  test('R21: what another device wrote while the form was open is not written over by what stood there before', () => {
    const before = { name: 'Asthme', comment: 'léger' };
    const live = { name: 'Asthme', comment: 'grave' };
    expect(changedFields(before, { name: 'Asthme sévère', comment: 'léger' }, live)).toEqual({
      name: 'Asthme sévère',
    });
  });

  test('a change is judged together with what stands already: clearing a required name is refused', () => {
    const edit = { type: 'put', section: 'allergies', id: ID, fields: { name: '' } } as const;
    expect(checkEdit(edit, entries, now, sha256)).toEqual({
      ok: false,
      problems: [{ field: 'name', problem: 'required' }],
    });
  });

  test('an unknown section and an id that is not 16 bytes are refused', () => {
    expect(checkEdit({ type: 'delete', section: '__proto__', id: ID }, undefined, now, sha256).ok).toBe(
      false,
    );
    expect(checkEdit({ type: 'delete', section: 'allergies', id: 'x' }, undefined, now, sha256).ok).toBe(
      false,
    );
    expect(isEntryId('c2FtcGxlLWVudHJ5LTAxMh')).toBe(false); // not canonical
    expect(sectionDefinition('toString')).toBeUndefined();
  });
});
