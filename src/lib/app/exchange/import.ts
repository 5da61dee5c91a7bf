/**
 * Entries from a file, taken into the record: which of them are there already, and how the chosen ones are written, with
 * the file itself as a document beside them. Done twice, it adds nothing the second time.
 */
import { say } from '#lib/i18n/catalogue.ts';
import type { Remark } from '#lib/exchange/fhir/entry.ts';
import { isJsonText } from '#lib/record/file-type.ts';
import type { Edit, Entry, EntryId, FieldValue, SectionId } from '#lib/record/entry.ts';
import { MAX_COMMENT } from '#lib/record/fields.ts';
import { formatPartialDate, today } from '#lib/record/partial-date.ts';
import { nameOf, type ProfileSection } from '#lib/record/profile-section.ts';
import { type Fields, sameValue } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { MAX_DOCUMENT_NAME } from '#lib/record/sections/documents.ts';
import { statementId, statements } from '#lib/record/sections/statements.ts';
import { STORED_MEASURES } from '#lib/record/measure-kinds.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { cut } from '#lib/text/signs.ts';
import { cleanLine, fold } from '#lib/text/typed.ts';
import type { Answer, RecordCalls, RecordView } from '#lib/vault/door/door.ts';

/** `changed`: the record has it and says something else; `blocked`: at most one entry may say this, and one does. */
export type OfferState = 'new' | 'known' | 'changed' | 'alike' | 'deleted' | 'blocked';

export interface Incoming {
  readonly section: SectionId;
  readonly id: EntryId;
  readonly fields: Fields;
  readonly left: readonly string[];
  /** What the file says of it and is not taken over as it stands there. */
  readonly remarks?: readonly Remark[];
}

export interface Offer {
  readonly entry: Incoming;
  readonly section: ProfileSection;
  readonly name: string;
  readonly standing: OfferState;
  /** What the record says now, where the file says something else. */
  readonly current?: Fields;
}

/** Each frame holds its edits and what they replaced; this many bytes of JSON fit with room to spare. */
const BATCH_BYTES = 100_000;
const BATCH_EDITS = 200;

/** How each of the entries stands to what the record holds. Null when the record cannot be asked. */
export async function offersOf(
  door: RecordCalls,
  record: RecordView,
  incoming: readonly Incoming[],
): Promise<readonly Offer[] | null> {
  const sections = new Map(healthSections.map((section) => [section.id, section]));
  const asked = new Set(incoming.map(({ section }) => section));
  const known = new Map<SectionId, Set<EntryId>>();
  const deleted = new Map<SectionId, Set<EntryId>>();
  for (const id of asked) {
    const gone = await door.deleted(id);
    const living =
      id === measures.id ? await measureIds(door, record) : (record.entries[id] ?? []).map((one) => one.id);
    if (!gone.ok || living === null) return null;
    known.set(id, new Set(living));
    deleted.set(id, new Set(gone.value.map((entry) => entry.id)));
  }
  const likes = new Map<SectionId, Set<string>>();
  const offers: Offer[] = [];
  for (const entry of incoming) {
    const section = sections.get(entry.section);
    if (!section) continue;
    const alike = likes.get(section.id) ?? likesOf(section, record.entries[section.id] ?? []);
    likes.set(section.id, alike);
    const like = likeness(section, entry.fields);
    const current = record.entries[entry.section]?.find(({ id }) => id === entry.id)?.fields;
    const standing = standingOf();
    offers.push({
      ...{ entry, section, name: nameOf(section, entry, say), standing },
      ...(standing === 'changed' && current && { current }),
    });

    function standingOf(): OfferState {
      if (known.get(entry.section)?.has(entry.id))
        return section && current && changesOf(section, current, entry.fields).length > 0
          ? 'changed'
          : 'known';
      if (section && isSecond(section, entry, record, offers)) return 'blocked';
      if (deleted.get(entry.section)?.has(entry.id)) return 'deleted';
      return alike.has(like) ? 'alike' : 'new';
    }
  }
  return offers;
}

/**
 * The fields in which a file says something else than the record. What the file does not speak of, the person may have
 * added; only that a thing no longer goes on is said by silence.
 */
export function changesOf(section: ProfileSection, current: Fields, incoming: Fields): readonly string[] {
  if (section.immutable) return [];
  return section.fields
    .filter(({ name, kind }) => {
      if (kind === 'reference') return false;
      const [before, after] = [current[name] ?? null, incoming[name] ?? null];
      if (name === section.period?.ongoing) return (before === true) !== (after === true);
      if (name === 'comment') return after !== null && besides(before, after) !== before;
      return after !== null && !sameValue(before, after);
    })
    .map(({ name }) => name);
}

/** What two notes of the same thing have in common: its name and when it began. */
function likeness(section: ProfileSection, fields: Fields): string {
  const group = section.groupBy === undefined ? '' : String(fields[section.groupBy] ?? '');
  const start = section.period ? String(fields[section.period.start] ?? '') : '';
  return [group, fold(nameOf(section, { fields }, say)), start].join('\n');
}

function likesOf(section: ProfileSection, entries: readonly Entry[]): Set<string> {
  // Two values of one day are two values; only what has a name of its own can be the same thing noted twice.
  return new Set(section.id === measures.id ? [] : entries.map(({ fields }) => likeness(section, fields)));
}

function isSecond(
  { single, id }: ProfileSection,
  entry: Incoming,
  record: RecordView,
  offers: readonly Offer[],
): boolean {
  if (!single || entry.fields[single.field] !== single.value) return false;
  const living = record.entries[id] ?? [];
  const offered = offers.filter(({ section, standing }) => section.id === id && standing !== 'blocked');
  return [...living, ...offered.map((offer) => offer.entry)].some(
    (other) => other.id !== entry.id && other.fields[single.field] === single.value,
  );
}

