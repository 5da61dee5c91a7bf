/** A file of FHIR as its resources: what stands where, and how one names another. */
import * as v from 'valibot';
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import { elementAt, isObject, listOf, parseFile, textOrNothing, type Unreadable } from './json.ts';
import type { Resolve } from './words.ts';

/** More than any record that Carnet writes; still more would keep a phone busy for minutes. */
const MAX_RESOURCES = 60_000;

export type Refusal =
  | { readonly type: Unreadable | 'too-many' }
  /** Not of the form that FHIR gives it; `where` is the first place that is wrong. */
  | { readonly type: 'malformed'; readonly where: string };

export interface Item {
  readonly url: string | undefined;
  readonly resource: JsonObject;
  readonly type: string;
  readonly index: number;
}

export interface Source {
  /** `resource` for a single one, else the type of the bundle. */
  readonly kind: string;
  /** How the bundle calls itself, as far as it does. */
  readonly identity: string | undefined;
  readonly items: readonly Item[];
  /** Entries that carry no resource: deletions, mere requests. */
  readonly empty: number;
  readonly composition: JsonObject | undefined;
  readonly patient: Item | undefined;
  /** The code of the section of the summary that lists a resource. */
  readonly sectionOf: (resource: JsonObject) => string | undefined;
  readonly resolverFor: (resource: JsonObject) => Resolve;
}

const resource = v.looseObject({ resourceType: v.pipe(v.string(), v.minLength(1)) });
const reference = v.looseObject({ reference: v.optional(v.string()) });
const bundle = v.looseObject({
  resourceType: v.literal('Bundle'),
  type: v.pipe(v.string(), v.minLength(1)),
  entry: v.optional(
    v.pipe(
      v.array(v.looseObject({ fullUrl: v.optional(v.string()), resource: v.optional(resource) })),
      v.maxLength(MAX_RESOURCES, 'too-many'),
    ),
  ),
});
const composition = v.looseObject({
  subject: v.optional(reference),
  section: v.optional(v.array(v.looseObject({ entry: v.optional(v.array(reference)) }))),
});

export function readSource(
  bytes: Uint8Array,
): { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly refusal: Refusal } {
  const parsed = parseFile(bytes);
  if (!parsed.ok) return { ok: false, refusal: { type: parsed.problem } };
  const { json } = parsed;
  if (json['resourceType'] !== 'Bundle')
    return { ok: true, source: sourceOf('resource', undefined, [item(json, undefined, 0)], 0) };
  const checked = v.safeParse(bundle, json);
  if (!checked.success) return { ok: false, refusal: refusalOf(checked.issues[0]) };
  const entries = listOf(json['entry']).filter(isObject);
  const items = entries.flatMap((entry, index) =>
    isObject(entry['resource']) ? [item(entry['resource'], textOrNothing(entry['fullUrl']), index)] : [],
  );
  for (const one of items) {
    const framed = one.type === 'Composition' ? v.safeParse(composition, one.resource) : undefined;
    if (framed?.success === false)
      return { ok: false, refusal: refusalOf(framed.issues[0], `entry.${one.index}.resource.`) };
  }
  const source = sourceOf(
    textOrNothing(json['type']) ?? '',
    identityOf(json),
    items,
    entries.length - items.length,
  );
  return { ok: true, source };
}

function item(resource: JsonObject, url: string | undefined, index: number): Item {
  return { resource, url, index, type: textOrNothing(resource['resourceType']) ?? '' };
}

function refusalOf(issue: v.BaseIssue<unknown>, before = ''): Refusal {
  return issue.message === 'too-many'
    ? { type: 'too-many' }
    : { type: 'malformed', where: before + (v.getDotPath(issue) ?? '') };
}

function identityOf(json: JsonObject): string | undefined {
  const value = textOrNothing(elementAt(json, 'identifier.value'));
  if (value !== undefined) return `${textOrNothing(elementAt(json, 'identifier.system')) ?? ''}|${value}`;
  return textOrNothing(json['id']);
}

function sourceOf(kind: string, identity: string | undefined, items: readonly Item[], empty: number): Source {
  const byName = new Map<string, JsonObject>();
  for (const { url, resource: one, type } of items) {
    const id = textOrNothing(one['id']);
    for (const name of [url, id === undefined ? undefined : `${type}/${id}`])
      if (name !== undefined && !byName.has(name)) byName.set(name, one);
    const relative = url === undefined ? undefined : /[A-Za-z]+\/[A-Za-z0-9.-]+$/.exec(url)?.[0];
    if (relative !== undefined && !byName.has(relative)) byName.set(relative, one);
  }
  const resolve = (name: string): JsonObject | undefined => {
    const plain = name.replace(/\/_history\/.*$/, '');
    return byName.get(name) ?? byName.get(plain);
  };
  const resolverFor =
    (from: JsonObject): Resolve =>
    (name) =>
      name.startsWith('#')
        ? listOf(from['contained'])
            .filter(isObject)
            .find((one) => one['id'] === name.slice(1))
        : resolve(name);

  const frame = items.find(({ type }) => type === 'Composition')?.resource;
  const subject = frame && resolve(textOrNothing(elementAt(frame, 'subject.reference')) ?? '');
  const patients = items.filter(({ type }) => type === 'Patient');
  const sections = new Map<JsonObject, string>();
  for (const section of sectionsOf(frame)) {
    const code = sectionCode(section);
    for (const one of listOf(section['entry'])) {
      const target = resolve(textOrNothing(elementAt(one, 'reference')) ?? '');
      if (target && code !== undefined && !sections.has(target)) sections.set(target, code);
    }
  }
  return {
    kind,
    identity,
    items,
    empty,
    composition: frame,
    patient:
      patients.find((one) => one.resource === subject) ?? (patients.length === 1 ? patients[0] : undefined),
    sectionOf: (one) => sections.get(one),
    resolverFor,
  };
}

export function sectionCode(section: JsonObject): string | undefined {
  return listOf(elementAt(section, 'code.coding')).flatMap(
    (one) => textOrNothing(elementAt(one, 'code')) ?? [],
  )[0];
}

/** The sections of a composition, those within others too. */
export function sectionsOf(frame: JsonObject | undefined): JsonObject[] {
  const list = (value: Json | undefined): JsonObject[] =>
    listOf(value)
      .filter(isObject)
      .flatMap((section) => [section, ...list(section['section'])]);
  return frame ? list(frame['section']) : [];
}
