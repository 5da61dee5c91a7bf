/**
 * The read model: what the first screen shows, as plain data. It is built from the replica and kept sealed, so that the
 * next unlock shows it with one read, before Yjs has loaded. A copy that got lost costs a moment, never an entry.
 */
import { fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import type { Entry, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { isComplete, readFields } from '#lib/record/section.ts';
import { healthSections, sectionDefinition } from '#lib/record/sections.ts';
import { identity, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import { documents, type StoredMime } from '#lib/record/sections/documents.ts';
import { statements } from '#lib/record/sections/statements.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { Delivery, DocumentView, RecordView } from './door.ts';
import type { Owner } from './identity.ts';
import { KEYS, sealedGet, sealedPut } from './layout.ts';

export interface ViewSource {
  readonly editable: boolean;
  readonly owner: Owner;
  readonly record: HealthRecord;
  readonly delivery: (section: SectionId, id: string) => Delivery;
  /** Of a document's chunks, by blob id in base64url. */
  readonly blob: (blob: string, chunks: number) => { readonly onDevice: boolean; readonly uploaded: boolean };
}

/** Living, complete entries only, each with the fields of its definition and no others; newest change first. */
export function livingEntries(record: HealthRecord, section: SectionId): Entry[] {
  const definition = sectionDefinition(section);
  if (!definition) return [];
  return [...(record.entries.get(section)?.values() ?? [])]
    .filter((entry) => entry.deletedAt === undefined)
    .map((entry) => ({ ...entry, fields: readFields(definition, entry.fields) }))
    .filter((entry) => isComplete(definition, entry))
    .sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1));
}

export function buildView(source: ViewSource): RecordView {
  const sections = [...healthSections, statements].map(({ id }) => id);
  return {
    owner: { ...source.owner, sex: sexOf(source.record) },
    entries: Object.fromEntries(sections.map((section) => [section, livingEntries(source.record, section)])),
    documents: livingEntries(source.record, documents.id).map((entry) => documentView(entry, source)),
    editable: source.editable,
  };
}

function sexOf(record: HealthRecord): RecordView['owner']['sex'] {
  const sex = record.entries.get(identity.id)?.get(SINGLE_ENTRY)?.fields['sex'];
  return sex === 'female' || sex === 'male' ? sex : null;
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
export async function saveView(storage: Storage, seal: LocalSeal, view: RecordView): Promise<void> {
  const change = await sealedPut(seal, KEYS.view, encodeView(view));
  await storage.write([change], 'relaxed');
}

export async function loadView(storage: Storage, seal: LocalSeal): Promise<RecordView | null> {
  const bytes = await sealedGet(storage, seal, KEYS.view);
  return bytes ? decodeView(bytes) : null;
}

const VERSION = 1;

/** Plain JSON, unlike sealed-json.ts: there are no bytes in a view, and a reviver would make it ten times slower to read. */
function encodeView(view: RecordView): Bytes {
  return utf8(JSON.stringify({ version: VERSION, view: { ...view, editable: false } }));
}

/** Null when another version of the program wrote it: it is built anew. */
function decodeView(bytes: Bytes): RecordView | null {
  const { version, view } = JSON.parse(fromUtf8(bytes)) as { version: unknown; view: RecordView };
  return version === VERSION ? view : null;
}
