/**
 * How a section of the record is written into FHIR R4 and read back, as data. A section describes its own mapping beside
 * its fields; the engine in exchange/fhir knows none of them.
 *
 * What a mapping does not place, or what its element cannot carry exactly, the engine keeps in an extension of its own,
 * so that a mapping can be poor without anything being lost.
 */
import type { SectionId } from './entry.ts';
import type { Words } from './section.ts';

/** Any JSON value, as FHIR resources are made of. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

/** A code with the short name of its system, `loinc|8302-2`. */
export type Code = `${keyof typeof SYSTEMS}|${string}`;

/** An element by its names, dots between them; a number is a place in a list: `name.0.family`, `item.1+` all but the first. */
export type ElementPath = string;

/** Where one field stands in a resource. */
export type FhirElement =
  /** Text as a string, as the text of a CodeableConcept, or as a note. `from`: where else it may stand. */
  | {
      readonly as: 'string' | 'concept' | 'note';
      readonly at: ElementPath;
      readonly from?: readonly ElementPath[];
      /** What else is worth reading there, each with a word before it. */
      readonly also?: readonly (readonly [ElementPath, Words])[];
    }
  | { readonly as: 'date'; readonly at: ElementPath; readonly from?: readonly ElementPath[] }
  /** Only read: FHIR writes no time without its zone, and what was noted has none. */
  | { readonly as: 'time'; readonly at: ElementPath; readonly from?: readonly ElementPath[] }
  /** A choice: for each value the codes it is written with; any of them is read as the value. */
  | {
      readonly as: 'concept-code' | 'coding' | 'code';
      readonly at: ElementPath;
      /** The first is written, any of them is read. */
      readonly codes: Readonly<Record<string, readonly Code[]>>;
      /** The words of the value stand as the concept's text beside its code. */
      readonly text?: true;
      /** The value of what has another code; its words are kept in the comment. */
      readonly others?: string;
    }
  /** Goes on, or is over: what is written for each, and the codes that are read as "goes on". */
  | {
      readonly as: 'ongoing';
      readonly at: ElementPath;
      /** A code with its system, or a bare one. */
      readonly yes: string;
      readonly no: string;
      readonly active: readonly string[];
    }
  /** A number with a unit of UCUM: a fixed one, or the one that another field chooses. */
  | {
      readonly as: 'quantity';
      readonly at: ElementPath;
      readonly unit: string | { readonly field: string; readonly units: Readonly<Record<string, string>> };
      /** What our value is multiplied by to be in that unit. */
      readonly factor?: number;
      /** Other units that are read, and what their value is multiplied by. */
      readonly also?: Readonly<Record<string, number>>;
      /** It stands in the component with this code. */
      readonly component?: Code;
      /** Between which values one expects it; what lies outside is taken and shown as doubtful. */
      readonly plausible?: { readonly low: number; readonly high: number };
    }
  /** How a medicine is taken: text as it is, or structure as a sentence. */
  | { readonly as: 'dosage'; readonly at: ElementPath }
  /** One telecom of the list, by its system. */
  | { readonly as: 'phone' | 'email'; readonly at: ElementPath }
  | { readonly as: 'references'; readonly at: ElementPath }
  /** The amount of a list whose category has the code; another field says in which currency. */
  | {
      readonly as: 'money';
      readonly at: ElementPath;
      readonly code: Code;
      readonly currency: string;
    };

/** Where in a patient summary the entries of a shape are listed. */
export interface SummarySection {
  /** LOINC. */
  readonly code: string;
  readonly title: Words;
  /** Present even when empty, as the International Patient Summary wants it. */
  readonly required?: true;
}

/** One way of writing an entry; a section may have several, the first that fits is taken. */
export interface FhirShape {
  readonly resource: string;
  readonly summary: keyof typeof SUMMARY;
  /** Only read, never written. */
  readonly readOnly?: true;
  /** Only entries with one of these values take this shape. */
  readonly when?: { readonly field: string; readonly values: readonly (string | boolean)[] };
  /** The element that names the patient. */
  readonly subject: 'subject' | 'patient' | null;
  /** What every resource of the shape has. */
  readonly fixed?: JsonObject;
  /** Likewise, concepts of one code each. */
  readonly coded?: Readonly<Record<ElementPath, Code>>;
  /** A list of which each item is an entry of its own. */
  readonly each?: string;
  /** A resource of elsewhere is read as this shape only with one of the codes there, or from its section of the summary. */
  readonly marked?: { readonly at: ElementPath; readonly codes: readonly string[] };
  readonly fields: Readonly<Record<string, FhirElement>>;
  /** Elements the profile wants even when they are not known. */
  readonly absent?: readonly ElementPath[];
}

