/** A file of FHIR as its resources: what stands where, how one names another, and what could not be opened. */
import * as v from 'valibot';
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import { SYSTEMS } from '#lib/record/fhir.ts';
import { type FileValues, readFile, type Unreadable } from './file.ts';
import { elementAt, isObject, listOf, textOrNothing } from './json.ts';
import { codesOf, nameOfResource, type Resolve, wordsOf } from './words.ts';

/** More than any record that Carnet writes; still more would keep a phone busy for minutes. */
const MAX_RESOURCES = 60_000;
/** Bundles within bundles: nobody has a reason for more. */
const MAX_WRAPPED = 5;

export type Refusal =
  | { readonly type: Unreadable | 'too-many' }
  /** Not of the form that FHIR gives it; `where` is the first place that is wrong. */
  | { readonly type: 'malformed'; readonly where: string };

/** What a person has to know of a file as a whole: that there is more than is shown. */
export type FileNote =
  /** One page of a larger answer; `total` as far as it says. */
  | { readonly type: 'part'; readonly here: number; readonly total: number | null }
  /** Its letters were guessed. */
  | { readonly type: 'encoding' }
  | { readonly type: 'lines'; readonly lines: readonly number[] }
  /** Something in it that is no resource, or a bundle that is malformed. */
  | { readonly type: 'unopened'; readonly what: string }
  /** What the system that made it says went wrong, or is not whole. */
  | { readonly type: 'server'; readonly said: string }
  /** So many resources of which the system sent a part alone. */
  | { readonly type: 'abridged'; readonly count: number }
  /** A section of the summary that is written out and not listed. */
  | { readonly type: 'narrative'; readonly title: string }
  /** A section that was left out on purpose. */
  | { readonly type: 'withheld'; readonly title: string }
  /** It speaks of several people. */
  | { readonly type: 'people'; readonly names: readonly string[] }
  /** The summary itself is not final, or was withdrawn. */
  | { readonly type: 'status'; readonly said: string };

export interface Item {
  readonly url: string | undefined;
  readonly resource: JsonObject;
  readonly type: string;
  readonly index: number;
  /** What the bundle it stands in calls itself. */
  readonly identity: string | undefined;
  /** A later version of it stands in the same file. */
  readonly isOlder: boolean;
  /** Where its references are looked up first. */
  readonly scope: number;
}

export interface Source {
  /** `resource` for a single one, `list` for several without a bundle, else the type of the bundle. */
  readonly kind: string;
  /** Carnet wrote it. */
  readonly isOwn: boolean;
  readonly items: readonly Item[];
  /** Entries that carry no resource: deletions, mere requests. */
  readonly empty: number;
  readonly notes: readonly FileNote[];
  readonly composition: JsonObject | undefined;
  readonly patient: Item | undefined;
  /** The code of the section of the summary that lists a resource. */
  readonly sectionOf: (resource: JsonObject) => string | undefined;
  readonly resolverFor: (item: Pick<Item, 'resource' | 'scope'>) => Resolve;
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
  const read = readFile(bytes);
  if (!read.ok) return { ok: false, refusal: { type: read.problem } };
  const opening = new Opening();
  const values = read.values.flatMap((value) =>
    Array.isArray(value) ? (value as readonly Json[]) : [value],
  );
  const [first] = values;
  const isAlone = values.length === 1 && !read.isByLine;
  if (isAlone && isObject(first) && first['resourceType'] === 'Bundle') {
    const wrong = faultOf(first);
    if (wrong) return { ok: false, refusal: wrong };
  }
  for (const value of values) opening.open(value, undefined, 0);
  if (opening.items.length > MAX_RESOURCES) return { ok: false, refusal: { type: 'too-many' } };
  if (opening.isNothing) return { ok: false, refusal: { type: 'not-fhir' } };
  return { ok: true, source: sourceOf(kindOf(values, isAlone), opening, read) };
}

function kindOf([first]: readonly Json[], isAlone: boolean): string {
  if (!isAlone) return 'list';
  const type = textOrNothing(elementAt(first, 'resourceType'));
  if (type === 'Bundle') return textOrNothing(elementAt(first, 'type')) ?? '';
  return type === 'Parameters' ? 'parameters' : 'resource';
}

