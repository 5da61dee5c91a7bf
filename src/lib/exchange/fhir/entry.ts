/**
 * An entry of the record as a FHIR resource, and a resource as an entry.
 *
 * Guarantees: what is written is read back at once, and whatever field comes back different is kept whole in an
 * extension, so that no mapping can lose anything.
 */
import type { Entry, FieldValue } from '#lib/record/entry.ts';
import {
  CARNET,
  extensionUrl,
  type FhirMapping,
  type FhirShape,
  type Json,
  type JsonObject,
} from '#lib/record/fhir.ts';
import type { FieldDefinition, SectionDefinition } from '#lib/record/section.ts';
import { coding, type EntryOf, type ReferenceTo, type Say, writeElement } from './element.ts';
import { readElement } from './element-read.ts';
import { type Building, elementAt, isObject, listOf, place, textOrNothing } from './json.ts';
import { codesOf, type Resolve } from './words.ts';

export const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

type Fields = Readonly<Record<string, FieldValue>>;

/** A section without a mapping is written in this form, all of it in extensions. */
const PLAIN: Omit<FhirShape, 'summary'> = { resource: 'Basic', subject: 'subject', fields: {} };

export interface WriteContext {
  readonly patient: string;
  readonly say: Say;
  readonly referenceTo: ReferenceTo;
  readonly entryOf: EntryOf;
}

export function shapeFor(mapping: FhirMapping | undefined, fields: Fields): FhirShape | undefined {
  return mapping?.shapes.find((shape) => shape.readOnly !== true && holds(shape, fields));
}

export function writeEntry(
  definition: SectionDefinition,
  shape: FhirShape | undefined,
  { fields }: Pick<Entry, 'fields'>,
  id: string,
  context: WriteContext,
): JsonObject {
  const { resource, subject, fixed, coded, absent, fields: elements } = shape ?? PLAIN;
  const built: Building = { resourceType: resource, id, ...structuredClone<object>(fixed ?? {}) };
  if (!shape) built['code'] = { coding: [coding(`carnet|${definition.id}`)] };
  for (const [path, code] of Object.entries(coded ?? {})) place(built, `${path}.coding.0`, coding(code));
  if (subject !== null) built[subject] = { reference: context.patient };
  for (const field of definition.fields) {
    const element = elements[field.name];
    if (element) writeElement(built, element, field, fields, context.say, context.referenceTo);
  }
  for (const path of absent ?? []) if (!hasChoice(built, path)) built[`_${path}`] = UNKNOWN;
  const kept = extensionsFor(definition, shape, fields, built, context);
  if (kept.length > 0) built['extension'] = kept;
  return built;
}

const UNKNOWN = { extension: [{ url: ABSENT, valueCode: 'unknown' }] };

/** `effectiveDateTime` is not missing where `effectivePeriod` stands. */
function hasChoice(built: Building, path: string): boolean {
  const stem = path.replace(/[A-Z].*$/, '');
  return Object.keys(built).some((key) => key.startsWith(stem));
}

function extensionsFor(
  definition: SectionDefinition,
  shape: FhirShape | undefined,
  fields: Fields,
  resource: JsonObject,
  context: WriteContext,
): JsonObject[] {
  const read = readResource(definition, shape, resource, {
    ...context,
    resolve: () => undefined,
    zone: 'UTC',
  }).fields;
  return definition.fields.flatMap((field) => {
    const value = fields[field.name] ?? null;
    if (field.kind === 'bytes' || sameValue(value, read[field.name] ?? null)) return [];
    const url = extensionUrl(definition.id, field.name);
    if (value === null) return [{ url, extension: [{ url: ABSENT, valueCode: 'not-applicable' }] }];
    return (Array.isArray(value) ? value : [value]).map((one) => ({
      url,
      ...extensionValue(field, one as string, context),
    }));
  });
}

