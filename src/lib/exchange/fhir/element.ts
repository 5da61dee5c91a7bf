/** One field of an entry as an element of FHIR, and back. What an element cannot carry, the caller keeps elsewhere. */
import type { FieldValue } from '#lib/record/entry.ts';
import {
  type Code,
  type FhirElement,
  type FhirShape,
  type Json,
  type JsonObject,
  SYSTEMS,
} from '#lib/record/fhir.ts';
import { optionOf } from '#lib/record/profile-section.ts';
import type { FieldDefinition, Words } from '#lib/record/section.ts';
import { type Building, elementAt, isObject, listOf, place, textOrNothing } from './json.ts';
import { codesOf, type Resolve, wordsOf } from './words.ts';

export type Say = (words: Words) => string;

/** The reference by which an entry of the record is named. */
export type ReferenceTo = (id: string) => string;
/** The entry that a reference names, if it is one. */
export type EntryOf = (reference: string) => string | undefined;

export function coding(code: Code): { system: string; code: string } {
  const [system = '', value = ''] = split(code);
  return { system: SYSTEMS[system as keyof typeof SYSTEMS], code: value };
}

function split(code: string): string[] {
  const at = code.indexOf('|');
  return [code.slice(0, at), code.slice(at + 1)];
}

export function writeElement(
  target: Building,
  element: FhirElement,
  field: FieldDefinition,
  fields: Readonly<Record<string, FieldValue>>,
  say: Say,
  referenceTo: ReferenceTo,
): void {
  const value = fields[field.name] ?? null;
  if (value === null) {
    if (element.as === 'ongoing') place(target, element.at, coded(element.no));
    return;
  }
  switch (element.as) {
    case 'string':
    case 'date':
      return place(target, element.at, value);
    case 'concept':
      return place(target, `${element.at}.text`, value);
    case 'note':
      return place(target, `${element.at}.0.text`, value);
    case 'phone':
    case 'email':
      return append(target, element.at, { system: element.as, value: value as string });
    case 'concept-code':
    case 'coding':
    case 'code':
      return writeChoice(target, element, field, value as string, say);
    case 'ongoing':
      return place(target, element.at, coded(value === true ? element.yes : element.no));
    case 'time':
      return;
    case 'quantity':
      return writeQuantity(target, element, value as number, fields);
    case 'money':
      return writeMoney(target, element, value as number, fields);
    case 'references': {
      const ids = value as readonly string[];
      return place(
        target,
        element.at,
        ids.map((id) => ({ reference: referenceTo(id) })),
      );
    }
  }
}

function append(target: Building, at: string, item: Json): void {
  place(target, at, [...listOf(elementAt(target, at)), item]);
}

type ChoiceElement = Extract<FhirElement, { codes: unknown }>;

function writeChoice(
  target: Building,
  element: ChoiceElement,
  field: FieldDefinition,
  value: string,
  say: Say,
): void {
  const [first] = element.codes[value] ?? [];
  if (first === undefined) return;
  if (element.as === 'code') return place(target, element.at, coding(first).code);
  if (element.as === 'coding') return place(target, element.at, coding(first));
  const text = element.text && field.kind === 'choice' ? { text: optionOf(field, value, say) } : {};
  place(target, element.at, { coding: [coding(first)], ...text });
}

type MoneyElement = Extract<FhirElement, { as: 'money' }>;

function writeMoney(
  target: Building,
  element: MoneyElement,
  value: number,
  fields: Readonly<Record<string, FieldValue>>,
): void {
  const currency = fields[element.currency];
  const amount = { value, ...(typeof currency === 'string' && { currency }) };
  append(target, element.at, { category: { coding: [coding(element.code)] }, amount });
}

function coded(value: string): Json {
  return value.includes('|') ? { coding: [coding(value as Code)] } : value;
}

type QuantityElement = Extract<FhirElement, { as: 'quantity' }>;

function writeQuantity(
  target: Building,
  { at, unit, factor = 1, component }: QuantityElement,
  value: number,
  fields: Readonly<Record<string, FieldValue>>,
): void {
  const code = typeof unit === 'string' ? unit : unit.units[String(fields[unit.field])];
  if (code === undefined) return;
  const quantity = { value: round(value * factor), unit: code, system: SYSTEMS.ucum, code };
  if (component === undefined) return place(target, at, quantity);
  append(target, 'component', { code: { coding: [coding(component)] }, [at]: quantity });
}

/** Without the dust of binary fractions. */
const round = (value: number): number => Number(value.toPrecision(12));

/** What was read of a field; `beside` are words that belong to it and have no place in it. */
export interface ElementReading {
  readonly value: FieldValue;
  readonly others?: Readonly<Record<string, FieldValue>>;
  readonly beside?: string;
}

export interface ReadContext {
  readonly resource: JsonObject;
  readonly shape: FhirShape;
  readonly resolve: Resolve;
  readonly entryOf: EntryOf;
  readonly say: Say;
}

const NOTHING: ElementReading = { value: null };

type TextElement = Extract<FhirElement, { as: 'string' | 'concept' | 'note' }>;

export function readElement(element: FhirElement, context: ReadContext): ElementReading {
  const { resource, resolve } = context;
  const at = elementAt(resource, element.at);
  switch (element.as) {
    case 'string':
    case 'concept':
      return { value: firstWords(pathsOf(element), context) || null };
    case 'note':
      return readNote(element, context);
    case 'date':
      return { value: firstOf(pathsOf(element), (path) => partialDate(elementAt(resource, path))) };
    case 'time':
      return { value: firstOf(pathsOf(element), (path) => timeOfDay(elementAt(resource, path))) };
    case 'phone':
    case 'email':
      return readPoint(element.as, at);
    case 'concept-code':
    case 'coding':
    case 'code':
      return readChoice(element, elementAt(resource, element.at.replace(/\.0$/, '')), resolve);
    case 'ongoing': {
      const codes = codesOf(at);
      if (codes.length > 0) return { value: codes.some(({ code }) => element.active.includes(code)) || null };
      return NOTHING;
    }
    case 'quantity':
      return readQuantity(element, resource);
    case 'money':
      return readMoney(element, at);
    case 'references':
      return readReferences(at, context);
  }
}