/** The first place of a bundle that is not of the form it has to have. */
function faultOf(json: JsonObject): Refusal | undefined {
  const checked = v.safeParse(bundle, json);
  if (!checked.success) return refusalOf(checked.issues[0]);
  for (const [index, entry] of listOf(json['entry']).entries()) {
    const one = elementAt(entry, 'resource');
    if (elementAt(one, 'resourceType') !== 'Composition') continue;
    const framed = v.safeParse(composition, one);
    if (!framed.success) return refusalOf(framed.issues[0], `entry.${index}.resource.`);
  }
  return undefined;
}

function refusalOf(issue: v.BaseIssue<unknown>, before = ''): Refusal {
  return issue.message === 'too-many'
    ? { type: 'too-many' }
    : { type: 'malformed', where: before + (v.getDotPath(issue) ?? '') };
}

/** Whatever a file is wrapped in is opened, or named as not opened. */
class Opening {
  readonly items: Item[] = [];
  readonly notes: FileNote[] = [];
  empty = 0;
  isOwn = false;
  #scopes = 0;
  #bundles = 0;

  /** No resource at all, and nothing that is like one. */
  get isNothing(): boolean {
    return this.items.length === 0 && this.#bundles === 0;
  }

  open(value: Json | undefined, url: string | undefined, depth: number): void {
    if (!isObject(value) || typeof value['resourceType'] !== 'string' || value['resourceType'] === '')
      return this.#unopened(value, '?');
    if (depth > MAX_WRAPPED) return this.#unopened(value, value['resourceType']);
    switch (value['resourceType']) {
      case 'Bundle':
        return this.#bundle(value, depth);
      case 'Parameters':
        this.#bundles += 1;
        return this.#parameters(listOf(value['parameter']), depth);
      case 'List':
        this.#add(value, url);
        return this.#listed(value, depth);
      default:
        return this.#add(value, url);
    }
  }

  /** What was taken off a list, or stands on one that is withdrawn, is named and not taken for what it says. */
  #listed(list: JsonObject, depth: number): void {
    const isWithdrawn = ['retired', 'entered-in-error'].includes(textOrNothing(list['status']) ?? '');
    const gone = listOf(list['entry'])
      .filter((entry) => elementAt(entry, 'deleted') === true)
      .map((entry) => textOrNothing(elementAt(entry, 'item.reference')));
    for (const one of listOf(list['contained']).filter(isObject)) {
      const isGone = isWithdrawn || gone.includes(`#${textOrNothing(one['id']) ?? ''}`);
      if (isGone) this.#unopened(one, nameOfResource(one, () => undefined) || '?');
      else this.open(one, undefined, depth + 1);
    }
  }

  #unopened(value: Json | undefined, what: string): void {
    if (value !== undefined) this.notes.push({ type: 'unopened', what });
  }

  #add(resource: JsonObject, url: string | undefined, identity?: string, isOlder = false): void {
    this.items.push({
      ...{ resource, url, identity, isOlder, index: this.items.length, scope: this.#scopes },
      type: textOrNothing(resource['resourceType']) ?? '',
    });
  }

  #parameters(parameters: readonly Json[], depth: number): void {
    if (depth > MAX_WRAPPED) return this.#unopened(null, 'Parameters');
    for (const one of parameters.filter(isObject)) {
      if (one['resource'] !== undefined) this.open(one['resource'], undefined, depth + 1);
      this.#parameters(listOf(one['part']), depth + 1);
      const loose = Object.keys(one).find((key) => key.startsWith('value'));
      if (loose !== undefined) this.#unopened(one, textOrNothing(one['name']) ?? loose);
    }
  }

  #bundle(json: JsonObject, depth: number): void {
    this.#bundles += 1;
    if (faultOf(json)) return this.#unopened(json, 'Bundle');
    this.#scopes += 1;
    const entries = listOf(json['entry']).filter(isObject);
    if (isWrittenByUs(json) && depth === 0) this.isOwn = true;
    const part = partOf(json, entries);
    if (part) this.notes.push(part);
    const identity = identityOf(json);
    const seen = new Set<string>();
    for (const entry of entries) {
      const url = textOrNothing(entry['fullUrl']);
      const isOlder = json['type'] === 'history' && url !== undefined && seen.has(url);
      if (url !== undefined) seen.add(url);
      const inside = entry['resource'];
      if (!isObject(inside)) this.empty += 1;
      else if (isWrapper(inside)) this.open(inside, url, depth + 1);
      else this.#add(inside, url, identity, isOlder);
    }
  }
}

