/**
 * What the International Patient Summary asks beyond FHIR R4 itself: the elements its profiles make mandatory, as facts.
 *
 * Source: HL7 International Patient Summary Implementation Guide 2.0 (hl7.fhir.uv.ips, CC0), the profiles named `id`.
 * Each becomes a StructureDefinition whose rules are checked by the validator of @medplum/core.
 */
interface Mandatory {
  /** `Element.path`, from the root of the resource. */
  readonly path: string;
  readonly min: number;
  readonly max?: string;
}

export interface IpsProfile {
  readonly id: string;
  readonly resource: string;
  readonly mandatory: readonly Mandatory[];
}

const one = (path: string): Mandatory => ({ path, min: 1, max: '1' });

export const IPS_PROFILES: readonly IpsProfile[] = [
  {
    id: 'Bundle-uv-ips',
    resource: 'Bundle',
    mandatory: [
      one('identifier'),
      one('timestamp'),
      { path: 'entry', min: 2 },
      one('entry.fullUrl'),
      one('entry.resource'),
    ],
  },
  {
    id: 'Composition-uv-ips',
    resource: 'Composition',
    mandatory: [
      ...[one('subject'), one('subject.reference'), { path: 'section', min: 3 }],
      ...[one('section.title'), one('section.code'), one('section.text')],
    ],
  },
  { id: 'Patient-uv-ips', resource: 'Patient', mandatory: [{ path: 'name', min: 1 }, one('birthDate')] },
  {
    id: 'Condition-uv-ips',
    resource: 'Condition',
    mandatory: [one('code'), one('subject'), one('subject.reference')],
  },
  {
    id: 'AllergyIntolerance-uv-ips',
    resource: 'AllergyIntolerance',
    mandatory: [one('code'), one('patient.reference')],
  },
  {
    id: 'MedicationStatement-uv-ips',
    resource: 'MedicationStatement',
    mandatory: [one('medication[x]'), one('subject.reference'), one('effective[x]')],
  },
  {
    id: 'Immunization-uv-ips',
    resource: 'Immunization',
    mandatory: [one('vaccineCode'), one('patient.reference'), one('occurrence[x]')],
  },
  {
    id: 'Procedure-uv-ips',
    resource: 'Procedure',
    mandatory: [one('code'), one('subject.reference'), one('performed[x]')],
  },
  // Vital signs are R4's own profile; social history has none for an answer in words.
  {
    id: 'vitalsigns',
    resource: 'Observation',
    mandatory: [{ path: 'category', min: 1 }, one('subject'), one('effective[x]')],
  },
];

/** The sections a summary has whatever it holds, and one of both in each: entries, or why there are none (ips-comp-1). */
export const REQUIRED_SECTIONS = ['11450-4', '48765-2', '10160-0'];

/** What the entries of a section may be; a section that is not named may list anything. */
export const SECTION_ENTRIES: Readonly<Record<string, readonly string[]>> = {
  '11450-4': ['Condition'],
  '48765-2': ['AllergyIntolerance'],
  '10160-0': ['MedicationStatement', 'MedicationRequest', 'MedicationAdministration', 'MedicationDispense'],
  '11369-6': ['Immunization'],
  '30954-2': ['Observation', 'DiagnosticReport'],
  '47519-4': ['Procedure'],
  '46264-8': ['DeviceUseStatement'],
  '42348-3': ['Consent'],
  '47420-5': ['Condition', 'ClinicalImpression'],
  '11348-0': ['Condition'],
  '29762-2': ['Observation'],
  '8716-3': ['Observation'],
};
