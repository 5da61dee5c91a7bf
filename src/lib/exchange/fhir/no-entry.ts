/** What becomes no entry, and why: the frame, what is no fact, what says that there is nothing. */
import { type Json, SUMMARY } from '#lib/record/fhir.ts';
import { fhirMappings } from '#lib/record/fhir-mappings.ts';
import type { SectionId } from '#lib/record/entry.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { formatPartialDate } from '#lib/record/partial-date.ts';
import { type Item, isSamePerson, sectionCode, sectionsOf, type Source } from './bundle.ts';
import { partialDate } from './dates.ts';
import { extensionsOf } from './entry.ts';
import { elementAt, isObject, listOf, textOrNothing } from './json.ts';
import { type Nothing, nothingIn } from './nothing-known.ts';
import type { ImportPlan, KeptReason, Outcome } from './plan.ts';
import type { ReadSettings } from './placing.ts';
import { isPanel } from './pressures.ts';
import type { Standing } from './standing.ts';
import { codesOf } from './words.ts';
import { DECLARED } from './write.ts';

export function withoutPlace(item: Item, source: Source, standing: Standing): Outcome | undefined {
  const { type, resource } = item;
  const kept = (reason: KeptReason, said?: readonly string[]): Outcome => ({
    ...{ type: 'kept', reason },
    ...(said && said.length > 0 && { said }),
  });
  if (type === 'Composition' || isFrame(item, source)) return kept('frame');
  if (type === 'Patient') return kept('person');
  if (item.isOlder) return kept('older');
  if (isModified(resource) || resource['implicitRules'] !== undefined) return kept('modified');
  if (standing.weight === 'not') return kept('not-a-fact', standing.why);
  if (standing.weight === 'silent') return kept('no-information', standing.why);
  const named = textOrNothing(elementAt(resource['subject'] ?? resource['patient'], 'reference'));
  const subject = named === undefined ? undefined : source.resolverFor(item)(named);
  if (
    subject?.['resourceType'] === 'Patient' &&
    source.patient &&
    !isSamePerson(subject, source.patient.resource)
  )
    return kept('other-person');
  return undefined;
}

/** An extension that changes what it stands in, wherever that is: a part, a medicine within. A dosage looks for its own. */
function isModified(value: Json | undefined): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(isModified);
  if (!isObject(value)) return false;
  return (
    listOf(value['modifierExtension']).length > 0 ||
    Object.keys(value).some((key) => !/^dosage(Instruction)?$/.test(key) && isModified(value[key]))
  );
}

/** It only holds others together: a medicine that an order names, a list whose items were opened, a search that went well. */
function isFrame(item: Item, source: Source): boolean {
  const { type, resource } = item;
  switch (type) {
    case 'Medication':
      return isNamedByAnother(resource, source);
    case 'List':
      return listOf(resource['contained']).length > 0;
    case 'CareTeam':
      return source.isOwn;
    case 'OperationOutcome':
      return !isFailure(resource);
    case 'Observation':
      return isPanel(resource) && hasItsMembers(item, source);
    default:
      return false;
  }
}

function isFailure(resource: Item['resource']): boolean {
  return listOf(resource['issue']).some((issue) =>
    ['error', 'fatal'].includes(textOrNothing(elementAt(issue, 'severity')) ?? ''),
  );
}

function hasItsMembers(item: Item, source: Source): boolean {
  const { resource } = item;
  const members = [...listOf(resource['hasMember']), ...listOf(elementAt(resource['related'], 'target'))];
  return members.every((member) => {
    const name = textOrNothing(elementAt(member, 'reference')) ?? '';
    return source.resolverFor(item)(name) !== undefined;
  });
}

const MEDICATION = ['medicationReference', 'medication.reference', 'medication'];

/** The medicines that others name, looked for once in each file. */
const named = new WeakMap<Source, ReadonlySet<unknown>>();

function isNamedByAnother(medication: Item['resource'], source: Source): boolean {
  const known = named.get(source) ?? medicationsNamed(source);
  named.set(source, known);
  return known.has(medication);
}

function medicationsNamed(source: Source): ReadonlySet<unknown> {
  const names = source.items.flatMap((item) =>
    MEDICATION.flatMap((path) => {
      const name = textOrNothing(elementAt(elementAt(item.resource, path), 'reference'));
      return name === undefined ? [] : [source.resolverFor(item)(name)];
    }),
  );
  return new Set(names);
}

/** "No known allergy", where an allergy would stand. */
export function nothingSaid(
  sections: readonly ProfileSection[],
  item: Item,
  source: Source,
): Outcome | undefined {
  const { type, resource } = item;
  const nothing: Nothing | undefined = nothingIn(type, resource, source.resolverFor(item));
  if (!nothing) return undefined;
  if (nothing.type !== 'none') return { type: 'kept', reason: nothing.type };
  const section = sections.find(({ id, none }) => none && id === nothing.section);
  // Where nothing can be declared, that there is nothing is still no entry.
  return section ? { type: 'declared', section: section.id } : { type: 'kept', reason: 'none-of-kind' };
}

/** What is declared empty, by the summary or by a resource of its own. */
export function declarations(
  sections: readonly ProfileSection[],
  { composition, items }: Source,
  outcomes: ReadonlyMap<Item, Outcome>,
  { zone, today }: ReadSettings,
): ImportPlan['declared'] {
  const date = partialDate(elementAt(composition, 'date'), zone);
  const found = new Map<SectionId, string>();
  for (const part of sectionsOf(composition)) {
    const nil = codesOf(part['emptyReason']).some(({ code }) => code === 'nilknown');
    const section = nil ? sectionOfSummary(sections, sectionCode(part)) : undefined;
    const [declared] = extensionsOf(part, DECLARED);
    const day = partialDate(declared?.['valueDateTime'], zone) ?? date;
    if (section !== undefined && day !== null) found.set(section, day);
  }
  for (const item of items) {
    const outcome = outcomes.get(item);
    if (outcome?.type !== 'declared') continue;
    const day = ['recordedDate', 'effective', 'date', 'performed']
      .map((path) => partialDate(elementAt(item.resource, path), zone))
      .find((one) => one !== null);
    // Without a day of its own it is declared on the day that the person takes it over.
    if (!found.has(outcome.section)) found.set(outcome.section, day ?? date ?? formatPartialDate(today));
  }
  return [...found].map(([section, day]) => ({ section, date: day }));
}

function sectionOfSummary(
  sections: readonly ProfileSection[],
  code: string | undefined,
): SectionId | undefined {
  const mapping = fhirMappings.find(({ shapes: [first] }) => first && SUMMARY[first.summary].code === code);
  return sections.find(({ id, none }) => none && id === (mapping?.section ?? code))?.id;
}
