/**
 * "There is none" and "nothing is said", as codes and in words. Both are written where a thing would stand, and neither is
 * one: "no known drug allergy" is no allergy, and "not asked" is not "none".
 */
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import type { SectionId } from '#lib/record/entry.ts';
import { fold } from '#lib/text/typed.ts';
import { elementAt, listOf, textOrNothing } from './json.ts';
import { codesOf, type Resolve } from './words.ts';

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
    /^(all?erg(y|ies|ie|ic|ique|iques|ia|ias|ico|ien|isch)|intoleran\w*|reactions?|adverse|hypersensib\w*|hypersensit\w*)$/,
  'family-history':
    /^(family|familiare?|familiaren|familial|familiale|familiaux|familiales|familiar|familiares)$/,
  treatments:
    /^(medications?|medicines?|meds|drugs?|medicaments?|medicamentos?|traitements?|treatments?|tratamientos?|therapy|therapies|prescriptions?|(dauer)?medikation|medikamente?)$/,
  vaccinations: /^(immuni[sz]ations?|vaccin(s|es?|ations?)?|vacunas?|impfung(en)?)$/,
  'hospital-stays':
    /^(procedures?|surger(y|ies)|surgical|operation(s|en)?|operatifs?|hospitali[sz]ations?|chirurgies?|chirurgicaux|chirurgical|interventions?|actes?|procedimientos?|cirugias?)$/,
  disabilities: /^(disabilit(y|ies)|handicaps?|impairments?|discapacidad(es)?)$/,
  conditions:
    /^(problems?|problemes?|conditions?|diseases?|illness(es)?|maladies?|pathologies?|antecedents?|diagnos[ei]s|diagnosen?|diagnostics?|(vor)?erkrankung(en)?|krankheit(en)?|atcds?|problemas?|enfermedad(es)?|comorbidit(y|ies)|comorbidites?|morbidities)$/,
};

const NEGATION =
  /^(no|not|nil|none|without|aucune?s?|pas|sans|absence|neant|nulle?|ninguna?s?|sin|keine?|nessuna?|denies|nie)$/;
const FILLERS = new Set(
  (
    'no not nil none pas sans known conocidas conocida conocidos connu connue connus connues declaree declare declarees declares ' +
    'reported recorded documented identified noted found current currently active actives actif actifs actuel actuelle actuels ' +
    'actuellement en cours on file past previous prior significant relevant notable particulier particuliere particuliers ' +
    'any of to notion evidence de d des du la le les l a au aux ce jour or ou et and history histories medical medicaux medicale sante health ' +
    'have has patient the there is are ha sont est status other autre autres date at this time present be anything statut to y bekannt bekannte bekannten'
  ).split(' '),
);

const NONE_WORDS =
  /^(no|non|nein|nka|nil|nil (known|significant|relevant|of note)|none|none (known|reported|recorded)|aucune?s?|keine?|neant|ras|r a s|rien a (signaler|declarer)|sans particularites?|ohne befund|ninguna?|nothing (known|significant|of note|to (report|declare|note)))$/;
const KIND_WORDS = /^(nkda|nkma|nkfa|nkea)$/;
/** Behind the name of a section: "allergies: unknown". */
const UNKNOWN_ENDS =
  /(?:^| )(?:unknown|inconnue?s?|unbekannt|desconocid[ao]s?|not (?:known|recorded|asked|documented)|non (?:connue?|renseignee?|precisee?|documentee?|demandee?)s?)$/;
/** What stands before the denial of a whole sentence: "the patient has no …", "il n'y a pas de …". */
const SUBJECTS = new Set(
  'the patient patiente le la he she they il elle on n ne y a has have is does do currently prend takes taking reports states'.split(
    ' ',
  ),
);
const NO_INFORMATION_WORDS =
  /^(n ?a|unknown|inconnue?s?|non renseignee?s?|not asked|patient not asked|not known|information not available|aucune information|pas d information|sans information|aucune donnee|no data|no data available|not recorded|non demandee?s?|desconocida?|unbekannt|keine angaben?|\?+|-+)$/;
const NO_INFORMATION_BEGINS =
  /^(no|aucune|pas d|absence d|sin|keine) (?:[^ ]+ ){0,2}(information|informations|informacion|info|donnees?|data)\b/;

/**
 * What a resource of the record says when it says that there is none; undefined when it is a thing. A resource that speaks
 * of several things says so only when all of them do.
 */
export function nothingIn(type: string, resource: JsonObject, resolve: Resolve): Nothing | undefined {
  const own = Object.hasOwn(OWN_SECTION, type) ? OWN_SECTION[type] : undefined;
  // A stay took place, whatever is said of its reason.
  if (own === undefined || type === 'Encounter') return undefined;
  const all = aboutOf(type, resource, resolve).map((about) => nothingAbout(about, own));
  const [first] = all;
  return first && all.every((one) => one !== undefined) ? first : undefined;
}

/** Without the parts that say that there is nothing, where there is more to it. */
export function withoutNothing(type: string, resource: JsonObject): JsonObject {
  const own = Object.hasOwn(OWN_SECTION, type) ? OWN_SECTION[type] : undefined;
  const names = Object.hasOwn(PARTS, type) ? (PARTS[type] ?? []) : [];
  if (own === undefined) return resource;
  let made = resource;
  for (const name of names) {
    const parts = listOf(resource[name]);
    const left = parts.filter((part) => nothingAbout(elementAt(part, 'code') ?? part, own) === undefined);
    if (left.length < parts.length) made = { ...made, [name]: left };
  }
  return made;
}

