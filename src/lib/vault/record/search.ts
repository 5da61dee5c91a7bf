/**
 * Search over the whole profile: what is found, by words of whatever form and language, and where it stands.
 *
 * The index would tell what the record holds, so it is kept sealed, and only here in clear. It is brought up to date when
 * it is asked: a section that did not change is the same map as before (RecordDocument) and costs nothing. A copy that got
 * lost, rotted, or that another version wrote is made again from the record.
 */
import MiniSearch, { type AsPlainObject, type Options, type Query } from 'minisearch';
import { fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import type { Entry, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import type { MeasureId } from '#lib/record/measure-kinds.ts';
import type { ProfilePlace, ProfileSection } from '#lib/record/profile-section.ts';
import { readFields, type FieldDefinition, type SectionDefinition, type Words } from '#lib/record/section.ts';
import { healthSections, PROFILE } from '#lib/record/sections.ts';
import { documents } from '#lib/record/sections/documents.ts';
import { measures } from '#lib/record/sections/measures.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { RecordId, SearchHit, SearchResult } from '#lib/vault/door/door.ts';
import { searchKey, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { termsOf, wordsIn } from './search-words.ts';

/** What is indexed of an entry, or of a section itself. */
interface Page {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** Nobody reads more; how many there are is told all the same. */
const MAX_HITS = 200;
const VERSION = 1;

const OPTIONS: Options<Page> = {
  fields: ['name', 'text'],
  tokenize: wordsIn,
  processTerm: termsOf,
  searchOptions: {
    // A query is made of terms already.
    tokenize: (term) => [term],
    processTerm: (term) => term,
    boost: { name: 3 },
  },
};

const SEARCHED: readonly SectionDefinition[] = [...healthSections, documents];

/** @param later when an index that changed is to be kept */
export async function openSearch(
  storage: Storage,
  seal: LocalSeal,
  record: RecordId,
  later: (work: () => Promise<void>) => void,
): Promise<Search> {
  const key = searchKey(record);
  const kept = decode(await sealedGet(storage, seal, key));
  const index = kept?.index ?? new MiniSearch<Page>(OPTIONS);
  const stamps = kept?.stamps ?? new Map<string, number>();
  return new Search(index, stamps, () =>
    later(async () => {
      // What is lost with the power is made again.
      await storage.write([await sealedPut(seal, key, encode(index, stamps))], 'relaxed');
    }),
  );
}

export class Search {
  readonly #index: MiniSearch<Page>;
  /** By page: what was indexed, as a number that differs when it does. */
  readonly #stamps: Map<string, number>;
  readonly #onChange: () => void;
  readonly #seen = new Map<SectionId, ReadonlyMap<EntryId, Entry> | undefined>();
  /** By page, also of what has no words: as long as the entry is the same object, it says the same. */
  readonly #indexed = new Map<string, Entry>();
  #isTitled = false;

  constructor(index: MiniSearch<Page>, stamps: Map<string, number>, onChange: () => void) {
    this.#index = index;
    this.#stamps = stamps;
    this.#onChange = onChange;
  }

  find(record: HealthRecord, query: string): SearchResult {
    this.#takeIn(record);
    const words = wordsIn(query);
    if (words.length === 0) return { hits: [], count: 0 };
    const found = this.#index.search({ combineWith: 'AND', queries: words.map(queryOf) });
    return {
      hits: found.slice(0, MAX_HITS).map(({ id, score }) => hitOf(String(id), score, record)),
      count: found.length,
    };
  }

  #takeIn(record: HealthRecord): void {
    let changed = false;
    if (!this.#isTitled) for (const place of titlePages()) changed = this.#put(place) || changed;
    this.#isTitled = true;
    for (const section of SEARCHED) {
      const entries = record.entries.get(section.id);
      if (this.#seen.has(section.id) && this.#seen.get(section.id) === entries) continue;
      this.#seen.set(section.id, entries);
      changed = this.#takeInSection(section, entries ?? new Map<EntryId, Entry>()) || changed;
    }
    if (changed) this.#onChange();
  }

  #takeInSection(section: SectionDefinition, entries: ReadonlyMap<EntryId, Entry>): boolean {
    let changed = false;
    const gone = new Set([...this.#stamps.keys()].filter((id) => id.startsWith(`${section.id} `)));
    for (const entry of entries.values()) {
      const id = `${section.id} ${entry.id}`;
      if (this.#indexed.get(id) !== entry) {
        const page = entry.deletedAt === undefined ? pageOf(id, section, entry) : null;
        this.#indexed.set(id, entry);
        if (!page) continue;
        changed = this.#put(page) || changed;
      }
      if (entry.deletedAt === undefined) gone.delete(id);
    }
    for (const id of gone) this.#drop(id);
    return changed || gone.size > 0;
  }

  #put(page: Page): boolean {
    const stamp = stampOf(`${page.name}\n${page.text}`);
    if (this.#stamps.get(page.id) === stamp) return false;
    if (this.#stamps.has(page.id)) this.#index.discard(page.id);
    this.#index.add(page);
    this.#stamps.set(page.id, stamp);
    return true;
  }

  #drop(id: string): void {
    this.#index.discard(id);
    this.#stamps.delete(id);
  }
}

/** In any of its forms; as it is written also when it is only begun. */
function queryOf(word: string): Query {
  const [whole = '', ...stems] = termsOf(word);
  return {
    combineWith: 'OR',
    queries: [{ queries: [whole], prefix: whole.length > 1 }, ...stems],
  };
}

function hitOf(id: string, score: number, { entries }: HealthRecord): SearchHit {
  const [section = '', entry = null] = id.split(' ');
  if (section !== measures.id || entry === null) return { section, entry, score };
  // A page has no measures of its own: it has to know which to ask for.
  const kind = entries.get(section)?.get(entry)?.fields['kind'] as MeasureId;
  return { section, entry, kind, score };
}

/** Sections are found by their own names; the thirteen also by names that only their entries can have (the measures'). */
function titlePages(): Page[] {
  const inside = healthSections.filter(({ id }) => !PROFILE.some((place) => place.id === id));
  const page = (place: ProfilePlace | ProfileSection, options: readonly FieldDefinition[]): Page => ({
    id: place.id,
    name: inBoth(place.title),
    text: options.flatMap((field) => optionWords(field)).join(' '),
  });
  return [
    ...PROFILE.map((place) => {
      if (!('fields' in place)) return page(place, []);
      return page(
        place,
        place.fields.filter(({ name }) => place.name.includes(name)),
      );
    }),
    ...inside.map((section) => page(section, [])),
  ];
}

/** Null for what holds no words of the person's own: by its kind alone one looks for a section, not for an entry. */
function pageOf(id: string, section: SectionDefinition, entry: Entry): Page | null {
  const written = section.fields.some(
    (field) => isText(field) && typeof entry.fields[field.name] === 'string',
  );
  if (!written) return null;
  const fields = readFields(section, entry.fields);
  const wordsOf = (field: FieldDefinition): readonly string[] => {
    const value = fields[field.name] ?? null;
    if (isText(field)) return typeof value === 'string' ? [value] : [];
    const values = Array.isArray(value) ? value : [value];
    return optionWords(field, (option) => values.includes(option));
  };
  const names = new Set('name' in section ? (section.name as readonly string[]) : ['name']);
  const [name, text] = [true, false].map((isName) =>
    section.fields
      .filter((field) => names.has(field.name) === isName)
      .flatMap(wordsOf)
      .join(' '),
  );
  return { id, name: name ?? '', text: text ?? '' };
}

function isText({ kind }: FieldDefinition): boolean {
  return kind === 'text' || kind === 'longtext';
}

function optionWords(field: FieldDefinition, isChosen: (value: string) => boolean = () => true): string[] {
  if (field.kind !== 'choice') return [];
  return field.values.flatMap((value, index) => {
    const words = field.options?.[index];
    return words && isChosen(value) ? [inBoth(words)] : [];
  });
}

function inBoth({ fr, en }: Words): string {
  return `${fr} ${en}`;
}

/** FNV-1a: tells apart what was indexed and what is to be, no more. */
function stampOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

interface Kept {
  readonly version: number;
  readonly stamps: [string, number][];
  readonly index: AsPlainObject;
}

function encode(index: MiniSearch<Page>, stamps: ReadonlyMap<string, number>): Bytes {
  return utf8(
    JSON.stringify({ version: VERSION, stamps: [...stamps], index: index.toJSON() } satisfies Kept),
  );
}

/** Null when there is none, when it does not open, and when it is not one that this version could have written. */
function decode(
  bytes: Bytes | null | undefined,
): { readonly index: MiniSearch<Page>; readonly stamps: Map<string, number> } | null {
  if (!bytes) return null;
  try {
    const { version, stamps, index } = JSON.parse(fromUtf8(bytes)) as Kept;
    if (version !== VERSION) return null;
    const loaded = MiniSearch.loadJS<Page>(index, OPTIONS);
    const whole = stamps.length === loaded.documentCount && stamps.every(([id]) => loaded.has(id));
    return whole ? { index: loaded, stamps: new Map(stamps) } : null;
  } catch {
    return null;
  }
}
