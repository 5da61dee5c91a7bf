/** JSON of FHIR: how an element is reached and placed by its path. */
import type { Json, JsonObject } from '#lib/record/fhir.ts';

export interface Building {
  [key: string]: Json | Building | Building[] | undefined;
}

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

/** What stands at a path; `1+` is what follows the first of a list, and `value` also finds `valueString`, as FHIR writes an element of several types. */
export function elementAt(from: Json | undefined, path: string): Json | undefined {
  let value = from;
  for (const name of path.split('.')) {
    if (/^\d+$/.test(name)) value = listOf(value)[Number(name)];
    else if (/^\d+\+$/.test(name)) value = listOf(value).slice(Number.parseInt(name, 10));
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
