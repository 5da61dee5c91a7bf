/**
 * Links and joins that a revoked device made, and that therefore do not count (docs/protocol.md, rule 4): a person looks at
 * each and confirms it, which is saying it again by a device that is active, or sets it aside.
 *
 * A device that is confirmed was given the keys when it was linked, and has missed those that came since. So there is a
 * rotation that it can read, under the first epoch, which every device of the account was given: it has a box for it, and
 * carries what was said under the epochs between. Beside it stands a grant of the keys of those.
 */
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { addDeviceBody, decodeChainBody } from '#lib/keys/chain-body.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import { saidBy } from '#lib/keys/roster.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { Account } from './account.ts';
import { deviceNames } from './device-list.ts';
import type { UnsettledAddition, VaultError } from '#lib/vault/door/door.ts';
import { storageProblem } from '#lib/vault/errors.ts';
import type { OpenRecord } from '#lib/vault/record/open-record.ts';
import { deviceEdit } from '#lib/vault/spaces/founding.ts';
import { grantEpochs } from '#lib/vault/spaces/granting.ts';
import type { RosterSpace } from '#lib/vault/spaces/roster-space.ts';
import { decisionsIn, unconfirmed } from './undecided.ts';

export async function unsettledAdditions(
  account: Account,
  record: OpenRecord,
): Promise<Result<readonly UnsettledAddition[], VaultError>> {
  const names = await deviceNames(account.spaces.account.replica);
  if (!names.ok) return fail(storageProblem(names.error));
  const decided = decisionsIn(record.space);
  return ok(
    unconfirmed(account.spaces, record).map(({ control, space }) => {
      const saying = hex(control.id);
      const about = { saying, device: names.value.get(hex(control.inner.author)) ?? '' };
      const decision = decided.on(saying) === 'aside' ? ('aside' as const) : null;
      const said = { ...about, at: control.inner.clock.time, decision };
      if (space === null) {
        const body = decodeChainBody(control.inner.body);
        const added = body?.type === 'addDevice' ? body.id : '';
        return { ...said, what: 'device' as const, name: names.value.get(added) ?? '' };
      }
      const body = saidBy(control.inner)?.body;
      return { ...said, what: 'owner' as const, name: body?.type === 'join' ? body.address : '' };
    }),
  );
}

export async function confirmAddition(
  account: Account,
  record: OpenRecord,
  saying: string,
): Promise<Result<void, VaultError>> {
  const found = unconfirmed(account.spaces, record).find(({ control }) => hex(control.id) === saying);
  if (!found) return fail({ type: 'entry-missing' });
  const done = found.space
    ? await confirmJoin(found.space, saying)
    : await confirmLink(account, found.control);
  if (!done.ok) return done;
  account.wake();
  await account.warnings.reviewUnsettled(record);
  return ok();
}

/** A word that says nothing builds on the join, and so stands up for it. */
async function confirmJoin({ replica }: RosterSpace, saying: string): Promise<Result<void, VaultError>> {
  const done = await replica.control(encodeRosterBody({ type: 'note' }), undefined, [saying]);
  return done.ok ? ok() : fail(problemOf(done.error));
}

/** The addition again, by this device; then the name, which may have been late with it; then the keys that came since. */
async function confirmLink(account: Account, { inner }: VerifiedControl): Promise<Result<void, VaultError>> {
  const { spaces } = account;
  const body = decodeChainBody(inner.body);
  if (body?.type !== 'addDevice') return fail({ type: 'entry-missing' });
  const names = await deviceNames(spaces.account.replica);
  if (!names.ok) return fail(storageProblem(names.error));
  const added = await spaces.chain.replica.control(addDeviceBody(body.device, body.acceptance));
  if (!added.ok) return fail(problemOf(added.error));
  await spaces.settled();
  const name = names.value.get(body.id);
  const named = name ? await spaces.account.replica.edit([deviceEdit(fromHex(body.id), name)]) : ok();
  if (!named.ok) return fail(problemOf(named.error));
  const granted = await grantEpochs({
    random: account.env.random,
    spaces,
    identity: () => account.identity(),
  });
  return granted.ok ? ok() : fail(problemOf(granted.error));
}

function problemOf(error: EditError): VaultError {
  if (error.type === 'incomplete') return { type: 'record-damaged' };
  return error.type === 'not-allowed' ? { type: 'device-revoked' } : storageProblem({ type: 'aborted' });
}
