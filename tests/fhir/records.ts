/** Random records: every section, every field, with what people and other programs really write. */
import { sha256 } from '#lib/crypto/hash.ts';
import type { Entry, FieldValue, SectionId } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import type { ExportedRecord } from '#lib/exchange/fhir/write.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import type { FieldDefinition } from '#lib/record/section.ts';
import { validateEntry } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { documentCategories } from '#lib/record/sections/documents.ts';
import { statementId, statements } from '#lib/record/sections/statements.ts';
import type { SeededRandom } from '../helpers/tools/random.ts';

export const NOW = Date.UTC(2026, 10, 23, 10, 30);
export const TODAY = { y: 2026, m: 11, d: 23 };

const WORDS = [
  ...[
    'Asthme',
    'Œdème',
    'l’hiver',
    '“guillemets”',
    '<script>alert(1)</script>',
    'A & B',
    '3 < 5',
    '日本',
    '😀',
  ],
  ...[
    'Ça va',
    '100 %',
    'null',
    '__proto__',
    '{"a":1}',
    'Dr Lefèvre',
    "d'un",
    'x'.repeat(40),
    '- -',
    '/',
    '0',
  ],
];

const text = (random: SeededRandom, max: number): string =>
  Array.from({ length: 1 + random.int(4) }, () => random.pick(WORDS))
    .join(' ')
    .slice(0, max)
    .trim();

const id = (random: SeededRandom): string => Buffer.from(random(16)).toString('base64url');
const two = (n: number): string => String(n).padStart(2, '0');

function date(random: SeededRandom): string {
  const year = String(1920 + random.int(106));
  const precision = random.int(3);
  if (precision === 0) return year;
  const month = `${year}-${two(1 + random.int(12))}`;
  return precision === 1 ? month : `${month}-${two(1 + random.int(28))}`;
}

function value(random: SeededRandom, field: FieldDefinition, documents: readonly string[]): FieldValue {
  if (field.required !== true && random.chance(0.4)) return null;
  switch (field.kind) {
    case 'text':
      return text(random, field.max);
    case 'longtext':
      return random.chance(0.5) ? text(random, field.max) : `${text(random, 40)}\n\n${text(random, 40)}`;
    case 'date':
      return date(random);
    case 'time':
      return `${two(random.int(24))}:${two(random.int(60))}`;
    case 'choice':
      return field.many ? field.values.filter(() => random.chance(0.4)) : random.pick(field.values);
    case 'flag':
      return random.chance(0.5);
    case 'number': {
      const high = Math.min(field.max, field.min + 300);
      const number = field.min + random.fraction() * (high - field.min);
      return field.integer ? Math.round(number) : Number(number.toFixed(random.int(3)));
    }
    case 'reference': {
      const linked = documents.filter(() => random.chance(0.3));
      return field.many ? linked : (linked[0] ?? null);
    }
    case 'bytes':
      return null;
  }
}

function entry(
  random: SeededRandom,
  section: ProfileSection,
  documents: readonly string[],
): Entry | undefined {
  const raw = Object.fromEntries(
    section.fields.map((field) => [field.name, value(random, field, documents)]),
  );
  const checked = validateEntry(section, raw, TODAY, 'given');
  return checked.ok
    ? {
        id: section.immutable ? immutableId(section.id, checked.fields, sha256) : id(random),
        ...{ section: section.id, fields: { ...checked.fields }, createdAt: NOW, updatedAt: NOW },
      }
    : undefined;
}

export function randomRecord(random: SeededRandom, most = 4): ExportedRecord {
  const documents = Array.from({ length: random.int(4) }, () => ({
    id: id(random),
    name: text(random, 50),
    category: random.pick(documentCategories),
    date: date(random),
    mime: random.pick(['application/pdf', 'image/jpeg']),
    size: 1 + random.int(4_999_999),
  }));
  const ids = documents.map((document) => document.id).sort();
  const entries: Record<SectionId, readonly Entry[]> = {};
  const declared: Entry[] = [];
  for (const section of healthSections) {
    const some = Array.from({ length: random.int(most) }, () => entry(random, section, ids));
    entries[section.id] = some.filter((one) => one !== undefined);
    if (entries[section.id]!.length > 0 || !section.none || random.chance(0.5)) continue;
    declared.push({
      ...{ id: statementId(section.id), section: statements.id, createdAt: NOW, updatedAt: NOW },
      fields: { section: section.id, date: date(random) },
    });
  }
  return {
    owner: {
      firstName: text(random, 40),
      lastName: text(random, 40),
      birthDate: '1980-02-29',
      sex: random.pick(['female', 'male', null] as const),
    },
    entries: { ...entries, [statements.id]: declared },
    documents,
  };
}
