/** What becomes an entry: the section a resource belongs to, and its fields as that section takes them. */
import { cut } from '#lib/text/signs.ts';
import type { FieldValue, SectionId } from '#lib/record/entry.ts';
import {
  extensionUrl,
  type FhirMapping,
  type FhirShape,
  type JsonObject,
  SUMMARY,
  SYSTEMS,
} from '#lib/record/fhir.ts';
import { fhirMappings } from '#lib/record/fhir-mappings.ts';
import type { PartialDate } from '#lib/record/partial-date.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { type Fields, validateEntry } from '#lib/record/section.ts';
import { atEach, watch } from './account.ts';
import type { Item, Source } from './bundle.ts';
import type { Say } from './element.ts';
import { extensionsOf, holds, isMarked, isOurs, readResource, type Remark } from './entry.ts';
import { entryIdOf } from './ids.ts';
import { listOf } from './json.ts';
import type { KeptReason } from './plan.ts';
import type { Standing } from './standing.ts';
import { codesOf } from './words.ts';

export interface ReadSettings {
  readonly today: PartialDate;
  /** Where the person lives: an instant is the day it was there. */
  readonly zone: string;
  readonly say: Say;
  readonly digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
}

export interface Fitted {
  readonly fields: Fields;
  readonly left: readonly string[];
  readonly remarks: readonly Remark[];
}

/** What was made of one entry, and what it is called without what its status adds. */
export interface Placed extends Fitted {
  readonly plainName: string;
}

export type ReadAs =
  | {
      readonly section: SectionId;
      readonly entries: readonly Placed[];
      readonly shape: FhirShape | undefined;
      /** The paths of the resource that were read. */
      readonly seen: ReadonlySet<string>;
    }
  | {
      readonly reason: KeptReason;
      readonly missing?: readonly string[];
      /** What stands there and was not understood. */
      readonly said?: readonly string[];
    };

/** @param resource what the item is read as, where it is not what it stands as in the file */
export function readAs(
  sections: readonly ProfileSection[],
  item: Item,
  resource: JsonObject,
  source: Source,
  standing: Standing,
  settings: ReadSettings,
): ReadAs {
  let lacking: { readonly missing: readonly string[]; readonly said: readonly string[] } | undefined;
  for (const { section, shape } of candidates(sections, item, resource, source)) {
    const tried = tryAs(section, shape, item, resource, source, standing, settings);
    if ('entries' in tried) return tried;
    // Of another kind than the section knows: no place for it, rather than something missing.
    if (!tried.isElsewhere && !tried.missing.some((name) => isKindOf(shape, name))) lacking ??= tried;
  }
  if (!lacking) return { reason: 'no-place' };
  const { missing, said } = lacking;
  return { reason: 'lacks', missing: [...new Set(missing)], ...(said.length > 0 && { said }) };
}

interface Failed {
  readonly isElsewhere: boolean;
  readonly missing: readonly string[];
  readonly said: readonly string[];
}

function tryAs(
  section: ProfileSection,
  shape: FhirShape | undefined,
  item: Item,
  resource: JsonObject,
  source: Source,
  standing: Standing,
  settings: ReadSettings,
): Extract<ReadAs, { entries: unknown }> | Failed {
  const resolve = source.resolverFor({ resource, scope: item.scope });
  const context = { say: settings.say, zone: settings.zone, resolve, entryOf: entryIdOf };
  const seen = new Set<string>();
  const readings = split(resource, shape?.each).map((one, index) => {
    const watched = watch(one);
    const { fields, beside, remarks } = readResource(section, shape, watched.resource, context);
    for (const path of shape?.each ? atEach(watched.seen, shape.each, index) : watched.seen) seen.add(path);
    return { fields: settleOngoing(section, fields, shape, item, source), beside, remarks };
  });
  const failed = { isElsewhere: true, missing: [], said: [] };
  if (shape && !readings.every(({ fields }) => holds(shape, fields))) return failed;
  const fitted = readings.map((reading) => {
    const own = qualified(section, reading.fields, standing, resource);
    const fit_ = fit(section, own, [...reading.beside, ...standing.lines], settings);
    return {
      ...fit_,
      remarks: [...reading.remarks, ...fit_.remarks],
      plainName: nameIn(section, reading.fields),
    };
  });
  const entries = fitted.flatMap((one) => ('fields' in one ? [withDoubts(one, standing, source)] : []));
  if (entries.length === fitted.length && entries.length > 0)
    return { section: section.id, entries, shape, seen };
  return {
    isElsewhere: false,
    missing: fitted.flatMap((one) => ('missing' in one ? one.missing : [])),
    said: fitted.flatMap(({ remarks }) => remarks.map(({ said }) => said)),
  };
}

