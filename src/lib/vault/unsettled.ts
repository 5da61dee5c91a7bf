/**
 * Words of revoked devices, for a person to settle (membership.md, rules 9 and 10): those that are late and do not count, and
 * those that count because another device had taken them in. Of each: which device, when, and what it said of which entry.
 *
 * Guarantees: what such a device said is as hostile as any byte: a value that its field does not take is left out, and of a
 * document nothing leaves the vault by which its file is found and opened.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { fromHex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Edit, EntryId, FieldValue, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { type Fields, hasMany, readFields, type SectionDefinition } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { documents } from '#lib/record/sections/documents.ts';
import { type Decision, settledWords } from '#lib/record/sections/settled-words.ts';
import type { WordOf } from '#lib/replica/words.ts';
import type { Account } from './account.ts';
import { deviceNames } from './device-list.ts';
import type { EntryWord, SettledBy, UnsettledWord, VaultError } from './door.ts';
import { storageProblem } from './errors.ts';

const ENTRY_ID = 22;

/** What the person says of a document; the rest is the manifest of its file. */
const documentWords = {
  ...documents,
  fields: documents.fields.filter(({ name }) => ['name', 'category', 'date'].includes(name)),
  name: ['name'],
};

const TOLD: ReadonlyMap<SectionId, SectionDefinition & { readonly name: readonly string[] }> = new Map(
  [...healthSections, documentWords].map((section) => [section.id, section]),
);

export async function unsettledWords(
  account: Account,
): Promise<Result<readonly UnsettledWord[], VaultError>> {
  const { record } = account.spaces;
  const found = await record.replica.unsettled();
  if (!found.ok) return fail(storageProblem(found.error));
  const names = await deviceNames(account.spaces.account.replica);
  if (!names.ok) return fail(storageProblem(names.error));
  const held = record.replica.record();
  const { devices } = account.spaces.chainState();
  const view = (word: WordOf, state: UnsettledWord['state']): UnsettledWord[] => {
    const entries = entriesOf(word, held);
    if (entries.length === 0) return [];
    const { saying, at } = word;
    const device = names.value.get(word.device) ?? '';
    const revokedAt = devices.get(word.device)?.revoked?.at ?? null;
    return [{ saying, at, state, decision: decisionOn(saying, held), device, revokedAt, entries }];
  };
  return ok([
    ...found.value.late.flatMap((word) => view(word, 'late')),
    ...found.value.kept.flatMap((word) => view(word, 'kept')),
  ]);
}

/** The devices whose words wait for the person to decide, each with when it said the first of them. */
export async function undecidedDevices({
  record,
}: Account['spaces']): Promise<Result<ReadonlyMap<string, number>, VaultError>> {
  const found = await record.replica.unsettled();
  if (!found.ok) return fail(storageProblem(found.error));
  const held = record.replica.record();
  const devices = new Map<string, number>();
  for (const word of [...found.value.late, ...found.value.kept]) {
    if (decisionOn(word.saying, held) !== null || entriesOf(word, held).length === 0) continue;
    devices.set(word.device, Math.min(word.at, devices.get(word.device) ?? Infinity));
  }
  return ok(devices);
}

/** Takes in, sets aside, keeps, asks again. Whatever was decided before gives way. */
export async function settleWords(
  account: Account,
  { take, aside, keep, reopen }: SettledBy,
): Promise<Result<void, VaultError>> {
  const taken = take.length > 0 ? await takeIn(account, take) : ok([]);
  if (!taken.ok) return taken;
  const edits = [
    ...aside.map((saying) => decide(saying, 'aside')),
    ...[...keep, ...taken.value].map((saying) => decide(saying, 'kept')),
    ...reopen.map((saying) => decide(saying, 'open')),
  ];
  if (edits.length > 0) {
    const done = await account.edit(edits);
    if (!done.ok) return done;
  }
  account.wake();
  await account.reviewUnsettled();
  return ok();
}

/** Those that count now: the words asked for, and what their authors had said before them. */
async function takeIn(
  { spaces }: Account,
  sayings: readonly string[],
): Promise<Result<readonly string[], VaultError>> {
  const { replica } = spaces.record;
  const before = await replica.unsettled();
  if (!before.ok) return fail(storageProblem(before.error));
  const taken = await replica.takeInWords(sayings);
  if (!taken.ok)
    return fail(
      taken.error.type === 'not-allowed' ? { type: 'device-revoked' } : storageProblem({ type: 'aborted' }),
    );
  const after = await replica.unsettled();
  if (!after.ok) return fail(storageProblem(after.error));
  const late = new Set(after.value.late.map(({ saying }) => saying));
  return ok(before.value.late.flatMap(({ saying }) => (late.has(saying) ? [] : [saying])));
}

function decide(saying: string, decision: Decision): Edit {
  const fields = { saying: toBase64url(fromHex(saying)), decision };
  return { type: 'put', section: settledWords.id, id: decisionId(saying), fields };
}

function decisionId(saying: string): EntryId {
  return toBase64url(fromHex(saying).slice(0, 16));
}

/** Null while the person is still to decide. */
export function decisionOn(saying: string, record: HealthRecord): 'aside' | 'kept' | null {
  const decision = record.entries.get(settledWords.id)?.get(decisionId(saying))?.fields['decision'];
  return decision === 'aside' || decision === 'kept' ? decision : null;
}

/** What a word said, entry by entry; of what is no entry of the person's nothing is told. */
function entriesOf({ values }: WordOf, record: HealthRecord): EntryWord[] {
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
