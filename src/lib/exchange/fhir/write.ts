/**
 * The record as an International Patient Summary: a FHIR R4 document whose composition lists every section we have.
 *
 * Guarantees: the same record, moment and id give the same bytes; what was deleted is not in it, nor the keys of
 * documents; every reference leads to something within; what two devices say differently is marked, with both values.
 */
import { contradictionsIn } from '#lib/record/contradictions.ts';
import type { Entry, EntryId, FieldValue, SectionId } from '#lib/record/entry.ts';
import {
  CARNET,
  extensionUrl,
  type FhirMapping,
  type FhirShape,
  type JsonObject,
  SUMMARY,
  type SummarySection,
  SYSTEMS,
} from '#lib/record/fhir.ts';
import { fhirMappings } from '#lib/record/fhir-mappings.ts';
import { nameOf, type ProfileSection } from '#lib/record/profile-section.ts';
import { declaredNone, statementId, statements } from '#lib/record/sections/statements.ts';
import { coding, type Say } from './element.ts';
import { shapeFor, writeEntry, type WriteContext } from './entry.ts';
import { entryIdOf, following, urnOf, uuidOf } from './ids.ts';
import { isObject, listOf } from './json.ts';
import { entriesInWords, type Language, narrative, paragraph } from './narrative.ts';

export interface ExportedRecord {
  readonly owner: {
    readonly firstName: string;
    readonly lastName: string;
    readonly birthDate: string;
    readonly sex: 'female' | 'male' | null;
  };
  /** Living entries by section. */
  readonly entries: Readonly<Record<SectionId, readonly Entry[]>>;
  readonly disputes?: ExportedDisputes;
  readonly documents: readonly {
    readonly id: EntryId;
    readonly name: string;
    readonly category: string;
    readonly date: string;
    readonly mime: string;
    readonly size: number;
  }[];
}

/** What waits to be settled in an entry, in words that hold both values (record/telling.ts). */
export type ExportedDisputes = Readonly<Record<EntryId, readonly string[]>>;

export interface ExportSettings {
  readonly now: number;
  /** A fresh UUID: the name of this document. */
  readonly uuid: string;
  readonly language: Language;
}

/** One sentence for each thing that is not settled in an entry. Its tag makes such entries easy to find. */
export const DISPUTED = `${CARNET}/StructureDefinition/disputed`;

/** The day on which "there is nothing" was declared, on the section of the summary. */
export const DECLARED = `${CARNET}/StructureDefinition/declared-none`;
const EMPTY_REASON = 'http://terminology.hl7.org/CodeSystem/list-empty-reason';

interface Part {
  readonly summary: SummarySection;
  readonly system: string;
  readonly entries: { readonly section: ProfileSection; readonly entry: Entry }[];
  readonly references: string[];
  declared?: string;
}

interface Named {
  readonly fullUrl: string;
  readonly resource: JsonObject;
}

