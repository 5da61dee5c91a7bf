/**
 * Answers of one entry that cannot be true together, by the rules of its section. Each of two devices may have written
 * something right, and what came of it may be wrong all the same: it is then shown to be settled, and stops nothing else.
 */
import type { FieldValue } from './entry.ts';
import { endsBefore, parsePartialDate } from './partial-date.ts';

export interface Contradiction {
  /** Those that do not go together; it is told at the first. */
  readonly fields: readonly [string, string];
  readonly problem: 'required' | 'does-not-belong' | 'goes-on' | 'ends-before-start' | 'low-above-high';
}

/** The fields that say from when to when; an entry that goes on has no end (MED-12, MED-13). */
export interface Period {
  readonly start: string;
  readonly ongoing?: string;
  readonly end?: string;
}

interface RuledField {
  readonly name: string;
  readonly required?: true | 'asked';
  readonly onlyWith?: { readonly field: string; readonly value: string };
}

/** As much of a section's definition as rules over several of its fields. */
export interface Rules {
  readonly fields: readonly RuledField[];
  readonly period?: Period;
  /** Numbers of which the first is never above the second. */
  readonly bounds?: readonly (readonly [low: string, high: string])[];
}

type Fields = Readonly<Record<string, FieldValue>>;

export function contradictionsIn(definition: Rules, fields: Fields): readonly Contradiction[] {
  return [
    ...unfitting(definition, fields),
    ...outOfPeriod(definition, fields),
    ...swapped(definition, fields),
  ];
}

/** A field of one value of a choice is needed with that value, and with no other. */
export function isRequired({ required, onlyWith }: RuledField, fields: Fields): boolean {
  if (!onlyWith) return required === true;
  return Object.hasOwn(fields, onlyWith.field) && fields[onlyWith.field] === onlyWith.value;
}

function unfitting({ fields: known }: Rules, fields: Fields): Contradiction[] {
  return known.flatMap((field): Contradiction[] => {
    if (!field.onlyWith) return [];
    const [isNeeded, isThere] = [isRequired(field, fields), (fields[field.name] ?? null) !== null];
    if (isNeeded === isThere) return [];
    return [
      { fields: [field.name, field.onlyWith.field], problem: isNeeded ? 'required' : 'does-not-belong' },
    ];
  });
}

/** What goes on has no end; what ended did not end before it began, as far as the two dates are known. */
function outOfPeriod({ period }: Rules, fields: Fields): Contradiction[] {
  if (period?.end === undefined) return [];
  const { start, ongoing, end } = period;
  if (ongoing !== undefined && fields[ongoing] === true)
    return (fields[end] ?? null) === null ? [] : [{ fields: [end, ongoing], problem: 'goes-on' }];
  const [from, to] = [dateIn(fields[start]), dateIn(fields[end])];
  return from && to && endsBefore(to, from) ? [{ fields: [end, start], problem: 'ends-before-start' }] : [];
}

function swapped({ bounds }: Rules, fields: Fields): Contradiction[] {
  return (bounds ?? []).flatMap(([low, high]): Contradiction[] => {
    const [from, to] = [fields[low], fields[high]];
    const isSwapped = typeof from === 'number' && typeof to === 'number' && from > to;
    return isSwapped ? [{ fields: [low, high], problem: 'low-above-high' }] : [];
  });
}

function dateIn(value: FieldValue | undefined): ReturnType<typeof parsePartialDate> {
  return typeof value === 'string' ? parsePartialDate(value) : null;
}