/** What Carnet wrote is what the person wrote: nothing of it is doubtful. */
function withDoubts(one: Placed, { doubts }: Standing, { isOwn }: Source): Placed {
  const { fields, plainName } = one;
  const remarks = isOwn
    ? one.remarks.filter(({ type }) => type !== 'doubt')
    : [...one.remarks, ...doubts.map((said): Remark => ({ type: 'doubt', field: null, said }))];
  const unread = remarks.flatMap(({ type, field }) => (type === 'left' && field !== null ? [field] : []));
  return { fields, plainName, remarks, left: [...new Set([...one.left, ...unread])] };
}

function nameIn({ name }: ProfileSection, fields: Fields): string {
  return name.map((part) => String(fields[part] ?? '')).join(' ');
}

/** "Prothèse (en attente)": no list may show the name without what makes it another thing. */
function qualified(
  section: ProfileSection,
  fields: Fields,
  { suffix }: Standing,
  resource: JsonObject,
): Fields {
  const field = section.fields.find(({ name }) => name === section.name[0]);
  const value = field ? fields[field.name] : null;
  if (suffix.length === 0 || field?.kind !== 'text' || typeof value !== 'string') return fields;
  // An export of ours says it in its name already.
  if (extensionsOf(resource, extensionUrl(section.id, field.name)).length > 0) return fields;
  const words = ` (${shorten(suffix.join(', '), Math.floor(field.max / 2))})`;
  return value.includes(words.trim())
    ? fields
    : { ...fields, [field.name]: `${shorten(value, field.max - words.length)}${words}` };
}

function isKindOf(shape: FhirShape | undefined, name: string): boolean {
  return ['concept-code', 'coding', 'code'].includes(shape?.fields[name]?.as ?? '');
}

interface Candidate {
  readonly section: ProfileSection;
  readonly shape: FhirShape | undefined;
}

/** Where the resource stands in the summary speaks first, then its marks, then the order of the mappings. */
function candidates(
  sections: readonly ProfileSection[],
  item: Item,
  resource: JsonObject,
  source: Source,
): Candidate[] {
  const { type } = item;
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
function fit(
  section: ProfileSection,
  read: Fields,
  beside: readonly string[],
  { today, say }: ReadSettings,
): Fitted | { readonly missing: readonly string[]; readonly remarks: readonly Remark[] } {
  const fields: Record<string, FieldValue> = { ...read };
  const left = new Set<string>();
  const remarks: Remark[] = [];
  addToComment(section, fields, beside);
  for (let round = 0; round <= section.fields.length; round += 1) {
    const checked = validateEntry(section, fields, today, 'given');
    if (checked.ok) return { fields: checked.fields, left: [...left], remarks };
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
        remarks.push({ type: 'shortened', field: name, said: value });
      } else {
        if (value !== null) remarks.push({ type: 'left', field: name, said: String(value) });
        fields[name] = null;
        left.add(name);
      }
    }
    if (missing.length > 0) return { missing, remarks };
  }
  return { missing: [...left], remarks };
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
  return `${cut(clean, max - 1).trimEnd()}…`;
}
