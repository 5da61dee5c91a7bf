/**
 * The read model: what the first screen shows, as plain data. It is built from the replica and kept sealed, so that the
 * next unlock shows it with one read, before Yjs has loaded. A copy that got lost costs a moment, never an entry.
 */
import { fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import type { Entry, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import {
  type MeasuredByKind,
  measuredByKind,
  type MeasureSummaries,
  summarise,
} from '#lib/record/measures.ts';
import type { ConflictView } from '#lib/record/history.ts';
import { livingEntries, remembered } from '#lib/record/living.ts';
import { healthSections } from '#lib/record/sections.ts';
import { identity, opening, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import { documents, type StoredMime } from '#lib/record/sections/documents.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { statements } from '#lib/record/sections/statements.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type {
  Delivery,
  DocumentView,
  GuardianView,
  RecordId,
  RecordOpening,
  RecordView,
} from '#lib/vault/door/door.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import { sealedGet, sealedPut, viewKey } from '#lib/vault/disk/layout.ts';

export interface ViewSource {
  readonly editable: boolean;
  readonly owner: Owner;
  readonly record: HealthRecord;
  readonly delivery: (section: SectionId, id: string) => Delivery;
  /** The latest changes of an entry. */
  readonly heads: (section: SectionId, id: EntryId) => readonly EntryId[];
  readonly conflicts: readonly ConflictView[];
  readonly guardians: readonly GuardianView[];
  /** The address of this account. */
  readonly self: string;
  /** Of a document's chunks, by blob id in base64url. */
  readonly blob: (blob: string, chunks: number) => { readonly onDevice: boolean; readonly uploaded: boolean };
}

type Section = ReadonlyMap<EntryId, Entry>;

/** A section that did not change is the same map as before (RecordDocument): what was read of it holds as long as it does. */
const byKind = new WeakMap<Section, { readonly birthDate: string; readonly values: MeasuredByKind }>();
const summaries = new WeakMap<MeasuredByKind, MeasureSummaries>();

/** Twenty thousand values are walked once for each edit of them, and for no other. */
export function measuredValues(record: HealthRecord, birthDate: string): MeasuredByKind {
  const section = record.entries.get(measures.id);
  if (!section) return NOTHING_MEASURED;
  const known = byKind.get(section);
  if (known?.birthDate === birthDate) return known.values;
  const values = measuredByKind(section.values(), birthDate);
  byKind.set(section, { birthDate, values });
  return values;
}

const NOTHING_MEASURED: MeasuredByKind = new Map();

export function buildView(source: ViewSource): RecordView {
  const { owner, record } = source;
  const sections = [...healthSections, statements].map(({ id }) => id).filter((id) => id !== measures.id);
  const values = measuredValues(record, owner.birthDate);
  return {
    owner: { ...owner, sex: sexOf(record) },
    opening: openingOf(record, source.self),
    guardians: source.guardians,
    entries: Object.fromEntries(sections.map((section) => [section, entriesOf(section, source)])),
    measures: remembered(summaries, values, () => summarise(values)),
    documents: livingEntries(record, documents.id).map((entry) => documentView(entry, source)),
    conflicts: source.conflicts,
    editable: source.editable,
  };
}

function entriesOf(section: SectionId, { record, heads }: ViewSource): readonly Entry[] {
  return livingEntries(record, section).map((entry) => {
    const latest = heads(section, entry.id);
    return latest.length > 0 ? { ...entry, heads: latest } : entry;
  });
}

function sexOf(record: HealthRecord): RecordView['owner']['sex'] {
  const sex = record.entries.get(identity.id)?.get(SINGLE_ENTRY)?.fields['sex'];
  return sex === 'female' || sex === 'male' ? sex : null;
}

function openingOf(record: HealthRecord, self: string): RecordOpening | null {
  const fields = record.entries.get(opening.id)?.get(SINGLE_ENTRY)?.fields;
  const at = fields?.['certifiedAt'];
  if (typeof at !== 'number') return null;
  const attested = (fields?.['statement'] ?? null) !== null;
  return { certifiedAt: at, attested, own: fields?.['guardian'] === self };
}

function documentView({ id, fields, createdAt }: Entry, { delivery, blob }: ViewSource): DocumentView {
  const { onDevice, uploaded } = blob(fields['blob'] as string, fields['chunks'] as number);
  const { sent, receivedBy } = delivery(documents.id, id);
  return {
    id,
    name: fields['name'] as string,
    category: fields['category'] as string,
    date: fields['date'] as string,
    mime: fields['mime'] as StoredMime,
    size: fields['size'] as number,
    addedAt: createdAt,
    onDevice,
    delivery: { sent: sent && uploaded, receivedBy: uploaded ? receivedBy : 0 },
  };
}

/** Relaxed: what is lost with the power is built again. */
export async function saveView(
  storage: Storage,
  seal: LocalSeal,
  record: RecordId,
  view: RecordView,
): Promise<void> {
  const change = await sealedPut(seal, viewKey(record), encodeView(view));
  await storage.write([change], 'relaxed');
}

export async function loadView(
  storage: Storage,
  seal: LocalSeal,
  record: RecordId,
): Promise<RecordView | null> {
  const bytes = await sealedGet(storage, seal, viewKey(record));
  return bytes ? decodeView(bytes) : null;
}

const VERSION = 5;

/** Plain JSON, unlike sealed-json.ts: there are no bytes in a view, and a reviver would make it ten times slower to read. */
function encodeView(view: RecordView): Bytes {
  return utf8(JSON.stringify({ version: VERSION, view: { ...view, editable: false } }));
}

/** Null when another version of the program wrote it: it is built anew. */
function decodeView(bytes: Bytes): RecordView | null {
  const { version, view } = JSON.parse(fromUtf8(bytes)) as { version: unknown; view: RecordView };
  return version === VERSION ? view : null;
}
