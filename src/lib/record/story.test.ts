import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { fixedEntryId } from './profile-section.ts';
import type { Fields } from './section.ts';
import { profileSections } from './sections.ts';
import { filterStory, storyOf, type StorySource, yearsOf } from './story.ts';

const french = ({ fr }: { fr: string }): string => fr;
const entry = (section: string, name: string, fields: Fields): Entry => ({
  id: fixedEntryId(name),
  ...{ section, fields: { name, ...fields }, createdAt: 1, updatedAt: 1 },
});
const told = (source: Partial<StorySource>) =>
  storyOf({ sections: profileSections, entries: {}, documents: [], ...source }, french);
const lines = (source: Partial<StorySource>) =>
  told(source).map(({ date, name, edge }) => `${date.y}-${date.m ?? ''} ${name} ${edge}`);

const asthma = entry('conditions', 'Asthme', { start: '1996', ongoing: true, end: null });
const wrist = entry('conditions', 'Poignet', { start: '2014-07-13', ongoing: false, end: '2014-09' });
const flu = entry('vaccinations', 'Grippe', { start: '2025-10-21' });
const scan = { id: fixedEntryId('scan'), name: 'Œil, scanner', date: '2014-08' };
const entries = {
  conditions: [asthma, wrist],
  vaccinations: [flu],
  allergies: [entry('allergies', 'Pollen', {})],
};

test('MED-55e: everything that has a date is told once, newest first; a period with its beginning and its end', () => {
  expect(lines({ entries, documents: [scan] })).toEqual([
    '2025-10 Grippe once',
    '2014-9 Poignet end',
    '2014-8 Œil, scanner once',
    '2014-7 Poignet start',
    '1996- Asthme start',
  ]);
});

test('MED-55e: by kind, by year and by word, whatever its accents', () => {
  const all = told({ entries, documents: [scan] });
  const names = (filter: Partial<Parameters<typeof filterStory>[1]>) =>
    filterStory(all, { section: '', year: '', query: '', ...filter }).map(({ name }) => name);
  expect(names({ section: 'conditions' })).toEqual(['Poignet', 'Poignet', 'Asthme']);
  expect(names({ year: '2014', section: 'documents' })).toEqual(['Œil, scanner']);
  expect(names({ query: ' OEIL' })).toEqual(['Œil, scanner']);
  expect(names({ query: 'Œil\u200b,\u00a0scan' })).toEqual(['Œil, scanner']);
  expect(names({ query: 'rien de tel' })).toEqual([]);
});

test('MED-55e: what was measured is told among the rest, and leads to the page of its measure', () => {
  const weighed = {
    entry: fixedEntryId('weight'),
    date: { y: 2020, m: 3 },
    name: 'Poids : 72 kg',
    page: 'poids',
  };
  expect(told({ entries, measured: [weighed] }).slice(0, 2)).toEqual([
    expect.objectContaining({ name: 'Grippe' }),
    { ...weighed, section: 'measures', edge: 'once' },
  ]);
});

test('MED-55c: a habit is told with its topic, which a list says above it', () => {
  const stopped = { ...entry('habits', 'h', { start: '2019', topic: 'tobacco', answer: 'arrêt' }) };
  expect(lines({ entries: { habits: [stopped] } })).toEqual(['2019- Tabac : arrêt once']);
});

test('an end that stands beside "en cours", or a date that is none, is not told', () => {
  const odd = entry('treatments', 'X', { start: 'hier', ongoing: true, end: '2015' });
  expect(lines({ entries: { treatments: [odd] } })).toEqual([]);
});

test('MED-55e: years hold all moments, each once, in falling order, in whatever order the entries came', () => {
  const date = fc.constantFrom('1996', '2014', '2014-07', '2014-07-13', '2026-01-01');
  fc.assert(
    fc.property(fc.array(date, { maxLength: 12 }), fc.integer(), (dates, turn) => {
      const all = dates.map((start, i) => entry('vaccinations', `v${i}`, { start }));
      const turned = all.map((_, i) => all[(i + Math.abs(turn)) % all.length] as Entry);
      const story = told({ entries: { vaccinations: all } });
      expect(told({ entries: { vaccinations: turned } })).toEqual(story);
      const years = yearsOf(story);
      expect(years.flatMap(({ moments }) => moments)).toEqual(story);
      expect(years.map(({ year }) => year)).toEqual(
        [...new Set(dates.map((d) => Number(d.slice(0, 4))))].sort((a, b) => b - a),
      );
    }),
  );
});
