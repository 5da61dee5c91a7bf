/** One field of an entry as an element of FHIR. What an element cannot carry, the caller keeps elsewhere. */
import type { FieldValue } from '#lib/record/entry.ts';
import { type Code, type FhirElement, type Json, SYSTEMS } from '#lib/record/fhir.ts';
import { optionOf } from '#lib/record/profile-section.ts';
import type { FieldDefinition, Words } from '#lib/record/section.ts';
import { type Building, elementAt, listOf, place } from './json.ts';

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
    case 'dosage':
      return place(target, `${element.at}.0.text`, value);
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

export type ChoiceElement = Extract<FhirElement, { codes: unknown }>;

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

export type MoneyElement = Extract<FhirElement, { as: 'money' }>;

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

export type QuantityElement = Extract<FhirElement, { as: 'quantity' }>;

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
export const round = (value: number): number => Number(value.toPrecision(12));
