/**
 * A FHIR file as what it would add to a record. Nothing is changed here: the person sees the plan first.
 *
 * Guarantees: every resource is accounted for, either by the entries it becomes or by the reason why it is kept in the
 * attached original alone; every value has passed the rules of its section; the same file gives the same entry ids.
 */
import type { EntryId, FieldValue, SectionId } from '#lib/record/entry.ts';
import { entryIdOfBytes } from '#lib/record/entry-id.ts';
import { immutableBytes } from '#lib/record/immutable.ts';
import { type FhirMapping, type FhirShape, type JsonObject, SUMMARY, SYSTEMS } from '#lib/record/fhir.ts';
import { fhirMappings } from '#lib/record/fhir-mappings.ts';
import type { PartialDate } from '#lib/record/partial-date.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { type Fields, validateEntry } from '#lib/record/section.ts';
import { type Item, type Refusal, readSource, sectionCode, sectionsOf, type Source } from './bundle.ts';
import { partialDate, type Say } from './element.ts';
import { extensionsOf, holds, isMarked, isOurs, readResource } from './entry.ts';
import { entryIdOf } from './ids.ts';
import { elementAt, listOf, textOrNothing } from './json.ts';
import { codesOf, nameOfResource, wordsOf } from './words.ts';
import { DECLARED } from './write.ts';

/** Why a resource becomes no entry. */
export type KeptReason =
  | 'frame' // the composition itself
  | 'person' // the patient: whose record this is does not change
  | 'no-place' // Carnet has no section for it
  | 'not-a-fact' // refuted, cancelled, planned, entered in error
  | 'modified' // an extension that changes its meaning, unknown here
  | 'other-person'
  | 'twice'
  | 'lacks'; // something its section needs is missing, or not understood

export type Outcome =
  | { readonly type: 'mapped'; readonly section: SectionId; readonly ids: readonly EntryId[] }
  | { readonly type: 'declared'; readonly section: SectionId }
  | { readonly type: 'kept'; readonly reason: KeptReason; readonly missing?: readonly string[] };

export interface ResourceOutcome {
  readonly resourceType: string;
  /** What it is called, for a person to recognise it. */
  readonly name: string;
  readonly outcome: Outcome;
}

export interface PlannedEntry {
  readonly section: SectionId;
  readonly id: EntryId;
  readonly fields: Fields;
  /** Fields that were shortened or left out, since their value did not fit. */
  readonly left: readonly string[];
}

export interface ImportPlan {
  readonly kind: string;
  readonly title: string | null;
  readonly date: string | null;
  readonly patient: { readonly name: string; readonly birthDate: string | null } | null;
  readonly entries: readonly PlannedEntry[];
  /** "There is nothing of this", with its day. */
  readonly declared: readonly { readonly section: SectionId; readonly date: string }[];
  readonly resources: readonly ResourceOutcome[];
  /** Entries of the bundle without a resource. */
  readonly empty: number;
}

export type PlanResult =
  { readonly ok: true; readonly plan: ImportPlan } | { readonly ok: false; readonly refusal: Refusal };

export interface ReadSettings {
  readonly today: PartialDate;
  readonly say: Say;
  readonly digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
}

