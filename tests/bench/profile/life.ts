/**
 * Ten years of a chronic patient: 20 000 measures and 2 000 entries over the sections, from a seed. Measures come twenty to
 * an action, as a device gives them.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Edit } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import type { Fields } from '#lib/record/section.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { seededRandom } from '../../helpers/tools/random.ts';

export const MEASURES = 20_000;
export const ENTRIES = 2_000;
const YEARS = 10;
const AT_ONCE = 20;
const DAY = 86_400_000;
const FIRST = Date.UTC(2016, 10, 23);

type Random = ReturnType<typeof seededRandom>;

const dayOf = (share: number): string =>
  new Date(FIRST + share * YEARS * 365 * DAY).toISOString().slice(0, 10);

function measureOf(n: number, random: Random): Fields {
  const noise = (size: number): number => (random(1)[0]! / 255 - 0.5) * size;
  const date = dayOf(n / MEASURES);
  const time = `${String(6 + (n % 16)).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'}`;
  const slow = Math.sin(n / 900) * 4;
  switch (n % 10) {
    case 0:
    case 1:
      return {
        kind: 'pressure',
        date,
        time,
        value: Math.round(134 + slow + noise(24)),
        second: Math.round(82 + noise(14)),
      };
    case 2:
      return { kind: 'weight', date, time, value: Math.round((76 + slow + noise(1)) * 10) / 10 };
    case 3:
      return { kind: 'heart-rate', date, time, value: Math.round(72 + noise(20)) };
    case 4:
      return { kind: 'steps', date, value: Math.round(6000 + noise(5000)) };
    default:
      return { kind: 'glucose', date, time, value: Math.round(128 + 3 * slow + noise(70)) };
  }
}

const WORDS = [
  'Suivi',
  'Contrôle',
  'Bilan',
  'Douleur du genou',
  'Rhinite',
  'Consultation',
  'Renouvellement',
  'Éruption',
];

function entryOf(n: number, random: Random): { section: string; fields: Fields } {
  const start = dayOf(n / ENTRIES);
  const name = `${random.pick(WORDS)} ${n}`;
  const comment = `${random.pick(WORDS)}, ${random.pick(WORDS).toLowerCase()}, vu avec le médecin traitant (${n}).`;
  const section = random.pick([
    'conditions',
    'treatments',
    'hospital-stays',
    'vaccinations',
    'allergies',
    'habits',
    'professionals',
  ]);
  const common = { name, comment };
  switch (section) {
    case 'treatments':
      return {
        section,
        fields: { ...common, start, ongoing: n % 5 === 0, dosage: '1 comprimé matin et soir.' },
      };
    case 'conditions':
      return { section, fields: { ...common, start, ongoing: n % 4 === 0 } };
    case 'habits':
      return { section, fields: { topic: 'activity', answer: name, start, comment } };
    case 'allergies':
      return { section, fields: common };
    case 'professionals':
      return { section, fields: { name, profession: 'Médecin' } };
    default:
      return { section, fields: { ...common, start } };
  }
}

/** @param count how many measures; entries in proportion */
export function* lifeOf(count: number): Generator<readonly Edit[]> {
  const random = seededRandom(count);
  const put = (section: string, fields: Fields): Edit => ({
    ...{ type: 'put', section, id: toBase64url(random(16)), fields },
  });
  const measure = (fields: Fields): Edit => ({
    ...{ type: 'put', section: measures.id, id: immutableId(measures.id, fields, sha256), fields },
  });
  for (let n = 0; n < (count / MEASURES) * ENTRIES; n += 1) {
    const { section, fields } = entryOf(n, random);
    yield [put(section, fields)];
  }
  for (let n = 0; n < count; n += AT_ONCE)
    yield Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, i) => measure(measureOf(n + i, random)));
}
