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
    case 'email': {
      const list = listOf(elementAt(target, element.at));
      return place(target, element.at, [...list, { system: element.as, value: value as string }]);
    }
    case 'concept-code':
    case 'coding':
    case 'code': {
      const [first] = element.codes[value as string] ?? [];
      if (first === undefined) return;
      if (element.as === 'code') return place(target, element.at, coding(first).code);
      if (element.as === 'coding') return place(target, element.at, coding(first));
      const text =
        element.text && field.kind === 'choice' ? { text: optionOf(field, value as string, say) } : {};
      const concept = { coding: [coding(first)], ...text };
      return place(target, element.at, concept);
    }
    case 'ongoing':
      return place(target, element.at, coded(value === true ? element.yes : element.no));
    case 'time':
      return;
    case 'quantity':
      return writeQuantity(target, element, value as number, fields);
    case 'money': {
      const amounts = listOf(elementAt(target, element.at));
      const currency = fields[element.currency];
      const amount = { value: value as number, ...(typeof currency === 'string' && { currency }) };
      return place(target, element.at, [
        ...amounts,
        { category: { coding: [coding(element.code)] }, amount },
      ]);
    }
    case 'references':
      return place(
        target,
        element.at,
        (value as readonly string[]).map((id) => ({ reference: referenceTo(id) })),
      );
  }
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
  const others = listOf(elementAt(target, 'component'));
  place(target, 'component', [...others, { code: { coding: [coding(component)] }, [at]: quantity }]);
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

export function readElement(element: FhirElement, context: ReadContext): ElementReading {
  const { resource, resolve } = context;
  const at = elementAt(resource, element.at);
  switch (element.as) {
    case 'string':
    case 'concept': {
      const words = firstWords([element.at, ...(element.from ?? [])], context);
      return { value: words || null };
    }
    case 'note': {
      const notes = listOf(at).map((note) => wordsOf(note, resolve));
      const also = (element.also ?? []).flatMap(([path, label]) => {
        const words = isWrittenAt(context, path) ? '' : wordsOf(elementAt(resource, path), resolve);
        return words === '' ? [] : [`${context.say(label)} : ${words}`];
      });
      return { value: [...notes, ...also].filter((line) => line !== '').join('\n') || null };
    }
    case 'date': {
      for (const path of [element.at, ...(element.from ?? [])]) {
        const date = partialDate(elementAt(resource, path));
        if (date !== null) return { value: date };
      }
      return NOTHING;
    }
    case 'time': {
      for (const path of [element.at, ...(element.from ?? [])]) {
        const time = /T(\d{2}:\d{2})/.exec(textOrNothing(elementAt(resource, path)) ?? '')?.[1];
        if (time !== undefined) return { value: time };
      }
      return NOTHING;
    }
    case 'phone':
    case 'email': {
      const those = listOf(at)
        .filter(isObject)
        .filter(({ system }) => system === element.as);
      const [first] = those.flatMap((point) => textOrNothing(point['value']) ?? []);
      return { value: first?.replace(/^(tel|mailto):/, '') ?? null };
    }
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
    case 'money': {
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
    case 'references': {
      const ids = listOf(at).flatMap(
        (one) => context.entryOf(textOrNothing(elementAt(one, 'reference')) ?? '') ?? [],
      );
      return { value: ids.length > 0 ? [...new Set(ids)].sort() : null };
    }
  }
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

function readChoice(
  element: Extract<FhirElement, { codes: unknown }>,
  at: Json | undefined,
  resolve: Resolve,
): ElementReading {
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
