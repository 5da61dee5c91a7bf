/** Any record that the sections allow, as fast-check makes them. */
import fc from 'fast-check';
import type { Entry, FieldValue } from '#lib/record/entry.ts';
import { measuredByKind, summarise } from '#lib/record/measures.ts';
import { fixedEntryId, type ProfileSection } from '#lib/record/profile-section.ts';
import { type FieldDefinition, type Fields, validateEntry } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { measures } from '#lib/record/sections/measures.ts';
import type { RecordView } from '#lib/vault/door/door.ts';

const TODAY = { y: 2026, m: 11, d: 23 };
const BIRTH_DATE = '1985-05-12';

/** What people type, and what they might: accents, long words, signs, several lines. */
const piece = fc.oneof(
  fc.constantFrom(
    'Œdème',
    'fièvre',
    '39 °C',
    '≥ 2',
    'Łukasz',
    '😀',
    '👩‍⚕️',
    '中文',
    'a-b',
    '\n',
    'É',
    'ﬁn',
    'ﷺ',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.integer({ min: 20, max: 120 }).map((length) => 'x'.repeat(length)),
);

function anyText(max: number): fc.Arbitrary<string> {
  return fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map((pieces) => pieces.join(' ').slice(0, max).toWellFormed());
}

function anyDate(): fc.Arbitrary<string> {
  const two = (n: number): string => String(n).padStart(2, '0');
  return fc
    .tuple(
      fc.integer({ min: 1900, max: 2025 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
    )
    .chain(([y, m, d]) => fc.constantFrom(`${y}`, `${y}-${two(m)}`, `${y}-${two(m)}-${two(d)}`));
}

function anyValue(field: FieldDefinition): fc.Arbitrary<FieldValue> {
  switch (field.kind) {
    case 'text':
    case 'longtext':
      return anyText(field.max);
    case 'date':
      return anyDate();
    case 'choice':
      return field.many
        ? fc.subarray([...field.values], { minLength: 1 })
        : fc.constantFrom<FieldValue>(...field.values);
    case 'flag':
      return fc.boolean();
    case 'number':
      return fc.integer({ min: Math.ceil(field.min), max: Math.floor(field.max) });
    case 'time':
      return fc.constantFrom('08:15', '23:59');
    case 'reference':
    case 'bytes':
      return fc.constant(null);
  }
}

/** Those that would be written: what is refused is not made. */
export function anyFields(section: ProfileSection): fc.Arbitrary<Fields> {
  const values = section.fields.map((field) => {
    const value = anyValue(field);
    return [field.name, field.required ? value : fc.option(value)] as const;
  });
  return fc
    .record(Object.fromEntries(values))
    .map((fields) => validateEntry(section, fields, TODAY))
    .filter((checked) => checked.ok)
    .map((checked) => checked.fields);
}

export function anyRecord(perSection = 4): fc.Arbitrary<RecordView> {
  const sections = healthSections.map(
    (section) => [section.id, fc.array(anyFields(section), { maxLength: perSection })] as const,
  );
  return fc.record(Object.fromEntries(sections)).map(recordOf);
}

/** A record of these entries and no others. */
export function recordOf(fields: Readonly<Record<string, readonly Fields[]>>): RecordView {
  const entries = Object.fromEntries(
    Object.entries(fields).map(([section, all]) => [
      section,
      all.map((one, index) => entryOf(section, index, one)),
    ]),
  );
  const measured = measuredByKind(entries[measures.id] ?? [], BIRTH_DATE);
  return {
    owner: { firstName: 'Claire', lastName: 'Martin', birthDate: BIRTH_DATE, sex: 'female' },
    opening: null,
    guardians: [],
    entries: { ...entries, [measures.id]: [] },
    measures: summarise(measured),
    documents: [],
    conflicts: [],
    editable: true,
  };
}

function entryOf(section: string, index: number, fields: Fields): Entry {
  const id = fixedEntryId(`${section.slice(0, 10)}${index}`);
  return { id, section, fields, createdAt: 1, updatedAt: 1 };
}
