/** What Carnet exports, held against validators that others wrote. */
import { describe, expect, test } from 'vitest';
import { exportBundle } from '#lib/exchange/fhir/write.ts';
import { healthSections } from '#lib/record/sections.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { REQUIRED_SECTIONS, SECTION_ENTRIES } from './ips-profiles.ts';
import { NOW, randomRecord } from './records.ts';
import { faultsOf } from './validators.ts';

const settings = { now: NOW, uuid: '7d5f9a52-1c3b-4f7e-9a51-0d8f2b6c4e10', language: 'fr' } as const;

interface Section {
  readonly title: string;
  readonly code: { readonly coding: readonly { readonly code: string }[] };
  readonly entry?: readonly { readonly reference: string }[];
  readonly emptyReason?: object;
}

interface Written {
  readonly entry: { fullUrl: string; resource: Record<string, unknown> & { section?: Section[] } }[];
}

const write = (seed: string | number, most?: number): Written =>
  structuredClone(
    exportBundle(healthSections, randomRecord(seededRandom(seed), most), settings),
  ) as unknown as Written;

describe('validity', () => {
  test('any record is a bundle that the HL7 R4 schema, the R4 definitions and the mandatory elements of the IPS profiles accept', () => {
    for (const seed of Array.from({ length: 25 }, (_, n) => n))
      expect(faultsOf(write(seed)), `seed ${seed}`).toEqual([]);
  }, 120_000);

  test('the validators do look: without an identifier, a code, a patient, an effective date or a section text they complain', () => {
    const needed = ['Condition', 'AllergyIntolerance', 'MedicationStatement', 'Immunization'];
    const seed = Array.from({ length: 1000 }, (_, n) => n).find((n) => {
      const types = new Set(write(n, 6).entry.map(({ resource }) => resource['resourceType']));
      return needed.every((type) => types.has(type));
    });
    const spoil = (change: (bundle: Written) => void): string[] => {
      const bundle = write(seed ?? -1, 6);
      change(bundle);
      return faultsOf(bundle);
    };
    const of = (bundle: Written, type: string) => {
      const found = bundle.entry.find(({ resource }) => resource['resourceType'] === type)?.resource;
      if (!found) throw new Error(`no ${type} in the record of this seed`);
      return found;
    };
    expect(spoil(() => {})).toEqual([]);
    expect(
      spoil((bundle) => delete (bundle as unknown as Record<string, unknown>)['identifier']),
    ).not.toEqual([]);
    expect(spoil((bundle) => delete of(bundle, 'Condition')['code'])).not.toEqual([]);
    expect(spoil((bundle) => delete of(bundle, 'Patient')['birthDate'])).not.toEqual([]);
    expect(spoil((bundle) => delete of(bundle, 'AllergyIntolerance')['clinicalStatus'])).not.toEqual([]);
    expect(
      spoil((bundle) => delete (of(bundle, 'Composition').section?.[0] as { text?: object }).text),
    ).not.toEqual([]);
    expect(
      spoil((bundle) => {
        const statement = of(bundle, 'MedicationStatement');
        delete statement['effectivePeriod'];
        delete statement['_effectiveDateTime'];
      }),
    ).not.toEqual([]);
    expect(spoil((bundle) => Object.assign(of(bundle, 'Immunization'), { status: 12 }))).not.toEqual([]);
  }, 60_000);

  test('problems, allergies and medications are always there, with entries or with the reason why there are none', () => {
    for (const seed of Array.from({ length: 100 }, (_, n) => n)) {
      const { entry } = write(seed, 1 + (seed % 3));
      const sections = entry[0]?.resource.section ?? [];
      const codes = sections.map(({ code }) => code.coding[0]?.code ?? '');
      expect(codes).toEqual(expect.arrayContaining(REQUIRED_SECTIONS));
      expect(new Set(codes).size).toBe(codes.length);
      for (const section of sections)
        expect(Number(!!section.entry?.length) + Number(!!section.emptyReason)).toBe(1);
      const types = new Map(
        entry.map(({ fullUrl, resource }) => [fullUrl, String(resource['resourceType'])]),
      );
      for (const { code, entry: listed = [] } of sections) {
        const allowed = SECTION_ENTRIES[code.coding[0]?.code ?? ''];
        for (const { reference } of listed) if (allowed) expect(allowed).toContain(types.get(reference));
      }
    }
  });
});