export async function planImport(
  sections: readonly ProfileSection[],
  bytes: Uint8Array<ArrayBuffer>,
  settings: ReadSettings,
): Promise<PlanResult> {
  const read = readSource(bytes);
  if (!read.ok) return read;
  const { source } = read;
  const identity = source.identity ?? entryIdOfBytes(await settings.digest(bytes));
  const entries: PlannedEntry[] = [];
  const resources: ResourceOutcome[] = [];
  const seen = new Set<EntryId>();
  for (const item of source.items) {
    const outcome = await place(item);
    resources.push({
      resourceType: item.type,
      name: nameOfResource(item.resource, source.resolverFor(item.resource)),
      outcome,
    });
  }
  return {
    ok: true,
    plan: {
      ...aboutSource(source),
      entries,
      declared: declarations(sections, source),
      resources,
      empty: source.empty,
    },
  };

  async function place(item: Item): Promise<Outcome> {
    const settled = withoutPlace(item, source);
    if (settled) return settled;
    const none = declaredBy(sections, item);
    if (none !== undefined) return { type: 'declared', section: none };
    const read = readAs(sections, item, source, settings);
    if ('reason' in read) return { type: 'kept', ...read };
    const ids: EntryId[] = [];
    for (const [index, { fields, left }] of read.entries.entries()) {
      const section = sections.find((one) => one.id === read.section);
      const id = section?.immutable
        ? entryIdOfBytes(await settings.digest(immutableBytes(read.section, fields)))
        : await idFor(item, index, identity, settings);
      if (seen.has(id)) continue;
      seen.add(id);
      ids.push(id);
      entries.push({ section: read.section, id, fields, left });
    }
    return ids.length > 0
      ? { type: 'mapped', section: read.section, ids }
      : { type: 'kept', reason: 'twice' };
  }
}

function aboutSource({
  kind,
  composition,
  patient,
}: Source): Pick<ImportPlan, 'kind' | 'title' | 'date' | 'patient'> {
  const nothing = () => undefined;
  return {
    kind,
    title: textOrNothing(elementAt(composition, 'title')) ?? null,
    date: partialDate(elementAt(composition, 'date')),
    patient: patient
      ? {
          name: wordsOf(listOf(patient.resource['name'])[0], nothing),
          birthDate: partialDate(patient.resource['birthDate']),
        }
      : null,
  };
}

// ── what becomes no entry ────────────────────────────────────────────────────────────────────────────────────────

const NOT_FACTS = new Set(
  'entered-in-error not-done not-taken cancelled preparation planned proposed draft rejected refuted'.split(
    ' ',
  ),
);
const NOT_ORDERED = new Set(['proposal', 'plan', 'option']);

function withoutPlace({ type, resource }: Item, source: Source): Outcome | undefined {
  const kept = (reason: KeptReason): Outcome => ({ type: 'kept', reason });
  if (type === 'Composition') return kept('frame');
  if (type === 'Patient') return kept('person');
  if (listOf(resource['modifierExtension']).length > 0 || resource['implicitRules'] !== undefined)
    return kept('modified');
  const states = [resource['status'], resource['verificationStatus']].flatMap((value) => codesOf(value));
  const intents = codesOf(resource['intent']);
  if (
    states.some(({ code }) => NOT_FACTS.has(code)) ||
    intents.some(({ code }) => NOT_ORDERED.has(code)) ||
    resource['doNotPerform'] === true
  )
    return kept('not-a-fact');
  const named = textOrNothing(elementAt(resource['subject'] ?? resource['patient'], 'reference'));
  const subject = named === undefined ? undefined : source.resolverFor(resource)(named);
  if (subject?.['resourceType'] === 'Patient' && source.patient && subject !== source.patient.resource)
    return kept('other-person');
  return undefined;
}

/** "No known allergy", coded as if it were one. */
function declaredBy(sections: readonly ProfileSection[], { type, resource }: Item): SectionId | undefined {
  const about = codesOf(resource['code'] ?? resource['medicationCodeableConcept']);
  const mapping = fhirMappings.find(
    ({ shapes, none }) =>
      shapes.some((shape) => shape.resource === type) && about.some(({ code }) => none?.includes(code)),
  );
  return sections.find(({ id, none }) => none && id === mapping?.section)?.id;
}

function declarations(
  sections: readonly ProfileSection[],
  { composition, items }: Source,
): ImportPlan['declared'] {
  const date = partialDate(elementAt(composition, 'date'));
  const found = new Map<SectionId, string>();
  for (const part of sectionsOf(composition)) {
    const nil = codesOf(part['emptyReason']).some(({ code }) => code === 'nilknown');
    const section = nil ? sectionOfSummary(sections, sectionCode(part)) : undefined;
    const [declared] = extensionsOf(part, DECLARED);
    const day = partialDate(declared?.['valueDateTime']) ?? date;
    if (section !== undefined && day !== null) found.set(section, day);
  }
  for (const item of items) {
    const section = withoutStatus(item) ? undefined : declaredBy(sections, item);
    const day =
      partialDate(item.resource['recordedDate']) ??
      partialDate(elementAt(item.resource, 'effective')) ??
      date;
    if (section !== undefined && day !== null && !found.has(section)) found.set(section, day);
  }
  return [...found].map(([section, day]) => ({ section, date: day }));
}

