/** Any FHIR element in words, as far as it has some: what a person would read there. */
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import { elementAt, isObject, listOf, textOrNothing } from './json.ts';

/** What a reference points to, if it is in the same file. */
export type Resolve = (reference: string) => JsonObject | undefined;

const MAX_NESTING = 5;
/** They say something of an element, not what it is. */
const SILENT = new Set([
  'extension',
  'modifierExtension',
  'id',
  'url',
  'system',
  'use',
  'rank',
  'status',
  'meta',
]);

export function wordsOf(value: Json | undefined, resolve: Resolve, separator = ', ', nesting = 0): string {
  if (value === undefined || value === null || nesting > MAX_NESTING) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return '';
  const inside = (one: Json | undefined, between = ' '): string =>
    wordsOf(one, resolve, between, nesting + 1);
  if (!isObject(value)) {
    const parts = listOf(value).map((one) => inside(one));
    return [...new Set(parts.filter((part) => part !== ''))].join(separator);
  }
  return objectWords(value, resolve, inside, nesting + 1);
}

function objectWords(
  value: JsonObject,
  resolve: Resolve,
  inside: (one: Json | undefined, between?: string) => string,
  nesting: number,
): string {
  // What is there and blank says nothing: the next one that speaks does.
  const text = textOrNothing(value['text'])?.trim() ?? '';
  if (text !== '') return text;
  if (Array.isArray(value['coding'])) return codingWords(value['coding'] as readonly Json[]);
  // A concept that is malformed says nothing.
  if ('coding' in value) return '';
  const display = textOrNothing(value['display'])?.trim() ?? '';
  if (display !== '') return display;
  if (typeof value['reference'] === 'string') {
    const target = resolve(value['reference']);
    return target ? nameOfResource(target, resolve, nesting) : '';
  }
  if ('concept' in value || isObject(value['reference']))
    return inside(value['concept']) || inside(value['reference']);
  if (typeof value['resourceType'] === 'string') return nameOfResource(value, resolve, nesting);
  if (typeof value['value'] === 'number') {
    const { comparator, value: number, unit, code } = value;
    return `${textOrNothing(comparator) ?? ''}${number} ${textOrNothing(unit) ?? textOrNothing(code) ?? ''}`.trim();
  }
  if ('family' in value || 'given' in value)
    return [value['prefix'], value['given'], value['family'], value['suffix']]
      .map((one) => inside(one))
      .join(' ')
      .replace(/ +/g, ' ')
      .trim();
  if ('line' in value || 'city' in value)
    return [
      inside(value['line'], ', '),
      `${inside(value['postalCode'])} ${inside(value['city'])}`.trim(),
      inside(value['country']),
    ]
      .filter((part) => part !== '')
      .join(', ');
  if ('low' in value || 'high' in value || 'start' in value || 'end' in value) {
    const [from, to] = [value['low'] ?? value['start'], value['high'] ?? value['end']].map((one) =>
      inside(one),
    );
    return [from, to].filter((part) => part).join(' – ');
  }
  return Object.keys(value)
    .filter((key) => !SILENT.has(key) && !key.startsWith('_'))
    .map((key) => counted(key, value[key]) ?? inside(value[key], ', '))
    .filter((part) => part !== '')
    .join(', ');
}

/** A number or a yes says nothing without what it counts or affirms. */
function counted(key: string, value: Json | undefined): string | undefined {
  if (typeof value !== 'number' && value !== true) return undefined;
  const name = key
    .replace(/(Boolean|PositiveInt|Integer|Decimal)$/, '')
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase();
  return value === true ? name : `${name} ${value}`;
}

function codingWords(codings: readonly Json[]): string {
  const objects = codings.filter(isObject);
  const said = objects.find(({ display }) => typeof display === 'string' && display.trim() !== '');
  return (
    textOrNothing(said?.['display']) ??
    textOrNothing(objects.find(({ code }) => typeof code === 'string' && code.trim() !== '')?.['code']) ??
    ''
  ).trim();
}

const NAMED_BY = [
  'code',
  'vaccineCode',
  'medicationCodeableConcept',
  'medicationReference',
  'medication',
  'substance',
  'name',
  'title',
  'description',
  'type',
  'practitioner',
  'reasonCode',
  'class',
];

/**
 * What a resource is called: the first of the elements that name resources.
 *
 * @param nesting how far it was followed to from another: two that name each other have no name
 */
export function nameOfResource(resource: JsonObject, resolve: Resolve, nesting = 0): string {
  for (const name of NAMED_BY) {
    const words = Object.hasOwn(resource, name)
      ? wordsOf(firstOf(resource[name]), resolve, ', ', Math.max(2, nesting))
      : '';
    if (words !== '') return words;
  }
  return '';
}

const firstOf = (value: Json | undefined): Json | undefined =>
  Array.isArray(value) ? (value as readonly Json[])[0] : value;

/** Every code of a concept, a coding, a code, or a list of them. */
export function codesOf(value: Json | undefined): { readonly system: string; readonly code: string }[] {
  return listOf(value).flatMap((one) => {
    if (typeof one === 'string') return [{ system: '', code: one }];
    if (!isObject(one)) return [];
    const code = textOrNothing(one['code']);
    const own = code === undefined ? [] : [{ system: textOrNothing(one['system']) ?? '', code }];
    return [...own, ...codesOf(elementAt(one, 'coding'))];
  });
}

/** The values of a status: its codes, or what is written where a code should be. */
export function codesOrTexts(value: Json): string[] {
  if (typeof value === 'boolean') return [String(value)];
  const codes = codesOf(value).map(({ code }) => code);
  const texts = listOf(value).flatMap((one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? (textOrNothing((one as JsonObject)['text']) ?? [])
      : [],
  );
  return (codes.length > 0 ? codes : texts).filter((one) => one.trim() !== '');
}
