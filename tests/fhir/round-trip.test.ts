/** The record as a patient summary and back: nothing of it is lost, and nothing of it is new. */
import { describe, expect, test } from 'vitest';
import { DISPUTED, exportBundle } from '#lib/exchange/fhir/write.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import { fhirMappings } from '#lib/record/fhir-mappings.ts';
import { fixedEntryId } from '#lib/record/profile-section.ts';
import { healthSections, profileSections } from '#lib/record/sections.ts';
import { statements } from '#lib/record/sections/statements.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { plan, said } from './reading.ts';
import { NOW, randomRecord } from './records.ts';
import { faultsOf } from './validators.ts';

const UUID = '7d5f9a52-1c3b-4f7e-9a51-0d8f2b6c4e10';
const settings = { now: NOW, uuid: UUID, language: 'fr' } as const;
const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

type Written = {
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Record<string, unknown> }[];
};

describe('the round trip', () => {
  test('MED-03 MED-55: whatever a record holds, every entry comes back from its summary with every field and its own id', async () => {
    for (const seed of SEEDS) {
      const record = randomRecord(seededRandom(seed));
      const bundle = exportBundle(healthSections, record, settings);
      const read = await plan(bundle);
      const before = healthSections.flatMap(({ id }) => record.entries[id] ?? []);
      const after = new Map(
        read.entries.map((entry) => [`${entry.section} ${entry.id}`, said(entry.fields)]),
      );
      expect(after.size, `seed ${seed}`).toBe(before.length);
      for (const { id, section, fields } of before)
        expect(after.get(`${section} ${id}`), `seed ${seed} ${section}`).toEqual(said(fields));
      expect(
        read.entries.flatMap(({ left }) => left),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  test('MED-06: "je déclare ne pas avoir…" comes back with its day, and only where it was declared', async () => {
    let declarations = 0;
    for (const seed of SEEDS) {
      const record = randomRecord(seededRandom(`declared ${seed}`), 2);
      const { declared } = await plan(exportBundle(healthSections, record, settings));
      const before = (record.entries[statements.id] ?? []).map(({ fields }) => fields);
      expect(new Set(declared.map(({ section, date }) => `${section} ${date}`)), `seed ${seed}`).toEqual(
        new Set(before.map(({ section, date }) => `${String(section)} ${String(date)}`)),
      );
      declarations += declared.length;
    }
    expect(declarations).toBeGreaterThan(SEEDS.length);
  });

  test('the same record, moment and id give the same bytes', () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const write = () =>
        JSON.stringify(exportBundle(healthSections, randomRecord(seededRandom(seed)), settings));
      expect(write()).toBe(write());
    }
  });

  test('every reference leads to a resource of the bundle, and no key of a document leaves the record', () => {
    for (const seed of SEEDS) {
      const record = randomRecord(seededRandom(seed));
      const [first] = Object.values(record.entries).flat();
      const gone = 'AAAAAAAAAAAAAAAAAAAAAQ';
      const linked = { ...record, entries: { ...record.entries } };
      if (
        first &&
        healthSections.some(
          ({ id, fields }) => id === first.section && fields.some(({ name }) => name === 'documents'),
        )
      )
        linked.entries[first.section] = [{ ...first, fields: { ...first.fields, documents: [gone] } }];
      const bundle = exportBundle(healthSections, linked, settings);
      const text = JSON.stringify(bundle);
      const urls = new Set((bundle as unknown as Written).entry.map(({ fullUrl }) => fullUrl));
      for (const [, url] of text.matchAll(/"reference":"([^"]+)"/g)) expect(urls).toContain(url);
      expect(urls.size).toBe((bundle as unknown as Written).entry.length);
    }
  });

  test('what is written in a field is text in the narrative, never a mark of it', () => {
    for (const seed of SEEDS) {
      const bundle = exportBundle(healthSections, randomRecord(seededRandom(`narrative ${seed}`)), settings);
      for (const [, div] of JSON.stringify(bundle).matchAll(/"div":"((?:[^"\\]|\\.)*)"/g)) {
        const html = JSON.parse(`"${div}"`) as string;
        expect(html.replace(/<\/?(div|ul|li|b|br|p)( [a-z:]+="[^"<>]*")*\/?>/g, '')).not.toMatch(/[<>]/);
        expect(html).toMatch(/^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml" lang="fr" xml:lang="fr">/);
      }
    }
  });

  test('every section that says it is health data is written in a resource that others know', () => {
    const mapped = new Set(fhirMappings.map(({ section }) => section));
    const known = profileSections.filter(({ fhir }) => fhir !== null);
    expect(known.map(({ id }) => id).filter((id) => !mapped.has(id))).toEqual([]);
  });
});

describe('what two devices said apart', () => {
  const dispute = 'Posologie : « 75 µg » ou « 100 µg »';
  const bare = { entries: {}, documents: [], owner: randomRecord(seededRandom(1)).owner };
  const one = (section: string, fields: Record<string, FieldValue>) => ({
    ...{ id: fixedEntryId(section), section, fields, createdAt: 1, updatedAt: 1 },
  });
  const dose = one('treatments', { name: 'Lévothyrox', start: '2019', ongoing: true, dosage: '75 µg' });
  const swapped = one('conditions', { name: 'Fracture', start: '2022', ongoing: false, end: '2020' });
  const both = one('treatments', { name: 'Zyrtec', start: '2019', ongoing: true, end: '2020' });
  const limits = one('targets', { kind: 'weight', low: 80, high: 70 });
  const jeanne = one('relatives', { kind: 'trusted', firstName: 'Jeanne', lastName: 'Martin' });
  const write = (...entries: readonly ReturnType<typeof one>[]) =>
    exportBundle(
      healthSections,
      {
        ...bare,
        entries: Object.fromEntries(entries.map((entry) => [entry.section, [entry]])),
        disputes: Object.fromEntries(entries.map(({ id }) => [id, [dispute]])),
      },
      settings,
    );

  test('R21 MED-55: the resource is tagged and says both values, in its extension, its remark and the words of its section', () => {
    for (const entry of [dose, jeanne]) {
      const bundle = write(entry) as unknown as Written;
      const resources = bundle.entry.map(({ resource }) => resource);
      const tagged = resources.filter(({ meta }) => JSON.stringify(meta)?.includes('"disputed"'));
      expect(tagged).toHaveLength(1);
      expect(tagged[0]?.['extension']).toContainEqual({ url: DISPUTED, valueString: dispute });
      expect(JSON.stringify(resources[0])).toContain(dispute);
    }
    const treatment = (write(dose) as unknown as Written).entry.at(-1)?.resource;
    expect(treatment?.['note']).toEqual([{ text: `À choisir – ${dispute}` }]);
  });

  test('R21 MED-55: a carnet into which it is read still says that it was in dispute', async () => {
    for (const entry of [dose, jeanne, swapped]) {
      const [read] = (await plan(write(entry))).entries;
      expect(read?.fields['comment']).toBe(`À choisir – ${dispute}`);
    }
  });

  test('R21 MED-55: dates and limits that cannot be so are kept beside, so that the file is sound, and are read as left out', async () => {
    for (const entry of [swapped, both, limits]) {
      const bundle = write(entry);
      expect(faultsOf(structuredClone(bundle) as never)).toEqual([]);
      const kept = JSON.stringify((bundle as unknown as Written).entry.at(-1)?.resource);
      expect(kept).toContain(entry === limits ? 'targets-low' : `${entry.section}-end`);
      expect(kept).not.toContain('abatementDateTime');
    }
    expect((await plan(write(swapped))).entries[0]?.left).toEqual(['end']);
  });
});