const withoutStatus = ({ resource }: Item): boolean =>
  codesOf(resource['verificationStatus']).some(({ code }) => NOT_FACTS.has(code));

function sectionOfSummary(
  sections: readonly ProfileSection[],
  code: string | undefined,
): SectionId | undefined {
  const mapping = fhirMappings.find(({ shapes: [first] }) => first && SUMMARY[first.summary].code === code);
  return sections.find(({ id, none }) => none && id === (mapping?.section ?? code))?.id;
}

// ── what becomes one ─────────────────────────────────────────────────────────────────────────────────────────────

interface Fitted {
  readonly fields: Fields;
  readonly left: readonly string[];
}

type ReadAs =
  | { readonly section: SectionId; readonly entries: readonly Fitted[] }
  | { readonly reason: KeptReason; readonly missing?: readonly string[] };

function readAs(
  sections: readonly ProfileSection[],
  item: Item,
  source: Source,
  settings: ReadSettings,
): ReadAs {
  let missing: readonly string[] | undefined;
  for (const { section, shape } of candidates(sections, item, source)) {
    const resolve = source.resolverFor(item.resource);
    const context = { say: settings.say, resolve, entryOf: entryIdOf };
    const readings = split(item.resource, shape?.each).map((one) => {
      const { fields, beside } = readResource(section, shape, one, context);
      return { fields: settleOngoing(section, fields, shape, item, source), beside };
    });
    if (shape && !readings.every(({ fields }) => holds(shape, fields))) continue;
    const fitted = readings.map(({ fields, beside }) => fit(section, fields, beside, settings));
    const entries = fitted.filter((one): one is Fitted => 'fields' in one);
    if (entries.length === fitted.length && entries.length > 0) return { section: section.id, entries };
    const lacking = fitted.flatMap((one) => ('missing' in one ? one.missing : []));
    // Of another kind than the section knows: no place for it, rather than something missing.
    if (!lacking.some((name) => isKindOf(shape, name))) missing ??= lacking;
  }
  return missing ? { reason: 'lacks', missing: [...new Set(missing)] } : { reason: 'no-place' };
}

function isKindOf(shape: FhirShape | undefined, name: string): boolean {
  return ['concept-code', 'coding', 'code'].includes(shape?.fields[name]?.as ?? '');
}

interface Candidate {
  readonly section: ProfileSection;
  readonly shape: FhirShape | undefined;
}

/** Where the resource stands in the summary speaks first, then its marks, then the order of the mappings. */
function candidates(sections: readonly ProfileSection[], item: Item, source: Source): Candidate[] {
  const { type, resource } = item;
  if (type === 'Basic') {
    const own = codesOf(resource['code']).find(({ system }) => system === SYSTEMS.carnet)?.code;
    return sections.filter(({ id }) => id === own).map((section) => ({ section, shape: undefined }));
  }
  const all = fhirMappings.flatMap((mapping) => shapesOf(mapping, type, sections));
  const fitting = all.filter(({ shape }) => isMarked(shape, resource) || isInSummary(shape, item, source));
  const rank = ({ section, shape }: Candidate): number => {
    if (isOurs(resource, section.id)) return 0;
    return shape && isInSummary(shape, item, source) ? 1 : 2;
  };
  return [...fitting].sort((a, b) => rank(a) - rank(b));
}

function shapesOf(
  mapping: FhirMapping,
  type: string,
  sections: readonly ProfileSection[],
): { section: ProfileSection; shape: FhirShape }[] {
  const section = sections.find(({ id }) => id === mapping.section);
  if (!section) return [];
  return mapping.shapes.filter(({ resource }) => resource === type).map((shape) => ({ section, shape }));
}

