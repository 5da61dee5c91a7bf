/**
 * Every value of a resource, and what became of it. Which ones were read is seen by looking on while they are: a value that
 * nobody asked for was left out, whatever the mappings say of themselves.
 */
import type { FhirShape, Json, JsonObject } from '#lib/record/fhir.ts';
import { elementAt, isObject } from './json.ts';
import { codesOf } from './words.ts';

export interface Account {
  /** Values that stand in the entry. */
  readonly kept: number;
  /** Taken, and shown as doubtful. */
  readonly doubt: readonly string[];
  /** Not in the entry: by their path, and as the file says them where they were not understood. */
  readonly left: readonly { readonly path: string; readonly why: 'no-field' | 'not-understood' }[];
}

export interface Watched {
  readonly resource: JsonObject;
  /** The paths that were asked for. */
  readonly seen: Set<string>;
}

/** A resource that notes what is read of it. */
export function watch(resource: JsonObject, seen = new Set<string>()): Watched {
  return { resource: watchedAt(resource, '', seen) as JsonObject, seen };
}

function watchedAt(value: Json, path: string, seen: Set<string>): Json {
  if (typeof value !== 'object' || value === null) return value;
  const inner = new Map<string, Json>();
  return new Proxy(value, {
    get(target, key, receiver): unknown {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return found;
      const at = path === '' ? key : `${path}.${key}`;
      seen.add(at);
      if (typeof found !== 'object' || found === null) return found;
      const known = inner.get(key) ?? watchedAt(found as Json, at, seen);
      inner.set(key, known);
      return known;
    },
  });
}

/** What says of the resource what it is, or repeats what others say. */
const FRAME = new Set(['resourceType', 'id', 'text', 'language', 'contained']);
const ABOUT_META = new Set(['versionId', 'lastUpdated', 'source', 'profile', 'tag', 'security']);

/** The values of a resource by their paths: a concept, a quantity, a reference is one. */
export function valuesOf(resource: JsonObject): string[] {
  return Object.keys(resource)
    .filter((key) => !FRAME.has(key))
    .flatMap((key) => leaves(resource[key], key));
}

function leaves(value: Json | undefined, path: string): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((one, index) => leaves(one, `${path}.${index}`));
  if (!isObject(value) || isOneValue(value)) return [path];
  return Object.keys(value)
    .filter((key) => !(path === 'meta' && ABOUT_META.has(key)) && !(key === 'id'))
    .flatMap((key) => leaves(value[key], `${path}.${key}`));
}

/** A concept, a coding, a quantity, a contact, a reference. */
function isOneValue(value: JsonObject): boolean {
  const keys = Object.keys(value).filter((key) => key !== 'id' && key !== 'extension');
  const all = (...names: string[]): boolean => keys.every((key) => names.includes(key));
  return (
    all('coding', 'text') ||
    all('system', 'code', 'display', 'version', 'userSelected') ||
    all('value', 'unit', 'system', 'code', 'comparator', 'currency', 'use', 'rank') ||
    all('reference', 'display', 'type', 'identifier') ||
    all('url', ...keys.filter((key) => key.startsWith('value')))
  );
}

/** What was read of the values; `fixed` are those a shape writes by itself. */
export function accountFor(
  raw: JsonObject,
  seen: ReadonlySet<string>,
  shape: FhirShape | undefined,
  known: readonly string[],
  doubt: readonly string[],
): Account {
  let kept = 0;
  const left: { path: string; why: 'no-field' }[] = [];
  for (const path of valuesOf(raw)) {
    const value = elementAt(raw, path);
    const top = path.split('.')[0] ?? '';
    const isRead = isSeen(path, value, seen) || known.includes(top) || isFixed(raw, path, shape);
    if (isRead) kept += 1;
    else left.push({ path: path.replace(/\.\d+/g, ''), why: 'no-field' });
  }
  return { kept, doubt, left };
}

/** Of what has a value the value itself counts: that somebody looked at its unit is not enough. */
function isSeen(path: string, value: Json | undefined, seen: ReadonlySet<string>): boolean {
  if (!seen.has(path)) return false;
  if (!isObject(value)) return true;
  if ('value' in value) return seen.has(`${path}.value`);
  return Object.keys(value).some((key) => seen.has(`${path}.${key}`));
}

function isFixed(raw: JsonObject, path: string, shape: FhirShape | undefined): boolean {
  if (!shape) return false;
  const top = path.split('.')[0] ?? '';
  const { fixed = {} } = shape;
  // Looked at for each value below it: only what is written so at all is compared.
  if (Object.hasOwn(fixed, top) && JSON.stringify(fixed[top]) === JSON.stringify(raw[top])) return true;
  const codes = codesOf(elementAt(raw, path)).map(({ code }) => code);
  return Object.entries(shape.coded ?? {}).some(
    ([at, code]) => at.split('.')[0] === top && codes.includes(code.slice(code.indexOf('|') + 1)),
  );
}

/** Nothing of it was taken. */
export function accountOfNothing(raw: JsonObject): Account {
  const left = valuesOf(raw).map((path) => ({ path: path.replace(/\.\d+/g, ''), why: 'no-field' as const }));
  return { kept: 0, doubt: [], left };
}

/** Paths of several resources that were read as one, or of one that was read as several. */
export function atEach(seen: ReadonlySet<string>, each: string, index: number): string[] {
  const first = `${each}.0`;
  return [...seen].map((path) =>
    path === first || path.startsWith(`${first}.`) ? `${each}.${index}${path.slice(first.length)}` : path,
  );
}
