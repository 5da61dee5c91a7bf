/**
 * One element of a resource as a field of an entry.
 *
 * Guarantees: what is there and not understood is said to be so (`unread`), in the words of the file; a number is taken
 * only with the unit that it has.
 */
import type { FieldValue } from '#lib/record/entry.ts';
import type { FhirElement, FhirShape, Json, JsonObject } from '#lib/record/fhir.ts';
import type { FieldDefinition, Words } from '#lib/record/section.ts';
import { cut } from '#lib/text/signs.ts';
import { partialDate, timeOfDay } from './dates.ts';
import { readDosages } from './dosage.ts';
import {
  type ChoiceElement,
  coding,
  type EntryOf,
  type MoneyElement,
  type QuantityElement,
  round,
  type Say,
} from './element.ts';
import { elementAt, isObject, listOf, textOrNothing } from './json.ts';
import { convert, readUnit } from './units.ts';
import { codesOf, codesOrTexts, type Resolve, wordsOf } from './words.ts';

/** What was read of a field; `beside` are words that belong to it and have no place in it. */
export interface ElementReading {
  readonly value: FieldValue;
  readonly others?: Readonly<Record<string, FieldValue>>;
  readonly beside?: string;
  /** What stands there and is not understood. */
  readonly unread?: string;
  /** What was understood and is hard to believe. */
  readonly doubt?: string;
}

export interface ReadContext {
  readonly resource: JsonObject;
  readonly shape: FhirShape;
  readonly resolve: Resolve;
  readonly entryOf: EntryOf;
  readonly say: Say;
  /** Where the person lives. */
  readonly zone: string;
}

const NOTHING: ElementReading = { value: null };
const MAX_SAID = 120;

type TextElement = Extract<FhirElement, { as: 'string' | 'concept' | 'note' }>;