function pathsOf({ at, from = [] }: { readonly at: string; readonly from?: readonly string[] }): string[] {
  return [at, ...from];
}

function firstOf<T>(paths: readonly string[], read: (path: string) => T | null): T | null {
  for (const path of paths) {
    const found = read(path);
    if (found !== null) return found;
  }
  return null;
}

function readNote(element: TextElement, context: ReadContext): ElementReading {
  const { resource, resolve, say } = context;
  const notes = listOf(elementAt(resource, element.at)).map((note) => wordsOf(note, resolve));
  const also = (element.also ?? []).flatMap(([path, label]) => {
    const words = isWrittenAt(context, path) ? '' : wordsOf(elementAt(resource, path), resolve);
    return words === '' ? [] : [`${say(label)} : ${words}`];
  });
  return { value: [...notes, ...also].filter((line) => line !== '').join('\n') || null };
}

function readPoint(as: 'phone' | 'email', at: Json | undefined): ElementReading {
  const those = listOf(at)
    .filter(isObject)
    .filter(({ system }) => system === as);
  const [first] = those.flatMap((point) => textOrNothing(point['value']) ?? []);
  return { value: first?.replace(/^(tel|mailto):/, '') ?? null };
}

function readMoney(element: MoneyElement, at: Json | undefined): ElementReading {
  const { code } = coding(element.code);
  const amount = elementAt(
    listOf(at).find((one) => codesOf(elementAt(one, 'category')).some((found) => found.code === code)),
    'amount',
  );
  const number = elementAt(amount, 'value');
  const currency = textOrNothing(elementAt(amount, 'currency'));
  if (typeof number !== 'number') return NOTHING;
  return { value: number, ...(currency !== undefined && { others: { [element.currency]: currency } }) };
}

function readReferences(at: Json | undefined, { entryOf }: ReadContext): ElementReading {
  const ids = listOf(at).flatMap((one) => entryOf(textOrNothing(elementAt(one, 'reference')) ?? '') ?? []);
  return { value: ids.length > 0 ? [...new Set(ids)].sort() : null };
}

/** What the shape itself writes at a path says nothing. */
function isWrittenAt({ shape, resource }: ReadContext, path: string): boolean {
  const code = shape.coded?.[path];
  return (
    code !== undefined && codesOf(elementAt(resource, path)).some((one) => one.code === coding(code).code)
  );
}

function firstWords(paths: readonly string[], { resource, resolve }: ReadContext): string {
  for (const path of paths) {
    // Several dosages are all to be read, one a line.
    const list = /^(dosage\w*)\.0\.text$/.exec(path)?.[1];
    const words = wordsOf(elementAt(resource, list ?? path), resolve, list ? '\n' : ', ');
    if (words !== '') return words;
  }
  return '';
}

function readChoice(element: ChoiceElement, at: Json | undefined, resolve: Resolve): ElementReading {
  const found = codesOf(at);
  for (const [value, codes] of Object.entries(element.codes))
    for (const code of codes.map(coding))
      if (found.some((one) => one.code === code.code && (one.system === code.system || one.system === '')))
        return { value };
  const words = wordsOf(at, resolve);
  return element.others !== undefined && words !== '' ? { value: element.others, beside: words } : NOTHING;
}

function readQuantity(element: QuantityElement, resource: JsonObject): ElementReading {
  const { unit, factor = 1, also = {}, component } = element;
  const holder = component === undefined ? resource : componentOf(resource, coding(component).code);
  const quantity = elementAt(holder, element.at);
  const number = elementAt(quantity, 'value');
  const code = textOrNothing(elementAt(quantity, 'code')) ?? textOrNothing(elementAt(quantity, 'unit')) ?? '';
  // "Less than 5" is not 5.
  if (typeof number !== 'number' || elementAt(quantity, 'comparator') !== undefined) return NOTHING;
  if (typeof unit !== 'string') {
    const chosen = Object.entries(unit.units).find(([, ucum]) => ucum === code)?.[0];
    return chosen === undefined ? NOTHING : { value: number, others: { [unit.field]: chosen } };
  }
  if (code === unit || code === '') return { value: round(number / factor) };
  const times = Object.hasOwn(also, code) ? also[code] : undefined;
  return times === undefined
    ? NOTHING
    : { value: Number(((number * times) / factor).toPrecision(5)), beside: `${number} ${code}` };
}

function componentOf(resource: JsonObject, code: string): Json | undefined {
  return listOf(resource['component']).find((one) =>
    codesOf(elementAt(one, 'code')).some((found) => found.code === code),
  );
}

/** The day, month or year of a date, a moment or the beginning of a period. */
export function partialDate(value: Json | undefined): string | null {
  const text = textOrNothing(value) ?? textOrNothing(elementAt(value, 'start'));
  return text === undefined ? null : (/^\d{4}(-\d{2}(-\d{2})?)?(?=$|T)/.exec(text)?.[0] ?? null);
}

function timeOfDay(value: Json | undefined): string | null {
  return /T(\d{2}:\d{2})/.exec(textOrNothing(value) ?? '')?.[1] ?? null;
}
