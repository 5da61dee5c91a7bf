/**
 * Words of revoked devices, as a page is shown them and as the person settles them (docs/protocol.md, rules 9 and 10): those
 * that are late and do not count, and those that count because another device had taken them in. Of each: which device, when,
 * and what it said of which entry.
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Edit } from '#lib/record/entry.ts';
import { type Decision, settledWords } from '#lib/record/sections/settled-words.ts';
import type { WordOf } from '#lib/replica/words.ts';
import type { Account } from './account.ts';
import { deviceNames } from './device-list.ts';
import type { SettledBy, UnsettledWord, VaultError } from '#lib/vault/door/door.ts';
import { storageProblem } from '#lib/vault/errors.ts';
import { guardiansOf } from '#lib/vault/spaces/guardians.ts';
import type { OpenRecord } from '#lib/vault/record/open-record.ts';
import { decisionId, decisionsIn, entriesOf } from './undecided.ts';

export async function unsettledWords(
  account: Account,
  { space }: OpenRecord,
): Promise<Result<readonly UnsettledWord[], VaultError>> {
  const found = await space.replica.unsettled();
  if (!found.ok) return fail(storageProblem(found.error));
  const names = await deviceNames(account.spaces.account.replica);
  if (!names.ok) return fail(storageProblem(names.error));
  const held = space.replica.record();
  const decided = decisionsIn(space);
  const { address } = account.identity();
  const others = guardiansOf(space, address).filter(({ own }) => !own);
  /** Of the other guardian's devices this account knows whose they are, and no names. */
  const nameOf = (device: string): string => {
    const guardian = others.find(({ devices }) => devices.includes(device));
    return names.value.get(device) ?? (guardian ? `${guardian.firstName} ${guardian.lastName}` : '');
  };
  const view = (word: WordOf, state: UnsettledWord['state']): UnsettledWord[] => {
    const entries = entriesOf(word, held);
    if (entries.length === 0) return [];
    const { saying, at } = word;
    const device = nameOf(word.device);
    const author = space.roster().addressOf(word.device);
    const chain = author === undefined ? undefined : space.chain(author);
    const revokedAt = chain?.devices.get(word.device)?.revoked?.at ?? null;
    const decision = state === 'late' ? decided.on(saying) : decided.onKept(saying);
    return [{ saying, at, state, decision, device, revokedAt, entries }];
  };
  return ok([
    ...found.value.late.flatMap((word) => view(word, 'late')),
    ...found.value.kept.flatMap((word) => view(word, 'kept')),
  ]);
}

/** Takes in, sets aside, keeps, asks again. Whatever was decided before gives way. */
export async function settleWords(
  account: Account,
  record: OpenRecord,
  { take, aside, keep, reopen }: SettledBy,
): Promise<Result<void, VaultError>> {
  const taken = take.length > 0 ? await takeIn(record, take) : ok([]);
  if (!taken.ok) return taken;
  const edits = [
    ...aside.map((saying) => decide(saying, 'aside')),
    ...[...keep, ...taken.value].map((saying) => decide(saying, 'kept')),
    ...reopen.map((saying) => decide(saying, 'open')),
  ];
  if (edits.length > 0) {
    const done = await record.edit(edits);
    if (!done.ok) return done;
  }
  account.wake();
  await account.warnings.reviewUnsettled(record);
  return ok();
}

/** Those that count now: the words asked for, and what their authors had said before them. */
async function takeIn(
  { space: { replica } }: OpenRecord,
  sayings: readonly string[],
): Promise<Result<readonly string[], VaultError>> {
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
  const id = decisionId(saying);
  return { type: 'put', section: settledWords.id, id, fields: { saying: id, decision } };
}
