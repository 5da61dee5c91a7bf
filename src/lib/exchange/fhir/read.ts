/**
 * A FHIR file as what it would add to a record. Nothing is changed here: the person sees the plan first.
 *
 * Guarantees: every resource is accounted for, either by the entries it becomes or by the reason why it is kept in the
 * attached original alone, and so is every value of it; every value has passed the rules of its section; the same file
 * gives the same entry ids, and two things have never one id, whatever they call themselves.
 */
import type { EntryId } from '#lib/record/entry.ts';
import { entryIdOfBytes } from '#lib/record/entry-id.ts';
import { immutableBytes } from '#lib/record/immutable.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import { type Account, accountFor, accountOfNothing } from './account.ts';
import { type Item, nameOfPatient, readSource, type Source } from './bundle.ts';
import { partialDate } from './dates.ts';
import { entryIdOf } from './ids.ts';
import { elementAt, textOrNothing } from './json.ts';
import { declarations, nothingSaid, withoutPlace } from './no-entry.ts';
import { withoutNothing } from './nothing-known.ts';
import { type Placed, type ReadAs, readAs, type ReadSettings } from './placing.ts';
import {
  type ImportPlan,
  missedIn,
  type Outcome,
  type PlannedEntry,
  type PlanResult,
  type ResourceOutcome,
} from './plan.ts';
import { halfOf, joinPressures, type ReadInstead } from './pressures.ts';
import { standingOf } from './standing.ts';
import { modifiersOf } from './statuses.ts';
import { nameOfResource } from './words.ts';

export type { ReadSettings } from './placing.ts';

export async function planImport(
  sections: readonly ProfileSection[],
  bytes: Uint8Array<ArrayBuffer>,
  settings: ReadSettings,
): Promise<PlanResult> {
  const read = readSource(bytes);
  if (!read.ok) return read;
  const { source } = read;
  const planning = new Planning(sections, source, settings);
  const resources: ResourceOutcome[] = [];
  const outcomes = new Map<Item, Outcome>();
  for (const item of source.items) {
    const { outcome, values } = await planning.place(item);
    outcomes.set(item, outcome);
    const name = nameOfResource(item.resource, source.resolverFor(item));
    resources.push({ resourceType: item.type, name, outcome, values });
  }
  const { entries } = planning;
  const declared = declarations(sections, source, outcomes, settings);
  const plan = { ...aboutSource(source, settings.zone), entries, declared, resources };
  return { ok: true, plan: { ...plan, missed: missedIn(plan) } };
}

function aboutSource(
  { kind, isOwn, composition, patient, empty, notes }: Source,
  zone: string,
): Pick<ImportPlan, 'kind' | 'isOwn' | 'title' | 'date' | 'patient' | 'empty' | 'notes'> {
  return {
    ...{ kind, isOwn, empty, notes },
    title: textOrNothing(elementAt(composition, 'title'))?.trim() || null,
    date: partialDate(elementAt(composition, 'date'), zone),
    patient: patient
      ? {
          name: nameOfPatient(patient.resource),
          birthDate: partialDate(patient.resource['birthDate'], zone),
        }
      : null,
  };
}

interface PlacedOutcome {
  readonly outcome: Outcome;
  readonly values: Account;
}

/** Elements that are read whatever the section: whose it is, and what kind of fact. */
const ALWAYS_READ = ['subject', 'patient', 'reportedBoolean', 'reportedReference'];
/** Read in another form: a pressure of two resources, or of one text. */
const JOINED = ['code', 'valueQuantity', 'valueString', 'component'];

class Planning {
  readonly entries: PlannedEntry[] = [];
  readonly #sections: readonly ProfileSection[];
  readonly #source: Source;
  readonly #settings: ReadSettings;
  readonly #instead: ReadInstead;
  /** What each id says so far. */
  readonly #taken = new Map<EntryId, string>();