/** Elements that list what a resource is about. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  Encounter: ['reasonCode', 'reason'],
  FamilyMemberHistory: ['condition'],
};

function nothingAbout(about: Json, own: SectionId): Nothing | undefined {
  for (const { system, code } of codesOf(about)) {
    const found = byCode(system, code);
    if (found) return found;
  }
  const texts = [about, ...listOf(elementAt(about, 'coding'))].flatMap((one) =>
    ['text', 'display'].map((name) => textOrNothing(elementAt(one, name)) ?? ''),
  );
  // What the words say is what a person read; where they name a thing, a display that denies it is no denial of it.
  const first = texts.find((text) => text.trim() !== '');
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

/** What a resource is about; a medicine that it names by a reference is what that says. */
function aboutOf(type: string, resource: JsonObject, resolve: Resolve): readonly Json[] {
  const parts = Object.hasOwn(PARTS, type) ? (PARTS[type] ?? []) : [];
  const listed = parts.flatMap((name) => listOf(resource[name])).map((one) => elementAt(one, 'code') ?? one);
  if (parts.length > 0) return listed;
  const about =
    resource['code'] ??
    resource['vaccineCode'] ??
    resource['medicationCodeableConcept'] ??
    elementAt(resource['medication'], 'concept') ??
    resource['substance'] ??
    named(resource['medicationReference'] ?? elementAt(resource['medication'], 'reference'), resolve);
  return about === undefined ? [] : [about];
}

function named(reference: Json | undefined, resolve: Resolve): Json | undefined {
  const target = resolve(textOrNothing(elementAt(reference, 'reference')) ?? '');
  return target?.['code'] ?? reference;
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
  const words = plain
    .replace(/^no-known-/, 'no known ')
    .split(' ')
    .filter((word) => word !== '-');
  return abbreviated(words) ?? headed(words) ?? denied(words, own);
}

/** "NKDA (no known drug allergies)", "Allergies: NKDA". */
function abbreviated(words: readonly string[]): Nothing | undefined {
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const [short, others] = isShort(first) ? [first, words.slice(1)] : [last, words.slice(0, -1)];
  if (!isShort(short) || !others.every(isFrame)) return undefined;
  return short === 'nka' ? { type: 'none', section: 'allergies' } : { type: 'none-of-kind' };
}

const isShort = (word: string): boolean => word === 'nka' || KIND_WORDS.test(word);

/** "Allergies: none", "usual treatment: none", "allergies: unknown". */
function headed(words: readonly string[]): Nothing | undefined {
  const section = sectionNamed(words);
  if (section === undefined || words.length > MOST_HEADING) return undefined;
  const text = words.join(' ');
  const before = text.replace(UNKNOWN_ENDS, '').split(' ');
  if (before.length < words.length && before.every(isFrame) && !NEGATION.test(words[0] ?? ''))
    return { type: 'no-information' };
  if (!NONE_WORDS.test(words.at(-1) ?? '') || NEGATION.test(words[0] ?? '')) return undefined;
  return words.slice(0, -1).every((word) => NOUNS[section]?.test(word) || FILLERS.has(word))
    ? { type: 'none', section }
    : { type: 'none-of-kind' };
}

/** A heading has few words; a sentence that ends in "no" is something else. */
const MOST_HEADING = 6;

/** "No known food allergies", "the patient takes no medication", "non allergique". */
function denied(all: readonly string[], own: SectionId): Nothing | undefined {
  const from = all.findIndex((word) => !SUBJECTS.has(word));
  const words = all.slice(Math.max(0, from));
  const [first = '', second = ''] = words;
  const isNon = first === 'non' && NOUNS[own]?.test(second) === true;
  if (!isNon && !NEGATION.test(first)) return undefined;
  // "Absence seizures" are no absence of anything.
  if (first === 'absence' && !/^(d|de|du|des|of)$/.test(second)) return undefined;
  const section = sectionNamed(words);
  if (section === undefined) return undefined;
  const noun = NOUNS[section];
  const isPlain = (word: string): boolean =>
    FILLERS.has(word) || NEGATION.test(word) || word === 'non' || noun?.test(word) === true;
  const rest = words.filter(
    (word) => !isPlain(word) && !(section === 'family-history' && NOUNS['conditions']?.test(word)),
  );
  if (rest.length === 0) return { type: 'none', section };
  const isOtherThing = rest.some((word) => !isFrame(word));
  // "Not taking medication as prescribed" and "no adherence to medication" are things that somebody found.
  const isThing = first === 'not' || (section !== own && !words.some((word) => KNOWN_WORDS.test(word)));
  return isOtherThing && isThing ? undefined : { type: 'none-of-kind' };
}

const KNOWN_WORDS = /^(known|connue?s?|conocid[ao]s?|bekannten?)$/;

/** It only says what is spoken of. */
function isFrame(word: string): boolean {
  return FILLERS.has(word) || Object.values(NOUNS).some((noun) => noun.test(word));
}

function sectionNamed(words: readonly string[]): SectionId | undefined {
  const named = Object.entries(NOUNS).find(([, noun]) => words.some((word) => noun.test(word)))?.[0];
  // "No past medical history" is of conditions, whatever it does not name.
  return named ?? (words.some((word) => /^(history|histories)$/.test(word)) ? 'conditions' : undefined);
}
