/**
 * A blood pressure in the shapes that are in use: with components, as two resources of one moment, or as a text. All become
 * the first, which is what the mapping of measures reads.
 */
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import type { Item } from './bundle.ts';
import { elementAt, listOf, textOrNothing } from './json.ts';
import { standingOf } from './standing.ts';
import { codesOf } from './words.ts';

const SYSTOLIC = ['8480-6', '271649006'];
const DIASTOLIC = ['8462-4', '271650006'];
const PANEL = ['85354-9', '55284-4', '75367002'];
const LOINC = 'http://loinc.org';

/** What a resource is read as instead. The two halves of one pressure are read as the same. */
export type ReadInstead = ReadonlyMap<JsonObject, JsonObject>;

export function joinPressures(items: readonly Item[]): ReadInstead {
  const instead = new Map<JsonObject, JsonObject>();
  const byMoment = new Map<string, { readonly systolic: JsonObject[]; readonly diastolic: JsonObject[] }>();
  for (const { type, resource } of items) {
    if (type !== 'Observation' || !isFact(resource)) continue;
    const text = asText(resource);
    if (text) instead.set(resource, text);
    const half = halfOf(resource);
    const moment = momentOf(resource);
    if (half === undefined || moment === undefined) continue;
    const group = byMoment.get(moment) ?? { systolic: [], diastolic: [] };
    byMoment.set(moment, group);
    group[half].push(resource);
  }
  for (const { systolic, diastolic } of byMoment.values()) {
    const [first, second] = [different(systolic), different(diastolic)];
    // Two upper values at one moment: nobody knows which lower one is whose.
    if (first.length !== 1 || second.length !== 1 || !first[0] || !second[0]) continue;
    const joined = join(first[0], second[0]);
    for (const half of [...systolic, ...diastolic]) instead.set(half, joined);
  }
  return instead;
}

/** Half a pressure, which is none. */
export function halfOf(resource: JsonObject): 'systolic' | 'diastolic' | undefined {
  if (listOf(resource['component']).length > 0) return undefined;
  const codes = codesOf(resource['code']).map(({ code }) => code);
  if (codes.some((code) => SYSTOLIC.includes(code))) return 'systolic';
  return codes.some((code) => DIASTOLIC.includes(code)) ? 'diastolic' : undefined;
}

/** It only names the two resources that hold its values. */
export function isPanel(resource: JsonObject): boolean {
  const members = [...listOf(resource['hasMember']), ...listOf(resource['related'])];
  return (
    members.length > 0 &&
    listOf(resource['component']).length === 0 &&
    elementAt(resource, 'value') === undefined &&
    codesOf(resource['code']).some(({ code }) => PANEL.includes(code))
  );
}

const isFact = (resource: JsonObject): boolean =>
  standingOf('Observation', resource, ({ en }) => en).weight !== 'not';

function momentOf(resource: JsonObject): string | undefined {
  const at =
    textOrNothing(elementAt(resource, 'effective')) ?? textOrNothing(elementAt(resource, 'effective.start'));
  if (at === undefined) return undefined;
  const who = textOrNothing(elementAt(resource['subject'], 'reference')) ?? '';
  const instant = /T.*(Z|[+-]\d{2}:\d{2})$/.test(at) ? Date.parse(at) : NaN;
  return `${who} ${Number.isNaN(instant) ? at : instant}`;
}

/** The same value said twice is one. */
function different(resources: readonly JsonObject[]): JsonObject[] {
  const seen = new Set<string>();
  return resources.filter((one) => {
    const said = JSON.stringify([one['valueQuantity'], one['status']]);
    return !seen.has(said) && seen.add(said);
  });
}

function join(systolic: JsonObject, diastolic: JsonObject): JsonObject {
  const { valueQuantity: _first, code: _code, ...rest } = systolic;
  const isFinal = systolic['status'] === diastolic['status'] || diastolic['status'] === 'final';
  return {
    ...rest,
    status: isFinal ? systolic['status'] : diastolic['status'],
    code: { coding: [{ system: LOINC, code: '85354-9' }] },
    note: [...listOf(systolic['note']), ...listOf(diastolic['note'])],
    component: [half('8480-6', systolic), half('8462-4', diastolic)],
  };
}

function half(code: string, { valueQuantity, dataAbsentReason }: JsonObject): JsonObject {
  return { code: { coding: [{ system: LOINC, code }] }, valueQuantity, dataAbsentReason };
}

/** "131/84 mmHg". */
function asText(resource: JsonObject): JsonObject | undefined {
  if (!codesOf(resource['code']).some(({ code }) => PANEL.includes(code))) return undefined;
  const text = textOrNothing(resource['valueString']) ?? '';
  const [, above, below] = /^\s*(\d{2,3})\s*\/\s*(\d{2,3})\s*mm\s?\[?Hg\]?\s*$/i.exec(text) ?? [];
  if (above === undefined || below === undefined) return undefined;
  const { valueString: _text, ...rest } = resource;
  const value = (number: string): Json => ({ value: Number(number), unit: 'mmHg' });
  return {
    ...rest,
    component: [
      { code: { coding: [{ system: LOINC, code: '8480-6' }] }, valueQuantity: value(above) },
      { code: { coding: [{ system: LOINC, code: '8462-4' }] }, valueQuantity: value(below) },
    ],
  };
}