export function exportBundle(
  sections: readonly ProfileSection[],
  record: ExportedRecord,
  { now, uuid, language }: ExportSettings,
): JsonObject {
  const say: Say = (words) => words[language];
  const patientId = following(uuid, 1);
  const patient = `urn:uuid:${patientId}`;
  const known = new Set([
    ...record.documents.map(({ id }) => id),
    ...sections.flatMap(({ id }) => (record.entries[id] ?? []).map((entry) => entry.id)),
  ]);
  const context: WriteContext = { patient, say, referenceTo: urnOf, entryOf: entryIdOf };
  const contents = new Contents(record, known, context);
  for (const section of sections) contents.addSection(section);
  contents.addTeam(careTeam(sections, record, following(uuid, 3), context));
  contents.addDocuments();

  const timestamp = new Date(now).toISOString();
  const composition: JsonObject = {
    resourceType: 'Composition',
    id: following(uuid, 2),
    language,
    text: narrative(language, paragraph(titleOf(record, say))),
    status: 'final',
    type: { coding: [{ system: SYSTEMS.loinc, code: '60591-5', display: 'Patient summary Document' }] },
    subject: { reference: patient },
    date: timestamp,
    author: [{ reference: patient }],
    title: titleOf(record, say),
    section: contents.parts.map((part) => compositionSection(part, record, language, say)),
  };
  return {
    resourceType: 'Bundle',
    id: uuid,
    // By which it is known again: only then are the ids in it those of the record.
    meta: { tag: [coding('carnet|record')] },
    language,
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuid}` },
    type: 'document',
    timestamp,
    entry: [
      { fullUrl: `urn:uuid:${following(uuid, 2)}`, resource: composition },
      { fullUrl: patient, resource: patientResource(record, patientId, say) },
      ...contents.resources.map(({ fullUrl, resource }) => ({ fullUrl, resource })),
    ],
  };
}

/** The resources of the document, and which of its sections each stands in. */
class Contents {
  readonly resources: Named[] = [];
  readonly #record: ExportedRecord;
  readonly #known: ReadonlySet<string>;
  readonly #context: WriteContext;
  readonly #parts = new Map<string, Part>();

  /** @param known ids of all that a link may lead to */
  constructor(record: ExportedRecord, known: ReadonlySet<string>, context: WriteContext) {
    this.#record = record;
    this.#known = known;
    this.#context = context;
    for (const summary of Object.values(SUMMARY)) if ('required' in summary) this.#part(summary);
  }

  /** In the order in which they came up, those that must be there first. */
  get parts(): readonly Part[] {
    return [...this.#parts.values()];
  }

  addSection(section: ProfileSection): void {
    const { entries } = this.#record;
    const mapping = fhirMappings.find((one) => one.section === section.id);
    const living = entries[section.id] ?? [];
    for (const entry of living) this.#addEntry(section, mapping, entry);
    const statement = entries[statements.id]?.find(({ id }) => id === statementId(section.id));
    const declared = declaredNone(section.id, statement, living);
    if (declared !== null) this.#partOf(section, mapping?.shapes[0]).declared = declared;
  }

  addTeam(team: Named | undefined): void {
    if (team) this.#add(team, this.#part(SUMMARY.team));
  }

  addDocuments(): void {
    for (const document of this.#record.documents) {
      const resource = documentReference(document, this.#context.patient);
      this.#add({ fullUrl: urnOf(document.id), resource }, this.#part(SUMMARY.documents));
    }
  }

  #addEntry(section: ProfileSection, mapping: FhirMapping | undefined, entry: Entry): void {
    const disputes = this.#record.disputes?.[entry.id] ?? [];
    const linked = withKnownLinks(section, entry, this.#known);
    const clean = { ...entry, fields: withDisputes(section, linked, disputes, this.#context.say) };
    const shape = shapeFor(mapping, clean.fields);
    const part = this.#partOf(section, shape);
    const resource = writeConsistently(section, shape, clean, this.#context);
    part.entries.push({ section, entry: clean });
    this.#add({ fullUrl: urnOf(entry.id), resource: marked(resource, disputes, this.#context.say) }, part);
  }

  #add(resource: Named, part: Part): void {
    this.resources.push(resource);
    part.references.push(resource.fullUrl);
  }

  #partOf(section: ProfileSection, shape: FhirShape | undefined): Part {
    return shape
      ? this.#part(SUMMARY[shape.summary])
      : this.#part({ code: section.id, title: section.title }, SYSTEMS.carnet);
  }

  #part(summary: SummarySection, system: string = SYSTEMS.loinc): Part {
    const part = this.#parts.get(summary.code) ?? { summary, system, entries: [], references: [] };
    this.#parts.set(summary.code, part);
    return part;
  }
}

/** A link to what was deleted since leads nowhere, and is not told. */
function withKnownLinks(
  section: ProfileSection,
  { fields }: Entry,
  known: ReadonlySet<string>,
): Entry['fields'] {
  const clean: Record<string, FieldValue> = { ...fields };
  for (const { name, kind } of section.fields) {
    const value = fields[name] ?? null;
    if (kind !== 'reference' || value === null) continue;
    const linked: readonly string[] = typeof value === 'object' ? value : [String(value)];
    const there = linked.filter((id) => known.has(id));
    clean[name] = there.length === 0 ? null : typeof value === 'object' ? there : value;
  }
  return clean;
}

const TO_SETTLE = { fr: 'À choisir', en: 'To choose' };

/**
 * The remark of the entry says it too: it goes where the receiver's own software shows remarks (a note, mostly), and comes
 * back with the file, so that a carnet into which it is read still says that the value was in dispute.
 */
function withDisputes(
  section: ProfileSection,
  fields: Entry['fields'],
  disputes: readonly string[],
  say: Say,
): Entry['fields'] {
  if (disputes.length === 0 || !section.fields.some(({ name }) => name === 'comment')) return fields;
  const told = disputes.map((words) => `${say(TO_SETTLE)} – ${words}`);
  return {
    ...fields,
    comment: [...told, textOf(fields['comment'])].filter((line) => line !== '').join('\n'),
  };
}

function marked(resource: JsonObject, disputes: readonly string[], say: Say): JsonObject {
  if (disputes.length === 0) return resource;
  const told = disputes.map((words) => ({ url: DISPUTED, valueString: words }));
  return {
    ...resource,
    meta: { tag: [{ system: SYSTEMS.carnet, code: 'disputed', display: say(TO_SETTLE) }] },
    extension: [...listOf(resource['extension']), ...told],
  };
}

/** FHIR refuses an end before its beginning and a lower limit above the upper one: of such two, one stands beside. */
function writeConsistently(
  section: ProfileSection,
  shape: FhirShape | undefined,
  entry: Entry,
  context: WriteContext,
): JsonObject {
  const beside = new Set(contradictionsIn(section, entry.fields).map(({ fields: [first] }) => first));
  const fields = Object.fromEntries(
    Object.entries(entry.fields).map(([name, value]) => [name, beside.has(name) ? null : value]),
  );
  const resource = writeEntry(section, shape, { fields }, uuidOf(entry.id), context);
  const kept = [...beside].flatMap((name): JsonObject[] => {
    const value = entry.fields[name] ?? null;
    const url = extensionUrl(section.id, name);
    if (typeof value === 'number') return [{ url, valueDecimal: value }];
    return typeof value === 'string' ? [{ url, valueDateTime: value }] : [];
  });
  if (kept.length === 0) return resource;
  const urls = new Set(kept.map(({ url }) => url));
  const others = listOf(resource['extension']).filter((one) => !(isObject(one) && urls.has(one['url'])));
  return { ...resource, extension: [...others, ...kept] };
}

function compositionSection(part: Part, record: ExportedRecord, language: Language, say: Say): JsonObject {
  const { summary, system, entries, references, declared } = part;
  const isEmpty = references.length === 0;
  const bySection = [...new Set(entries.map(({ section }) => section))];
  const inner = isEmpty
    ? paragraph(emptyWords(declared, say))
    : bySection
        .map((section) =>
          entriesInWords(
            section,
            entries.filter((one) => one.section === section).map(({ entry }) => entry),
            language,
            say,
          ),
        )
        .join('') || documentsInWords(record);
  return {
    ...(declared !== undefined && { extension: [{ url: DECLARED, valueDateTime: declared }] }),
    title: say(summary.title),
    code: { coding: [{ system, code: summary.code }] },
    text: narrative(language, inner),
    ...(isEmpty
      ? {
          emptyReason: {
            coding: [{ system: EMPTY_REASON, code: declared === undefined ? 'unavailable' : 'nilknown' }],
          },
        }
      : { entry: references.map((reference) => ({ reference })) }),
  };
}

function emptyWords(declared: string | undefined, say: Say): string {
  return declared === undefined
    ? say({
        fr: 'Rien n’est noté ici ; cela ne dit pas qu’il n’y a rien.',
        en: 'Nothing is noted here; that does not say there is nothing.',
      })
    : say({ fr: `Non concerné, déclaré le ${declared}.`, en: `Not concerned, declared on ${declared}.` });
}

function documentsInWords({ documents }: ExportedRecord): string {
  return documents.map(({ name, date }) => paragraph(`${name} (${date})`)).join('');
}

function titleOf({ owner }: ExportedRecord, say: Say): string {
  const name = `${owner.firstName} ${owner.lastName}`;
  return say({
    fr: `Synthèse médicale de ${name}, établie par le patient`,
    en: `Patient summary of ${name}, written by the patient`,
  });
}

function patientResource({ owner, entries }: ExportedRecord, id: string, say: Say): JsonObject {
  const contacts = (entries['relatives'] ?? []).filter(({ fields }) =>
    ['trusted', 'emergency'].includes(String(fields['kind'])),
  );
  const doctors = (entries['professionals'] ?? []).filter(({ fields }) => fields['role'] === 'treating');
  return {
    resourceType: 'Patient',
    id,
    name: [
      { text: `${owner.firstName} ${owner.lastName}`, family: owner.lastName, given: [owner.firstName] },
    ],
    ...(owner.sex && { gender: owner.sex }),
    birthDate: owner.birthDate,
    ...(contacts.length > 0 && { contact: contacts.map((entry) => contact(entry, say)) }),
    ...(doctors.length > 0 && {
      generalPractitioner: doctors.map((doctor) => ({ reference: urnOf(doctor.id) })),
    }),
  };
}

function contact({ fields }: Entry, say: Say): JsonObject {
  const telecom = (['phone', 'email'] as const).flatMap((system) =>
    typeof fields[system] === 'string' ? [{ system, value: fields[system] }] : [],
  );
  const role =
    fields['kind'] === 'trusted'
      ? say({ fr: 'Personne de confiance', en: 'Trusted person' })
      : say({ fr: 'Contact d’urgence', en: 'Emergency contact' });
  return {
    relationship: [{ coding: [{ system: SYSTEMS.contact, code: 'C' }], text: role }],
    name: { family: textOf(fields['lastName']), given: [textOf(fields['firstName'])] },
    ...(telecom.length > 0 && { telecom }),
  };
}

const textOf = (value: FieldValue | undefined): string => (typeof value === 'string' ? value : '');

function careTeam(
  sections: readonly ProfileSection[],
  { entries }: ExportedRecord,
  id: string,
  { patient, say }: WriteContext,
): Named | undefined {
  const section = sections.find((one) => one.id === 'professionals');
  const members = section ? (entries[section.id] ?? []) : [];
  if (!section || members.length === 0) return undefined;
  return {
    fullUrl: `urn:uuid:${id}`,
    resource: {
      resourceType: 'CareTeam',
      id,
      status: 'active',
      subject: { reference: patient },
      participant: members.map((entry) => ({
        member: { reference: urnOf(entry.id), display: nameOf(section, entry, say) },
      })),
    },
  };
}

/** What the person says of a file; the file itself stays in the record. */
function documentReference(document: ExportedRecord['documents'][number], patient: string): JsonObject {
  return {
    resourceType: 'DocumentReference',
    id: uuidOf(document.id),
    status: 'current',
    subject: { reference: patient },
    category: [{ coding: [{ system: SYSTEMS.carnet, code: document.category }] }],
    description: document.name,
    content: [
      {
        attachment: {
          contentType: document.mime,
          title: document.name,
          size: document.size,
          creation: document.date,
        },
      },
    ],
  };
}
