/**
 * Words of revoked devices, for a person to settle (docs/protocol.md, rules 9 and 10): those that are late and do not count, and
 * those that count because another device had taken them in. Of each: which device, when, and what it did to which entry.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { fromHex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Edit, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import { healthSections, sectionDefinition } from '#lib/record/sections.ts';
import { type Decision, settledWords } from '#lib/record/sections/settled-words.ts';
import type { WordOf } from '#lib/replica/words.ts';
import type { Account } from './account.ts';
import type { EntryWord, SettledBy, UnsettledWord, VaultError } from './door.ts';
import { storageProblem } from './errors.ts';

const ENTRY_ID = 22;
const told = new Set<SectionId>([...healthSections.map(({ id }) => id), 'documents']);

export async function unsettledWords(
  account: Account,
): Promise<Result<readonly UnsettledWord[], VaultError>> {
  const { record } = account.spaces;
  const found = await record.replica.unsettled();
  if (!found.ok) return fail(storageProblem(found.error));
  const held = record.replica.record();
  const devices = new Map(account.devices().map((device) => [device.id, device]));
  const view = (word: WordOf, state: UnsettledWord['state']): UnsettledWord[] => {
    const entries = entriesOf(word, held);
    if (entries.length === 0) return [];
    const { saying, at } = word;
    const device = devices.get(word.device);
    const decision = decisionOn(saying, held);
    return [
      {
        saying,
        at,
        state,
        decision,
        device: device?.name ?? '',
        revokedAt: device?.revokedAt ?? null,
        entries,
      },
    ];
  };
  return ok([
    ...found.value.late.flatMap((word) => view(word, 'late')),
    ...found.value.kept.flatMap((word) => view(word, 'kept')),
  ]);
}

/** Takes in, sets aside, keeps. Whatever was decided before gives way. */
export async function settleWords(
  account: Account,
  { take, aside, keep }: SettledBy,
): Promise<Result<void, VaultError>> {
  const taken = take.length > 0 ? await takeIn(account, take) : ok([]);
  if (!taken.ok) return taken;
  const edits = [
    ...aside.map((saying) => decide(saying, 'aside')),
    ...[...keep, ...taken.value].map((saying) => decide(saying, 'kept')),
  ];
  if (edits.length > 0) {
    const done = await account.edit(edits);
    if (!done.ok) return done;
  }
  account.wake();
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

function decisionOn(saying: string, record: HealthRecord): Decision | null {
  const entry = record.entries.get(settledWords.id)?.get(decisionId(saying));
  return (entry?.fields['decision'] as Decision | undefined) ?? null;
}

/** What a word did, entry by entry; of what is no entry of the person's nothing is told. */
function entriesOf({ values }: WordOf, record: HealthRecord): EntryWord[] {
  const byEntry = new Map<string, { section: SectionId; id: EntryId; values: Map<string, unknown> }>();
  for (const { section, key, value } of values) {
    if (!told.has(section)) continue;
    const [id, name] = [key.slice(0, ENTRY_ID), key.slice(ENTRY_ID + 1)];
    const entry = byEntry.get(`${section} ${id}`) ?? { section, id, values: new Map<string, unknown>() };
    byEntry.set(`${section} ${id}`, entry);
    entry.values.set(name, value);
  }
  return [...byEntry.values()].map(({ section, id, values: said }) => ({
    section,
    id,
    name:
      nameIn(section, said) ||
      nameIn(section, new Map(Object.entries(record.entries.get(section)?.get(id)?.fields ?? {}))),
    kind: kindOf(said),
  }));
}

function kindOf(said: ReadonlyMap<string, unknown>): EntryWord['kind'] {
  if (said.has('@deleted')) return said.get('@deleted') === null ? 'restored' : 'deleted';
  return said.has('@created') ? 'created' : 'changed';
}

/** The first texts that an entry is called by. */
function nameIn(section: SectionId, fields: ReadonlyMap<string, unknown>): string {
  const definition = sectionDefinition(section);
  const named = healthSections.find(({ id }) => id === section)?.name ?? ['name'];
  const names = definition ? named : [];
  return names
    .flatMap((name) => (typeof fields.get(name) === 'string' ? [String(fields.get(name))] : []))
    .join(' ');
}