  constructor(sections: readonly ProfileSection[], source: Source, settings: ReadSettings) {
    [this.#sections, this.#source, this.#settings] = [sections, source, settings];
    this.#instead = joinPressures(source.items);
  }

  async place(item: Item): Promise<PlacedOutcome> {
    const { type, resource } = item;
    const nothing = accountOfNothing(resource);
    const asRead = this.#instead.get(resource) ?? withoutNothing(type, resource);
    const standing = standingOf(type, asRead, this.#settings.say);
    const settled =
      withoutPlace(item, this.#source, standing) ?? nothingSaid(this.#sections, item, this.#source);
    if (settled) return { outcome: settled, values: settledValues(item, settled) };
    const read = readAs(this.#sections, item, asRead, this.#source, standing, this.#settings);
    if ('reason' in read) return { outcome: { type: 'kept', ...this.#halved(item, read) }, values: nothing };
    const ids: EntryId[] = [];
    for (const [index, entry] of read.entries.entries())
      ids.push(...(await this.#add(item, index, read, entry)));
    const outcome: Outcome =
      ids.length > 0 ? { type: 'mapped', section: read.section, ids } : { type: 'kept', reason: 'twice' };
    return { outcome, values: this.#valuesOf(item, asRead, read) };
  }

  /** Half a pressure has a place, once the other half is there. */
  #halved({ resource, type }: Item, read: Extract<ReadAs, { reason: unknown }>): typeof read {
    const half = type === 'Observation' ? halfOf(resource) : undefined;
    if (half === undefined) return read;
    return { reason: 'lacks', missing: [half === 'systolic' ? 'second' : 'value'] };
  }

  async #add(
    item: Item,
    index: number,
    { section: id }: { readonly section: string },
    { fields, left, remarks, plainName }: Placed,
  ): Promise<EntryId[]> {
    const section = this.#sections.find((one) => one.id === id);
    const said = JSON.stringify(fields);
    const own = section?.immutable
      ? entryIdOfBytes(await this.#settings.digest(immutableBytes(id, fields)))
      : await this.#idFor(item, index, id, plainName, fields);
    const otherId = section?.immutable ? own : await this.#digest(`${own} ${said}`);
    const free = this.#freeOf([own, otherId], said);
    // Read from the other half of the same pressure: one entry, and both become it.
    if (free === null) return this.#instead.has(item.resource) ? [own] : [];
    this.#taken.set(free, said);
    this.entries.push({ section: id, id: free, fields, left, remarks });
    return [free];
  }

  /** The same name is not the same thing: what says something else gets an id of its own. */
  #freeOf(ids: readonly EntryId[], said: string): EntryId | null {
    if (ids.some((id) => this.#taken.get(id) === said)) return null;
    return ids.find((id) => !this.#taken.has(id)) ?? null;
  }

  /**
   * By its address and by what it is called: an address alone is given to many things (`localhost`, `urn:uuid:1`), and a
   * thing that changed keeps its name. What has no address is what it says. Our own keeps the id that it had.
   */
  async #idFor(item: Item, index: number, section: string, name: string, fields: Fields): Promise<EntryId> {
    const { url, identity, type, resource } = item;
    const own = this.#source.isOwn && index === 0 ? entryIdOf(url ?? '') : undefined;
    if (own !== undefined) return own;
    const isGlobal = url !== undefined && /^(https?:|urn:)/.test(url);
    const id = textOrNothing(resource['id']);
    const address = isGlobal ? url : id === undefined ? undefined : `${identity ?? ''} ${type}/${id}`;
    return this.#digest(
      address === undefined
        ? `${section} ${JSON.stringify(fields)}`
        : `${address} ${index} ${section} ${name}`,
    );
  }

  async #digest(text: string): Promise<EntryId> {
    return entryIdOfBytes(await this.#settings.digest(new TextEncoder().encode(`carnet import ${text}`)));
  }

  #valuesOf({ type, resource }: Item, asRead: object, read: Extract<ReadAs, { entries: unknown }>): Account {
    const known = [...ALWAYS_READ, ...modifiersOf(type).map(({ element }) => element)];
    const remarks = read.entries.flatMap((entry) => entry.remarks);
    const account = accountFor(
      resource,
      read.seen,
      read.shape,
      asRead === resource ? known : [...known, ...JOINED],
      remarks.filter((remark) => remark.type === 'doubt').map(({ said }) => said),
    );
    const unread = remarks.filter((remark) => remark.type === 'left');
    return {
      ...account,
      kept: Math.max(0, account.kept - unread.length),
      left: [
        ...unread.map(({ field, said }) => ({
          path: `${field ?? '?'} = ${said}`,
          why: 'not-understood' as const,
        })),
        ...account.left,
      ],
    };
  }
}

/** A declaration says it all; of a medicine that an order names, the name stands in the order's entry. */
function settledValues({ type, resource }: Item, outcome: Outcome): Account {
  const nothing = accountOfNothing(resource);
  if (outcome.type === 'declared') return { kept: nothing.left.length, doubt: [], left: [] };
  return type === 'Medication' ? accountFor(resource, new Set(), undefined, ['code'], []) : nothing;
}