const isWrapper = ({ resourceType }: JsonObject): boolean =>
  resourceType === 'Bundle' || resourceType === 'Parameters' || resourceType === 'List';

function isWrittenByUs(json: JsonObject): boolean {
  return codesOf(elementAt(json, 'meta.tag')).some(
    ({ system, code }) => system === SYSTEMS.carnet && code === 'record',
  );
}

/** What a search says of itself: that there is another page, or more than it holds. */
function partOf(json: JsonObject, entries: readonly JsonObject[]): FileNote | undefined {
  const hasNext = listOf(json['link']).some((link) => elementAt(link, 'relation') === 'next');
  const here = entries.filter((entry) => {
    const mode = elementAt(entry, 'search.mode');
    return mode === undefined || mode === 'match';
  }).length;
  const total = json['total'];
  const isMore = typeof total === 'number' && total > here;
  return hasNext || isMore
    ? { type: 'part', here, total: typeof total === 'number' ? total : null }
    : undefined;
}

function identityOf(json: JsonObject): string | undefined {
  const value = textOrNothing(elementAt(json, 'identifier.value'));
  if (value !== undefined) return `${textOrNothing(elementAt(json, 'identifier.system')) ?? ''}|${value}`;
  return textOrNothing(json['id']);
}

type Names = Map<string, JsonObject>;

/** Each bundle names its own first: two of them may well both have a `Condition/1`. */
function namesIn(items: readonly Item[]): (scope: number) => (name: string) => JsonObject | undefined {
  const scopes = new Map<number, Names>();
  const all: Names = new Map();
  for (const { url, resource: one, type, scope } of items) {
    const own: Names = scopes.get(scope) ?? new Map<string, JsonObject>();
    scopes.set(scope, own);
    const id = textOrNothing(one['id']);
    const relative = url === undefined ? undefined : /[A-Za-z]+\/[A-Za-z0-9.-]+$/.exec(url)?.[0];
    for (const name of [url, id === undefined ? undefined : `${type}/${id}`, relative])
      for (const names of [own, all]) if (name !== undefined && !names.has(name)) names.set(name, one);
  }
  return (scope) => (name) => {
    const plain = name.replace(/\/_history\/.*$/, '');
    const own = scopes.get(scope);
    return own?.get(name) ?? own?.get(plain) ?? all.get(name) ?? all.get(plain);
  };
}

function sourceOf(kind: string, { items, notes, empty, isOwn }: Opening, file: FileValues): Source {
  const names = namesIn(items);
  const resolverFor =
    ({ resource: from, scope }: Pick<Item, 'resource' | 'scope'>): Resolve =>
    (name) =>
      name.startsWith('#')
        ? listOf(from['contained'])
            .filter(isObject)
            .find((one) => one['id'] === name.slice(1))
        : names(scope)(name);
  const head = items.find(({ type }) => type === 'Composition');
  const frame = head?.resource;
  const resolve = names(head?.scope ?? 0);
  const subject = frame && resolve(textOrNothing(elementAt(frame, 'subject.reference')) ?? '');
  const patients = peopleIn(items);
  const sections = new Map<JsonObject, string>();
  for (const section of sectionsOf(frame)) {
    const code = sectionCode(section);
    for (const one of listOf(section['entry'])) {
      const target = resolve(textOrNothing(elementAt(one, 'reference')) ?? '');
      if (target && code !== undefined && !sections.has(target)) sections.set(target, code);
    }
  }
  const patient =
    patients.find((one) => one.resource === subject) ?? (patients.length === 1 ? patients[0] : undefined);
  return {
    ...{ kind, isOwn, items, empty, composition: frame, patient, resolverFor },
    notes: [
      ...notes,
      ...fileNotes(file),
      ...serverNotes(items),
      ...abridgedNote(items),
      ...frameNotes(frame, isOwn),
      ...(patient ? [] : peopleNote(patients)),
    ],
    sectionOf: (one) => sections.get(one),
  };
}