export interface FhirMapping {
  readonly section: SectionId;
  /** Nobody's business but the person's: never in a summary for others. */
  readonly ownOnly?: true;
  readonly shapes: readonly FhirShape[];
}

/** Names of our own, stable for ever: a name that resolves nowhere can also never be taken by somebody else. */
export const CARNET = 'https://carnet.invalid/fhir';

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';

export const SYSTEMS = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  ucum: 'http://unitsofmeasure.org',
  carnet: `${CARNET}/CodeSystem/carnet`,
  'allergy-clinical': `${TERMINOLOGY}/allergyintolerance-clinical`,
  'condition-clinical': `${TERMINOLOGY}/condition-clinical`,
  'condition-category': `${TERMINOLOGY}/condition-category`,
  'observation-category': `${TERMINOLOGY}/observation-category`,
  act: `${TERMINOLOGY}/v3-ActCode`,
  role: `${TERMINOLOGY}/v3-RoleCode`,
  'role-class': `${TERMINOLOGY}/v3-RoleClass`,
  contact: `${TERMINOLOGY}/v2-0131`,
  'claim-type': `${TERMINOLOGY}/claim-type`,
  adjudication: `${TERMINOLOGY}/adjudication`,
  'consent-scope': `${TERMINOLOGY}/consentscope`,
  'consent-category': `${TERMINOLOGY}/consentcategorycodes`,
} as const;

export const SUMMARY = {
  problems: {
    code: '11450-4',
    title: { fr: 'Maladies et sujets de santé en cours', en: 'Current conditions' },
    required: true,
  },
  allergies: {
    code: '48765-2',
    title: { fr: 'Allergies', en: 'Allergies' },
    required: true,
  },
  medications: {
    code: '10160-0',
    title: { fr: 'Traitements', en: 'Treatments' },
    required: true,
  },
  immunizations: {
    code: '11369-6',
    title: { fr: 'Vaccinations', en: 'Vaccinations' },
  },
  results: {
    code: '30954-2',
    title: { fr: 'Résultats d’examens', en: 'Results' },
  },
  procedures: {
    code: '47519-4',
    title: { fr: 'Chirurgies', en: 'Surgery' },
  },
  stays: {
    code: '46240-8',
    title: { fr: 'Hospitalisations', en: 'Hospital stays' },
  },
  past: {
    code: '11348-0',
    title: { fr: 'Maladies et sujets de santé terminés', en: 'Past conditions' },
  },
  functional: {
    code: '47420-5',
    title: { fr: 'Handicaps', en: 'Disabilities' },
  },
  family: {
    code: '10157-6',
    title: { fr: 'Antécédents familiaux', en: 'Family history' },
  },
  social: {
    code: '29762-2',
    title: { fr: 'Habitudes de vie', en: 'Habits' },
  },
  goals: {
    code: '61146-7',
    title: { fr: 'Objectifs', en: 'Goals' },
  },
  vitals: {
    code: '8716-3',
    title: { fr: 'Mesures', en: 'Measures' },
  },
  directives: {
    code: '42348-3',
    title: { fr: 'Volontés', en: 'Wishes' },
  },
  team: {
    code: '85847-2',
    title: { fr: 'Professionnels de santé et entourage', en: 'Professionals and people around' },
  },
  payments: {
    code: '48768-6',
    title: { fr: 'Historique des soins', en: 'History of care' },
  },
  papers: {
    code: '51851-4',
    title: { fr: 'Pièces administratives', en: 'Administrative papers' },
  },
  documents: {
    code: '55107-7',
    title: { fr: 'Documents', en: 'Documents' },
  },
} as const satisfies Record<string, SummarySection>;

/** The address of what is kept of a field where no element carries it. */
export function extensionUrl(section: SectionId, field: string): string {
  return `${CARNET}/StructureDefinition/${section}-${field}`;
}
