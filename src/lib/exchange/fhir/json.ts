/** JSON of FHIR: how an element is reached and placed by its path, and what a file may be before it is parsed at all. */
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import { MAX_ORIGINAL_BYTES } from '#lib/record/sections/documents.ts';

export interface Building {
  [key: string]: Json | Building | Building[] | undefined;
}

export type Unreadable = 'too-large' | 'too-deep' | 'not-text' | 'not-json' | 'not-fhir';

/** As large as the file may be that is kept beside what was read of it; a whole record of many years is smaller. */
export const MAX_FILE = MAX_ORIGINAL_BYTES;
/** Resources nest some ten levels deep; a parser that recurses is not to be met with a million. */
const MAX_DEPTH = 100;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

export function textOrNothing(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What stands at a path; `value` also finds `valueString`, as FHIR writes an element of several types. */
export function elementAt(from: Json | undefined, path: string): Json | undefined {
  let value = from;
  for (const name of path.split('.')) {
    if (/^\d+$/.test(name)) value = listOf(value)[Number(name)];
    else if (Array.isArray(value)) value = value.filter(isObject).flatMap((one) => property(one, name) ?? []);
    else value = isObject(value) ? property(value, name) : undefined;
  }
  return value;
}

function property(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const typed = Object.keys(object).find(
    (key) => key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)),
  );
  return typed === undefined ? undefined : object[typed];
}

/** Puts a value at a path and makes what leads there; beside what stands there already. */
export function place(target: Building, path: string, value: Json): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let here = target;
  for (const [index, name] of names.entries()) {
    here[name] ??= /^\d+$/.test(names[index + 1] ?? last) ? [] : {};
    // A list takes its places by name as well.
    here = here[name] as Building;
  }
  here[last] = value;
}

/** The text of a file as JSON, or why not. Size and depth are looked at before anything is built from it. */
export function parseFile(
  bytes: Uint8Array,
): { readonly ok: true; readonly json: JsonObject } | { readonly ok: false; readonly problem: Unreadable } {
  if (bytes.length > MAX_FILE) return { ok: false, problem: 'too-large' };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, problem: 'not-text' };
  }
  if (depthOf(text) > MAX_DEPTH) return { ok: false, problem: 'too-deep' };
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json) && typeof json['resourceType'] === 'string') return { ok: true, json };
    return { ok: false, problem: 'not-fhir' };
  } catch {
    return { ok: false, problem: 'not-json' };
  }
}

/** How deep brackets nest, those within strings apart. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charCodeAt(index);
    if (sign === 0x22) index = endOfString(text, index);
    else if (sign === 0x7b || sign === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (sign === 0x7d || sign === 0x5d) depth -= 1;
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const sign = text.charCodeAt(index);
    if (sign === 0x5c) index += 1;
    else if (sign === 0x22) return index;
  }
  return text.length;
}