/** Each person once, however often a file names them. */
function peopleIn(items: readonly Item[]): Item[] {
  const people = new Map<unknown, Item>();
  for (const item of items) {
    if (item.type !== 'Patient') continue;
    const name = nameOfPatient(item.resource);
    const who = name === '' ? item.resource : JSON.stringify([name, item.resource['birthDate']]);
    if (!people.has(who)) people.set(who, item);
  }
  return [...people.values()];
}

/** Copies of a patient in several bundles are one person; two without a name are not known to be. */
export function isSamePerson(one: JsonObject, other: JsonObject): boolean {
  if (one === other) return true;
  const [name, again] = [one, other].map(nameOfPatient);
  return name !== '' && name === again && one['birthDate'] === other['birthDate'];
}

export function nameOfPatient(patient: JsonObject): string {
  return wordsOf(listOf(patient['name'])[0], () => undefined);
}

function peopleNote(people: readonly Item[]): FileNote[] {
  return people.length < 2
    ? []
    : [{ type: 'people', names: people.map(({ resource: one }) => nameOfPatient(one) || '?') }];
}

function fileNotes({ encoding, badLines }: FileValues): FileNote[] {
  return [
    ...(encoding === 'guessed' ? [{ type: 'encoding' } as const] : []),
    ...(badLines.length > 0 ? [{ type: 'lines', lines: badLines } as const] : []),
  ];
}

const ALL_WELL: readonly string[] = ['information', 'success'];

/** What a search sends of a resource when it is asked for a summary of it, or for some of its elements. */
function abridgedNote(items: readonly Item[]): FileNote[] {
  const isAbridged = ({ resource }: Item): boolean =>
    listOf(elementAt(resource, 'meta.tag')).some(
      (tag) => textOrNothing(elementAt(tag, 'code')) === 'SUBSETTED',
    );
  const count = items.filter(isAbridged).length;
  return count > 0 ? [{ type: 'abridged', count }] : [];
}

/** What the system that answered could not do; that all went well is nothing to tell. */
function serverNotes(items: readonly Item[]): FileNote[] {
  return items
    .filter(({ type }) => type === 'OperationOutcome')
    .flatMap(({ resource: one }) => listOf(one['issue']))
    .filter((issue) => !ALL_WELL.includes(textOrNothing(elementAt(issue, 'severity')) ?? ''))
    .map((issue) => ({
      type: 'server',
      said:
        textOrNothing(elementAt(issue, 'diagnostics')) ??
        (wordsOf(elementAt(issue, 'details'), () => undefined) ||
          (textOrNothing(elementAt(issue, 'code')) ?? '?')),
    }));
}

function frameNotes(frame: JsonObject | undefined, isOwn: boolean): FileNote[] {
  if (!frame || isOwn) return [];
  const status = textOrNothing(frame['status']);
  const isFinal = status === undefined || status === 'final' || status === 'amended';
  const notes: FileNote[] = isFinal ? [] : [{ type: 'status', said: status }];
  for (const section of sectionsOf(frame)) {
    const isListed = listOf(section['entry']).length > 0 || listOf(section['section']).length > 0;
    const title = textOrNothing(section['title']) ?? sectionCode(section) ?? '?';
    const reasons = codesOf(section['emptyReason']).map(({ code }) => code);
    if (reasons.includes('withheld')) notes.push({ type: 'withheld', title });
    else if (!isListed && section['emptyReason'] === undefined && isWritten(section['text']))
      notes.push({ type: 'narrative', title });
  }
  return notes;
}

function isWritten(narrative: Json | undefined): boolean {
  const div = textOrNothing(elementAt(narrative, 'div')) ?? '';
  return /[\p{L}\p{N}]/u.test(div.replace(/<[^>]*>/g, ''));
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