async function measureIds(door: RecordCalls, record: RecordView): Promise<EntryId[] | null> {
  const ids: EntryId[] = [];
  for (const kind of STORED_MEASURES) {
    if (!record.measures[kind]) continue;
    const series = await door.measures(kind);
    if (!series.ok) return null;
    ids.push(...series.value.ids);
  }
  return ids;
}

export interface TakenIn {
  readonly file: Blob;
  readonly fileName: string;
  /** What the file is called among the documents. */
  readonly title: string;
  readonly offers: readonly Offer[];
  readonly declared: readonly { readonly section: SectionId; readonly date: string }[];
}

/** The file first, so that what was understood of it never stands alone; then the entries, a frame at a time. */
export async function takeIn(
  door: RecordCalls,
  record: RecordView,
  { file, fileName, title, offers, declared }: TakenIn,
  progress: (done: number, total: number) => void,
): Answer<EntryId> {
  const original = await attach(door, record, { file, fileName, title });
  if (!original.ok) return original;
  const edits = [
    ...offers.flatMap((offer) => editsOf(offer, record, original.value)),
    ...declarationEdits(record, offers, declared),
  ];
  let done = 0;
  for (const batch of batchesOf(edits)) {
    const answer = await door.edit(batch);
    if (!answer.ok) return answer;
    done += batch.length;
    progress(done, edits.length);
  }
  return original;
}

/** The document that is this very file, added if it is not there yet. */
async function attach(
  door: RecordCalls,
  record: RecordView,
  { file, fileName, title }: Pick<TakenIn, 'file' | 'fileName' | 'title'>,
): Answer<EntryId> {
  const bytes = await file.arrayBuffer().then(
    (read) => new Uint8Array(read),
    () => null,
  );
  // It was there when it was shown; it may have been moved or unplugged since.
  if (!bytes) return { ok: false, error: { type: 'file-damaged' } };
  for (const { id, size, mime } of record.documents) {
    if (size !== bytes.length || (mime !== 'application/fhir+json' && mime !== 'text/csv')) continue;
    const opened = await door.openDocument(id);
    if (opened.ok && sameBytes(new Uint8Array(await opened.value.blob.arrayBuffer()), bytes))
      return { ok: true, value: id };
  }
  return door.addDocument({
    file: new Blob([bytes]),
    fileName,
    name: cut(cleanLine(title), MAX_DOCUMENT_NAME),
    category: isJsonText(bytes) ? 'summary' : 'administrative',
    date: formatPartialDate(today(Date.now())),
    original: true,
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function editsOf(offer: Offer, record: RecordView, original: EntryId): Edit[] {
  const { entry, section, standing, current } = offer;
  const { id } = entry;
  const read = current ? changed(section, current, entry.fields) : entry.fields;
  const link = section.fields.find((field) => field.kind === 'reference' && field.section === 'documents');
  const known = new Set(record.documents.map((document) => document.id));
  const linked = link ? [current?.[link.name], entry.fields[link.name]].flatMap(membersOf) : [];
  const links = [...linked.filter((one) => known.has(one)), original];
  const fields = link ? { ...read, [link.name]: [...new Set(links)] } : { ...read };
  const put: Edit = { type: 'put', section: section.id, id, fields };
  if (standing !== 'deleted') return [put];
  const restore: Edit = { type: 'restore', section: section.id, id };
  return section.immutable ? [restore] : [put, restore];
}

const membersOf = (value: Fields[string] | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : [];

/** Only what the file says otherwise changes; what the person added stays. */
function changed(section: ProfileSection, current: Fields, incoming: Fields): Fields {
  const names = changesOf(section, current, incoming);
  const of = (name: string): Fields[string] => {
    const after = incoming[name] ?? null;
    return name === 'comment' ? besides(current[name] ?? null, after) : after;
  };
  return { ...current, ...Object.fromEntries(names.map((name) => [name, of(name)])) };
}

/** A comment holds what the person wrote as well: what the file says is added to it, and takes nothing away. */
function besides(before: FieldValue, after: FieldValue): FieldValue {
  if (typeof before !== 'string' || typeof after !== 'string') return after;
  const lines = before.split('\n');
  const added = after.split('\n').filter((line) => !lines.includes(line));
  const both = [before, ...added].join('\n');
  // No room for both: what the person has stays, and the file is kept beside it.
  return added.length === 0 || both.length > MAX_COMMENT ? before : both;
}

function declarationEdits(
  record: RecordView,
  offers: readonly Offer[],
  declared: TakenIn['declared'],
): Edit[] {
  const written = new Set(offers.map(({ section }) => section.id));
  const stated = new Set((record.entries[statements.id] ?? []).map(({ id }) => id));
  const withdrawn = [...written]
    .filter((section) => stated.has(statementId(section)))
    .map((section): Edit => ({ type: 'delete', section: statements.id, id: statementId(section) }));
  const made = declared
    .filter(({ section }) => !written.has(section))
    .flatMap(({ section, date }): Edit[] => {
      const id = statementId(section);
      return [
        { type: 'put', section: statements.id, id, fields: { section, date } },
        { type: 'restore', section: statements.id, id },
      ];
    });
  return [...withdrawn, ...made];
}

function batchesOf(edits: readonly Edit[]): Edit[][] {
  const batches: Edit[][] = [];
  let size = BATCH_BYTES;
  for (const edit of edits) {
    const weight = JSON.stringify(edit).length;
    const last = batches.at(-1);
    if (last && last.length < BATCH_EDITS && size + weight <= BATCH_BYTES) {
      last.push(edit);
      size += weight;
    } else {
      batches.push([edit]);
      size = weight;
    }
  }
  return batches;
}
