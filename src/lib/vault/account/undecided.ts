/**
 * What waits for the person to decide of what revoked devices did: their words that are late or were kept (docs/protocol.md,
 * rules 9 and 10), the links and joins that they made (rule 4).
 *
 * Guarantees: what such a device said is as hostile as any byte: a value that its field does not take is left out, and of a
 * document nothing leaves the vault by which its file is found and opened.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { EntryId, FieldValue, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { type Fields, hasMany, readFields, type SectionDefinition } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { identity } from '#lib/record/sections/account.ts';
import { documents } from '#lib/record/sections/documents.ts';
import { settledWords } from '#lib/record/sections/settled-words.ts';
import { statements } from '#lib/record/sections/statements.ts';
import type { DiskError } from '#lib/replica/ports.ts';
import type { WordOf } from '#lib/replica/words.ts';
import { OWN_RECORD, type EntryWord } from '#lib/vault/door/door.ts';
import type { OpenRecord } from '#lib/vault/record/open-record.ts';
import type { RosterSpace } from '#lib/vault/spaces/roster-space.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';

const ENTRY_ID = 22;

/** What the person says of a document; the rest is the manifest of its file. */
const documentWords = {
  ...documents,
  fields: documents.fields.filter(({ name }) => ['name', 'category', 'date'].includes(name)),
  name: ['name'],
};

/** All that pages show of a record. */
const TOLD: ReadonlyMap<SectionId, SectionDefinition & { readonly name: readonly string[] }> = new Map(
  [
    ...healthSections,
    documentWords,
    { ...statements, name: ['section'] },
    { ...identity, name: ['firstName', 'lastName'] },
  ].map((section) => [section.id, section]),
);

type OfRecord = Pick<OpenRecord, 'id' | 'space'>;

/** The devices of which something waits, each with when it did the first of it. */
export async function undecidedDevices(
  spaces: Spaces,
  record: OfRecord,
): Promise<Result<ReadonlyMap<string, number>, DiskError>> {
  const { replica } = record.space;
  const found = await replica.unsettled();
  if (!found.ok) return found;
  const held = replica.record();
  const decided = decisionsIn(record.space);
  const isTold = (word: WordOf) => entriesOf(word, held).length > 0;
  const late = found.value.late.filter((word) => isTold(word) && decided.on(word.saying) === null);
  const kept = found.value.kept.filter((word) => isTold(word) && decided.onKept(word.saying) === null);
  const additions = unconfirmed(spaces, record).flatMap(({ control: { id, inner } }) =>
    decided.on(hex(id)) === null ? [{ device: hex(inner.author), at: inner.clock.time }] : [],
  );
  const devices = new Map<string, number>();
  for (const { device, at } of [...late, ...kept, ...additions])
    devices.set(device, Math.min(at, devices.get(device) ?? Infinity));
  return ok(devices);
}

/** `space` is null for a link, which stands in the chain. */
export interface Unconfirmed {
  readonly control: VerifiedControl;
  readonly space: RosterSpace | null;
}

/**
 * Joins of a record that a device of this account made, which nobody else can stand up for (rule 2); links are of the account, and
 * decided on in one's own record.
 */
export function unconfirmed(spaces: Spaces, { id, space: record }: OfRecord): Unconfirmed[] {
  const { chain } = spaces;
  const links = new Set(id === OWN_RECORD ? spaces.chainState().unconfirmed : []);
  const own = spaces.chainState().devices;
  const joins = new Set(record.roster().unconfirmed);
  const among = (
    controls: readonly VerifiedControl[],
    wanted: ReadonlySet<string>,
    space: RosterSpace | null,
  ) => controls.flatMap((control) => (wanted.has(hex(control.id)) ? [{ control, space }] : []));
  return [
    ...among(chain.replica.controls(), links, null),
    ...among(record.replica.controls(), joins, record).filter(({ control }) =>
      own.has(hex(control.inner.author)),
    ),
  ];
}

export function decisionId(saying: string): EntryId {
  return toBase64url(fromHex(saying).slice(0, 16));
}

export interface Decisions {
  /** Null while the person is still to decide. */
  on(saying: string): 'aside' | 'kept' | null;
  /** What was set aside and counts after all, because a device had taken it in that was confirmed since, is asked about again. */
  onKept(saying: string): 'kept' | null;
}

/** What was decided on devices that stand: a thief settles nothing, neither its own words nor, later, what others had decided. */
export function decisionsIn(record: RosterSpace): Decisions {
  const { replica } = record;
  const members = replica.members();
  const believed = new Set<number>();
  for (const [device, client] of record.roster().clientIds)
    if (members.stands(device) && !members.isRevoked(device)) believed.add(client);
  const on = (saying: string) => {
    const said = replica.standing(settledWords.id, decisionId(saying), 'decision');
    const decision = said.find(({ client }) => believed.has(client))?.value;
    return decision === 'aside' || decision === 'kept' ? decision : null;
  };
  return { on, onKept: (saying) => (on(saying) === 'kept' ? 'kept' : null) };
}

/** What a word said, entry by entry; of what is no entry of the person's nothing is told. */
export function entriesOf({ values }: WordOf, record: HealthRecord): EntryWord[] {
  const byEntry = new Map<string, { section: SectionId; id: EntryId; said: Map<string, unknown> }>();
  for (const { section, key, value } of values) {
    if (!TOLD.has(section)) continue;
    const [id, name] = [key.slice(0, ENTRY_ID), key.slice(ENTRY_ID + 1)];
    const entry = byEntry.get(`${section} ${id}`) ?? { section, id, said: new Map<string, unknown>() };
    byEntry.set(`${section} ${id}`, entry);
    entry.said.set(name, value);
  }
  return [...byEntry.values()].map(({ section, id, said }) => {
    const definition = TOLD.get(section)!;
    const fields = fieldsOf(definition, said);
    const known = readFields(definition, record.entries.get(section)?.get(id)?.fields ?? {});
    const named = Object.fromEntries(
      definition.name.map((name) => [name, fields[name] ?? known[name] ?? null]),
    );
    return { section, id, kind: kindOf(said), fields, named };
  });
}

/** The fields that were said, as far as their definitions take them. A set is what was added to it. */
function fieldsOf(definition: SectionDefinition, said: ReadonlyMap<string, unknown>): Fields {
  const raw: Record<string, FieldValue> = {};
  for (const field of definition.fields) {
    const { name } = field;
    if (hasMany(field)) {
      const members = [...said].filter(([key, isIn]) => key.startsWith(`${name}=`) && isIn === true);
      if (members.length > 0) raw[name] = members.map(([key]) => key.slice(name.length + 1));
    } else if (said.has(name)) raw[name] = said.get(name) as FieldValue;
  }
  const read = readFields(definition, raw);
  return Object.fromEntries(Object.entries(read).filter(([name]) => Object.hasOwn(raw, name)));
}

function kindOf(said: ReadonlyMap<string, unknown>): EntryWord['kind'] {
  if (said.has('@deleted')) return said.get('@deleted') === null ? 'restored' : 'deleted';
  return said.has('@created') ? 'created' : 'changed';
}