function isInSummary({ summary }: FhirShape, { resource }: Item, { sectionOf }: Source): boolean {
  return sectionOf(resource) === SUMMARY[summary].code;
}

/** A resource that tells of several things at once, as one resource for each. */
function split(resource: JsonObject, each: string | undefined): JsonObject[] {
  const items = each === undefined ? [] : listOf(resource[each]);
  return each === undefined || items.length < 2
    ? [resource]
    : items.map((one) => ({ ...resource, [each]: [one] }));
}

/** What stands in the list of current problems without a status is current: the list says so. */
function settleOngoing(
  { period }: ProfileSection,
  fields: Fields,
  shape: FhirShape | undefined,
  item: Item,
  source: Source,
): Fields {
  const ongoing = period?.ongoing;
  const says = shape?.when !== undefined && shape.when.field === ongoing && isInSummary(shape, item, source);
  const hasStatus = codesOf(item.resource['clinicalStatus']).length > 0;
  const hasEnd = (fields[period?.end ?? ''] ?? null) !== null;
  if (!says || ongoing === undefined || hasStatus || hasEnd) return fields;
  return { ...fields, [ongoing]: true };
}

/**
 * The fields as the section takes them. A text that is too long is shortened, and stands in full in the comment; any
 * other value that does not fit is left out. Without what the section cannot do without there is no entry.
 */
export function fit(
  section: ProfileSection,
  read: Fields,
  beside: readonly string[],
  { today, say }: ReadSettings,
): Fitted | { readonly missing: readonly string[] } {
  const fields: Record<string, FieldValue> = { ...read };
  const left = new Set<string>();
  addToComment(section, fields, beside);
  for (let round = 0; round <= section.fields.length; round += 1) {
    const checked = validateEntry(section, fields, today, 'given');
    if (checked.ok) return { fields: checked.fields, left: [...left] };
    const missing: string[] = [];
    for (const { field: name, problem } of checked.problems) {
      const field = section.fields.find((one) => one.name === name);
      const value = fields[name] ?? null;
      if (problem === 'required' && value === null) missing.push(name);
      else if (
        problem === 'too-long' &&
        typeof value === 'string' &&
        field &&
        'max' in field &&
        field.kind !== 'number'
      ) {
        fields[name] = shorten(value, field.max);
        if (name !== 'comment')
          addToComment(section, fields, [`${field.label ? `${say(field.label)} : ` : ''}${value}`]);
        left.add(name);
      } else {
        fields[name] = null;
        left.add(name);
      }
    }
    if (missing.length > 0) return { missing };
  }
  return { missing: [...left] };
}

function addToComment(
  section: ProfileSection,
  fields: Record<string, FieldValue>,
  lines: readonly string[],
): void {
  if (lines.length === 0 || !section.fields.some(({ name }) => name === 'comment')) return;
  fields['comment'] = [...lines, fields['comment'] ?? ''].filter((line) => line !== '').join('\n');
}

function shorten(text: string, max: number): string {
  const clean = text.replace(/\s+/g, ' ').trim();
  if (clean.length <= max) return clean;
  return `${clean
    .slice(0, max - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}

/** The same resource gets the same id wherever it is imported, so that nothing is added twice. */
async function idFor(
  item: Item,
  index: number,
  identity: string,
  { digest }: ReadSettings,
): Promise<EntryId> {
  const own = index === 0 ? entryIdOf(item.url ?? '') : undefined;
  if (own !== undefined) return own;
  const isGlobal = item.url !== undefined && /^(https?:|urn:)/.test(item.url);
  const local = `${identity} ${item.type}/${textOrNothing(item.resource['id']) ?? `#${item.index}`}`;
  const bytes = new TextEncoder().encode(`carnet import ${isGlobal ? item.url : local} ${index}`);
  return entryIdOfBytes(await digest(bytes));
}
