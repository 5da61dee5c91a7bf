/**
 * "There is none" and "nothing is said", as codes and in words. Both are written where a thing would stand, and neither is
 * one: "no known drug allergy" is no allergy, and "not asked" is not "none".
 */
import type { JsonObject } from '#lib/record/fhir.ts';
import type { SectionId } from '#lib/record/entry.ts';
import { fold } from '#lib/text/typed.ts';
import { elementAt, listOf, textOrNothing } from './json.ts';
import { codesOf } from './words.ts';

export type Nothing =
  /** There is nothing of the section at all. */
  | { readonly type: 'none'; readonly section: SectionId }
  /** There is nothing of one kind: "no known food allergy" leaves the others open. */
  | { readonly type: 'none-of-kind' }
  /** Nothing was asked, or nothing is known. */
  | { readonly type: 'no-information' };

/** SNOMED CT: that there is nothing, by section. */
const NONE_CODES: Readonly<Record<string, readonly string[]>> = {
  allergies: ['716186003', '160244002'],
  conditions: ['160245001'],
  treatments: ['787481004', '182849000'],
  'hospital-stays': ['787480003'],
};

/** SNOMED CT: that there is nothing of one kind. */
const KIND_CODES = new Set([
  ...['409137002', '429625007', '428607008', '428197003', '716184000', '716220001', '1003774007'],
]);

/** SNOMED CT: not asked, no information, unknown, not applicable. */
const NO_INFORMATION_CODES = new Set(['1631000175102', '1287211007', '261665006', '385432009']);

/** The reasons of HL7 for a value that is not there: any code of those systems is one. */
const REASONS = /NullFlavor|data-absent-reason|\.5\.1008$/i;

/** The codes by which patient summaries say it: a family, told apart by how it is written. */
const SUMMARY_CODES = /absent-unknown/;
const SUMMARY_NONE: Readonly<Record<string, SectionId>> = {
  'no-known-allergies': 'allergies',
  'no-known-problems': 'conditions',
  'no-known-medications': 'treatments',
  'no-known-immunizations': 'vaccinations',
  'no-known-procedures': 'hospital-stays',
  'no-disability': 'disabilities',
};

/** How each section is called where it is said to be empty. */
const NOUNS: Readonly<Record<string, RegExp>> = {
  allergies:
    /^(allerg(y|ies|ie|ic|ique|iques|ia|ias|ico|ien)|intoleran\w*|reactions?|adverse|hypersensib\w*|hypersensit\w*)$/,
  'family-history': /^(family|familial|familiale|familiaux|familiales|familiar|familiares)$/,
  treatments:
    /^(medications?|medicines?|meds|drugs?|medicaments?|medicamentos?|traitements?|treatments?|tratamientos?|therapy|therapies|prescriptions?|medikation|medikamente)$/,
  vaccinations: /^(immuni[sz]ations?|vaccin(s|es?|ations?)?|vacunas?)$/,
  'hospital-stays':
    /^(procedures?|surger(y|ies)|surgical|operations?|operatifs?|hospitali[sz]ations?|chirurgies?|chirurgicaux|chirurgical|interventions?|actes?|procedimientos?|cirugias?)$/,
  disabilities: /^(disabilit(y|ies)|handicaps?|impairments?|discapacidad(es)?)$/,
  conditions:
    /^(problems?|problemes?|conditions?|diseases?|illness(es)?|maladies?|pathologies?|antecedents?|diagnos[ei]s|diagnostics?|problemas?|enfermedad(es)?|comorbidit(y|ies)|comorbidites?|morbidities)$/,
};

const NEGATION =
  /^(no|not|nil|none|without|aucune?s?|pas|sans|absence|neant|nulle?|ninguna?s?|sin|keine?|nessuna?|denies|nie)$/;
const FILLERS = new Set(
  (
    'no not nil none pas sans known conocidas conocida conocidos connu connue connus connues declaree declare declarees declares ' +
    'reported recorded documented identified noted found current currently active actives actif actifs actuel actuelle actuels ' +
    'actuellement en cours on file past previous prior significant relevant notable particulier particuliere particuliers ' +
    'any of to notion evidence de d des du la le les l a au aux ce jour or ou et and history histories medical medicaux medicale sante health ' +
    'have has patient the there is are ha sont est status other autre autres date at this time present bekannt bekannte bekannten'
  ).split(' '),
);

const NONE_WORDS =
  /^(no|non|nein|nka|nil known|none|none known|none reported|none recorded|aucune?|neant|ras|rien a signaler|nil|ninguna?|nothing known)$/;