export function readElement(
  element: FhirElement,
  field: FieldDefinition,
  context: ReadContext,
): ElementReading {
  const { resource } = context;
  const at = elementAt(resource, element.at);
  switch (element.as) {
    case 'string':
    case 'concept':
      return readText(pathsOf(element), context);
    case 'note':
      return readNote(element, context);
    case 'date':
      return readDate(pathsOf(element), context);
    case 'time':
      return {
        value: firstOf(pathsOf(element), (path) => timeOfDay(elementAt(resource, path), context.zone)),
      };
    case 'phone':
    case 'email':
      return readPoint(element.as, at);
    case 'concept-code':
    case 'coding':
    case 'code':
      return readChoice(element, field, elementAt(resource, element.at.replace(/\.0$/, '')), context);
    case 'ongoing': {
      const values = isThere(at) ? codesOrTexts(at) : [];
      return values.some((one) => element.active.includes(one.trim().toLowerCase()))
        ? { value: true }
        : NOTHING;
    }
    case 'quantity':
      return readQuantity(element, context);
    case 'money':
      return readMoney(element, at);
    case 'dosage': {
      const { text, left } = readDosages(at, context);
      return { value: text || null, ...(left.length > 0 && { unread: left.join(' ; ') }) };
    }
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

/** As the file has it, for a person to find it there. */
export function saidOf(value: Json | undefined, resolve: Resolve): string {
  const words = wordsOf(value, resolve);
  const said = words === '' ? JSON.stringify(value) : words;
  return said.length > MAX_SAID ? `${cut(said, MAX_SAID)}…` : said;
}

const isThere = (value: Json | undefined): value is Json =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0) && !isBlank(value);

/** Nothing in it but blanks. */
function isBlank(value: Json): boolean {
  if (typeof value === 'string') return value.trim() === '';
  return (
    isObject(value) && Object.values(value).every((one) => one === undefined || one === null || isBlank(one))
  );
}

function readText(paths: readonly string[], { resource, resolve }: ReadContext): ElementReading {
  const there: Json[] = [];
  for (const path of paths) {
    const value = elementAt(resource, path);
    const words = wordsOf(value, resolve);
    if (words !== '') return { value: words };
    if (isThere(value)) there.push(value);
  }
  return there.length === 0 ? NOTHING : { value: null, unread: saidOf(there[0], resolve) };
}

function readDate(paths: readonly string[], { resource, resolve, zone }: ReadContext): ElementReading {
  const unread: string[] = [];
  for (const path of paths) {
    const value = elementAt(resource, path);
    const date = partialDate(value, zone);
    if (date !== null) return { value: date, ...(unread.length > 0 && { unread: unread.join(' ; ') }) };
    if (isThere(value)) unread.push(saidOf(value, resolve));
  }
  return unread.length === 0 ? NOTHING : { value: null, unread: unread.join(' ; ') };
}

function readNote(element: TextElement, context: ReadContext): ElementReading {
  const { resource, resolve, say, zone } = context;
  const notes = listOf(elementAt(resource, element.at)).map((note) => wordsOf(note, resolve));
  const unread: string[] = [];
  const also = (element.also ?? []).flatMap(([path, label]) => {
    if (isWrittenAt(context, path)) return [];
    const value = elementAt(resource, path);
    const words = partialDate(value, zone) ?? sayable(value, context);
    if (words === '' && isThere(value)) unread.push(`${say(label)} : ${saidOf(value, resolve)}`);
    return words === '' ? [] : [`${say(label)} : ${words}`];
  });
  const value = [...new Set([...notes, ...also])].filter((line) => line !== '').join('\n') || null;
  return { value, ...(unread.length > 0 && { unread: unread.join(' ; ') }) };
}

const YES: Words = { fr: 'oui', en: 'yes' };
const NO: Words = { fr: 'non', en: 'no' };

function sayable(value: Json | undefined, { resolve, say }: ReadContext): string {
  if (typeof value === 'boolean') return say(value ? YES : NO);
  return wordsOf(value, resolve);
}

/** A number that was somebody's once is not how to reach them. */
function readPoint(as: 'phone' | 'email', at: Json | undefined): ElementReading {
  const those = listOf(at)
    .filter(isObject)
    .filter(({ system, use }) => system === as && use !== 'old');
  const [first] = those.flatMap((point) => textOrNothing(point['value']) ?? []);
  return { value: first?.replace(/^(tel|mailto):/, '') ?? null };
}

function readMoney(element: MoneyElement, at: Json | undefined): ElementReading {
  const { code } = coding(element.code);
  const amount = elementAt(
    listOf(at).find((one) => codesOf(elementAt(one, 'category')).some((found) => found.code === code)),
    'amount',
  );
  if (!isThere(amount)) return NOTHING;
  const number = elementAt(amount, 'value');
  const currency = ['currency', 'code', 'unit']
    .map((name) => textOrNothing(elementAt(amount, name))?.trim() ?? '')
    .find((text) => /^[A-Z]{3}$/.test(text));
  if (typeof number !== 'number' || currency === undefined)
    return {
      value: null,
      unread: typeof number === 'number' ? String(number) : saidOf(amount, () => undefined),
    };
  return { value: number, others: { [element.currency]: currency } };
}

function readReferences(at: Json | undefined, { entryOf, resolve }: ReadContext): ElementReading {
  const unread: string[] = [];
  const ids = listOf(at).flatMap((one) => {
    const reference = textOrNothing(elementAt(one, 'reference')) ?? '';
    const id = entryOf(reference);
    if (id === undefined) unread.push(wordsOf(one, resolve) || reference);
    return id ?? [];
  });
  return {
    value: ids.length > 0 ? [...new Set(ids)].sort() : null,
    ...(unread.length > 0 && { unread: unread.join(', ') }),
  };
}

/** What the shape itself writes at a path says nothing. */
function isWrittenAt({ shape, resource }: ReadContext, path: string): boolean {
  const code = shape.coded?.[path];
  return (
    code !== undefined && codesOf(elementAt(resource, path)).some((one) => one.code === coding(code).code)
  );
}

function readChoice(
  element: ChoiceElement,
  field: FieldDefinition,
  at: Json | undefined,
  { resolve, say }: ReadContext,
): ElementReading {
  const found = codesOf(at);
  for (const [value, codes] of Object.entries(element.codes))
    for (const code of codes.map(coding))
      if (found.some((one) => one.code === code.code && (one.system === code.system || one.system === '')))
        return { value };
  const words = wordsOf(at, resolve);
  if (words === '') return isThere(at) ? { value: null, unread: saidOf(at, resolve) } : NOTHING;
  if (element.others !== undefined) return { value: element.others, beside: words };
  // No value of ours: what it says is kept in words.
  return { value: null, beside: field.label ? `${say(field.label)} : ${words}` : words };
}

// ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

function readQuantity(element: QuantityElement, context: ReadContext): ElementReading {
  const { unit, component } = element;
  const { resource, resolve, say } = context;
  const holder = component === undefined ? resource : componentOf(resource, coding(component).code);
  const quantity = elementAt(holder, element.at);
  const bare = bareNumber(element, holder);
  if (bare !== undefined) return believable(element, { value: bare }, holder, say);
  if (!isThere(quantity)) return otherValue(element, holder, resolve);
  const unread: ElementReading = { value: null, unread: saidOf(quantity, resolve) };
  const number = elementAt(quantity, 'value');
  // "Less than 5" is not 5.
  if (typeof number !== 'number' || elementAt(quantity, 'comparator') !== undefined) return unread;
  const read = unitOf(quantity);
  if (typeof unit !== 'string') {
    const chosen = Object.entries(unit.units).find(([, ucum]) => ucum === read)?.[0];
    return chosen === undefined ? unread : { value: number, others: { [unit.field]: chosen } };
  }
  if (read === undefined) {
    const hasNone = isThere(elementAt(quantity, 'unit')) || isThere(elementAt(quantity, 'code'));
    return hasNone || !isCount(element)
      ? { value: null, unread: hasNone ? saidOf(quantity, resolve) : unitless(number, say) }
      : believable(element, { value: number }, holder, say);
  }
  const value = inUnit(number, read, element);
  if (value === undefined) return unread;
  const said =
    textOrNothing(elementAt(quantity, 'unit'))?.trim() || textOrNothing(elementAt(quantity, 'code'));
  const isSame = convert(1, read, unit) === 1 || value === number;
  return believable(element, { value, ...(!isSame && { beside: `${number} ${said ?? read}` }) }, holder, say);
}

const unitless = (number: number, say: Say): string =>
  say({ fr: `${number}, sans unité`, en: `${number}, without a unit` });

/** How many of a thing: the only numbers that need no unit. */
function isCount({ unit, also = {} }: QuantityElement): boolean {
  return typeof unit === 'string' && (convert(1, unit, '1') !== undefined || Object.hasOwn(also, '1'));
}

function bareNumber(element: QuantityElement, holder: Json | undefined): number | undefined {
  if (!isCount(element)) return undefined;
  const number = elementAt(holder, element.at.replace(/Quantity$/, 'Integer'));
  return typeof number === 'number' ? number : undefined;
}

/** A value of another type than a quantity, and why there is none. */
function otherValue({ at }: QuantityElement, holder: Json | undefined, resolve: Resolve): ElementReading {
  const value = elementAt(holder, at.replace(/Quantity$/, ''));
  const reason = elementAt(holder, 'dataAbsentReason');
  const said = isThere(value) ? value : reason;
  return isThere(said) ? { value: null, unread: saidOf(said, resolve) } : NOTHING;
}

/** As code and as word; where they are not the same unit, nobody knows which one is meant. */
function unitOf(quantity: Json | undefined): string | undefined {
  const system = textOrNothing(elementAt(quantity, 'system'));
  const isUcum = system === undefined || /unitsofmeasure/i.test(system);
  const code = isUcum ? readUnit(textOrNothing(elementAt(quantity, 'code')) ?? '') : undefined;
  const word = readUnit(textOrNothing(elementAt(quantity, 'unit')) ?? '');
  if (code === undefined || word === undefined) return code ?? word;
  const times = convert(1, word, code);
  // What only counts ("score", "steps") says nothing of the dimension.
  const isBare = convert(1, word, '1') !== undefined || convert(1, code, '1') !== undefined;
  return isBare || (times !== undefined && Math.abs(times - 1) < 1e-6) ? code : undefined;
}

function inUnit(number: number, from: string, element: QuantityElement): number | undefined {
  const { unit, factor = 1, also = {} } = element;
  if (typeof unit !== 'string') return undefined;
  const tries: [string, number][] = [[unit, 1], ...Object.entries(also)];
  for (const [to, times] of tries) {
    const value = convert(number, from, to);
    if (value === undefined) continue;
    const isExact = convert(1, from, to) === 1 && times === 1;
    return isExact ? round(number / factor) : Number(((value * times) / factor).toPrecision(5));
  }
  return undefined;
}

/** What no body has is asked about, never refused; so is a value of which the file also says that there is none. */
function believable(
  { plausible }: QuantityElement,
  reading: ElementReading & { readonly value: number },
  holder: Json | undefined,
  say: Say,
): ElementReading {
  const { value } = reading;
  if (isThere(elementAt(holder, 'dataAbsentReason')))
    return {
      ...reading,
      doubt: say({
        fr: `${value}, mais aussi « pas de valeur »`,
        en: `${value}, and also “no value”`,
      }),
    };
  if (!plausible || (value >= plausible.low && value <= plausible.high)) return reading;
  return { ...reading, doubt: say({ fr: `valeur inhabituelle : ${value}`, en: `unusual value: ${value}` }) };
}

function componentOf(resource: JsonObject, code: string): Json | undefined {
  return listOf(resource['component']).find((one) =>
    codesOf(elementAt(one, 'code')).some((found) => found.code === code),
  );
}