function extensionValue(
  field: FieldDefinition,
  value: string | number | boolean,
  { referenceTo }: WriteContext,
): JsonObject {
  switch (field.kind) {
    case 'date':
      return { valueDateTime: value };
    case 'choice':
      return { valueCode: value };
    case 'flag':
      return { valueBoolean: value };
    case 'number':
      return { valueDecimal: value };
    case 'reference':
      return { valueReference: { reference: referenceTo(String(value)) } };
    default:
      return { valueString: value };
  }
}

/** What a file says of one entry and is not taken over as it stands there. */
export interface Remark {
  /** Left out; taken in part; taken, and not certain. */
  readonly type: 'left' | 'shortened' | 'doubt';
  /** The field it belongs to, where it has one. */
  readonly field: string | null;
  /** What the file says, in its words. */
  readonly said: string;
}

export interface Reading {
  readonly fields: Fields;
  /** Words that found no place in their own field. */
  readonly beside: readonly string[];
  readonly remarks: readonly Remark[];
}

export interface EntryReadContext {
  readonly say: Say;
  readonly resolve: Resolve;
  readonly entryOf: EntryOf;
  /** Where the person lives: an instant is the day it was there. */
  readonly zone: string;
}

/** The fields that a resource speaks of. An extension of ours says it exactly; else the standard element. */
export function readResource(
  definition: SectionDefinition,
  shape: FhirShape | undefined,
  resource: JsonObject,
  context: EntryReadContext,
): Reading {
  const fields: Record<string, FieldValue> = {};
  const beside: string[] = [];
  const remarks: Remark[] = [];
  for (const field of definition.fields) {
    const element = shape?.fields[field.name];
    if (!element) continue;
    const read = readElement(element, field, { ...context, resource, shape: shape });
    fields[field.name] = read.value ?? fields[field.name] ?? null;
    Object.assign(fields, read.others);
    if (read.beside) beside.push(read.beside);
    if (read.unread) remarks.push({ type: 'left', field: field.name, said: read.unread });
    if (read.doubt) remarks.push({ type: 'doubt', field: field.name, said: read.doubt });
  }
  for (const field of definition.fields) {
    const kept = extensionsOf(resource, extensionUrl(definition.id, field.name));
    if (kept.length > 0) fields[field.name] = keptValue(field, kept, context.entryOf);
  }
  const isExact = ({ field }: Remark): boolean =>
    field !== null && extensionsOf(resource, extensionUrl(definition.id, field)).length > 0;
  return { fields, beside, remarks: remarks.filter((remark) => !isExact(remark)) };
}

export function holds({ when }: FhirShape, fields: Fields): boolean {
  return when === undefined || when.values.includes(fields[when.field] as string | boolean);
}

export function isMarked({ marked }: FhirShape, resource: JsonObject): boolean {
  return (
    marked === undefined ||
    codesOf(elementAt(resource, marked.at)).some(({ code }) => marked.codes.includes(code))
  );
}

/** Whether a resource has anything of ours in it about a section. */
export function isOurs(resource: JsonObject, section: string): boolean {
  const prefix = `${CARNET}/StructureDefinition/${section}-`;
  return listOf(resource['extension']).some((one) =>
    textOrNothing(elementAt(one, 'url'))?.startsWith(prefix),
  );
}

export function extensionsOf(resource: Json | undefined, url: string): JsonObject[] {
  return listOf(elementAt(resource, 'extension'))
    .filter(isObject)
    .filter((one) => one['url'] === url);
}

function keptValue(field: FieldDefinition, kept: readonly JsonObject[], entryOf: EntryOf): FieldValue {
  const values = kept.flatMap((one) => {
    const value = elementAt(one, 'value');
    const plain = isObject(value) ? entryOf(textOrNothing(value['reference']) ?? '') : value;
    return typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean'
      ? [plain]
      : [];
  });
  if ((field.kind === 'choice' || field.kind === 'reference') && field.many)
    return values.length > 0 ? values.map(String) : null;
  return values[0] ?? null;
}

function sameValue(a: FieldValue, b: FieldValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