const KIND_WORDS = /^(nkda|nkma|nkfa|nkea)$/;
const NO_INFORMATION_WORDS =
  /^(n ?a|unknown|inconnue?s?|non renseignee?s?|not asked|patient not asked|not known|information not available|aucune information|pas d information|sans information|aucune donnee|no data|no data available|not recorded|non demandee?s?|desconocida?|unbekannt|\?+|-+)$/;
const NO_INFORMATION_BEGINS =
  /^(no|aucune|pas d|absence d|sin|keine) (further |current )?(information|informations|informacion|info|donnees?|data)\b/;

/** What a resource of the record says when it says that there is none; undefined when it is a thing. */
export function nothingIn(type: string, resource: JsonObject): Nothing | undefined {
  const about = aboutOf(resource);
  if (about === undefined) return undefined;
  const own = OWN_SECTION[type];
  if (own === undefined) return undefined;
  for (const { system, code } of codesOf(about)) {
    const found = byCode(system, code);
    if (found) return found;
  }
  const texts = [about, ...listOf(elementAt(about, 'coding'))].flatMap((one) => [
    textOrNothing(elementAt(one, 'text')) ?? '',
    textOrNothing(elementAt(one, 'display')) ?? '',
  ]);
  // What the words say is what a person read; where they name a thing, a display that denies it is no denial of it.
  const [first] = texts.filter((text) => text.trim() !== '');
  return first === undefined ? undefined : inWords(first, own);
}

const OWN_SECTION: Readonly<Record<string, SectionId>> = {
  AllergyIntolerance: 'allergies',
  Condition: 'conditions',
  Encounter: 'hospital-stays',
  FamilyMemberHistory: 'family-history',
  Immunization: 'vaccinations',
  MedicationOrder: 'treatments',
  MedicationRequest: 'treatments',
  MedicationStatement: 'treatments',
  Procedure: 'hospital-stays',
};

function aboutOf(resource: JsonObject): JsonObject[string] {
  return (
    resource['code'] ??
    resource['vaccineCode'] ??
    resource['medicationCodeableConcept'] ??
    elementAt(resource['medication'], 'concept') ??
    resource['substance'] ??
    elementAt(resource, 'condition.0.code') ??
    elementAt(resource, 'reasonCode.0')
  );
}

function byCode(system: string, code: string): Nothing | undefined {
  if (SUMMARY_CODES.test(system) || /^no-(known-|\w+-info$|disability$)/.test(code)) {
    const section = Object.hasOwn(SUMMARY_NONE, code) ? SUMMARY_NONE[code] : undefined;
    if (section !== undefined) return { type: 'none', section };
    if (/^no-known-/.test(code)) return { type: 'none-of-kind' };
    if (/^no-.*-info$/.test(code)) return { type: 'no-information' };
  }
  if (REASONS.test(system)) return { type: 'no-information' };
  if (system !== '' && !/snomed/i.test(system)) return undefined;
  if (NO_INFORMATION_CODES.has(code)) return { type: 'no-information' };
  if (KIND_CODES.has(code)) return { type: 'none-of-kind' };
  for (const [section, codes] of Object.entries(NONE_CODES))
    if (codes.includes(code)) return { type: 'none', section };
  return undefined;
}

/** @param own the section the words stand in: "none" alone is said of it */
export function inWords(text: string, own: SectionId): Nothing | undefined {
  const plain = fold(text)
    .replace(/[^\p{L}\p{N}?-]+/gu, ' ')
    .trim();
  if (NO_INFORMATION_WORDS.test(plain) || NO_INFORMATION_BEGINS.test(plain))
    return { type: 'no-information' };
  if (NONE_WORDS.test(plain)) return { type: 'none', section: own };
  if (KIND_WORDS.test(plain)) return { type: 'none-of-kind' };
  // "No-reflow" is the name of a thing.
  const words = plain.replace(/^no-known-/, 'no known ').split(' ');
  const isLast = NONE_WORDS.test(words.at(-1) ?? '') && words.slice(0, -1).every(isFrame);
  if (!isLast && !NEGATION.test(words[0] ?? '')) return undefined;
  const section = sectionNamed(words);
  if (section === undefined) return undefined;
  const noun = NOUNS[section];
  const rest = words.filter((word) => !FILLERS.has(word) && !NEGATION.test(word) && !noun?.test(word));
  const isOther = rest.filter((word) => !(section === 'family-history' && NOUNS['conditions']?.test(word)));
  return isOther.length === 0 ? { type: 'none', section } : { type: 'none-of-kind' };
}

/** "Allergies: none". */
function isFrame(word: string): boolean {
  return FILLERS.has(word) || Object.values(NOUNS).some((noun) => noun.test(word));
}

function sectionNamed(words: readonly string[]): SectionId | undefined {
  return Object.entries(NOUNS).find(([, noun]) => words.some((word) => noun.test(word)))?.[0];
}
