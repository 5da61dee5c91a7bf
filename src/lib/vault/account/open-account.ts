/** Everything an account is made of, read from the disk, and the record that is looked at opened first. */
import { ok } from '#lib/bytes/result.ts';
import { chainSpaceId } from '#lib/keys/chain.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { RecordId, VaultEvent } from '#lib/vault/door/door.ts';
import { KeptIdentity, type Identity } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { openSpaces } from '#lib/vault/spaces/spaces.ts';
import { showKept } from '#lib/vault/record/open-record.ts';
import { Account } from './account.ts';
import { openDirectory, ownListed } from './directory.ts';
import { openNotices } from './notices.ts';

export interface AccountInput {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly identity: Identity;
  /** The record that the page shows, which is opened at once. */
  readonly first: RecordId;
  readonly emit: (event: VaultEvent) => void;
}

export async function openAccount(input: AccountInput): Promise<Account> {
  const { env, storage, seal, emit, first } = input;
  const identity = new KeptIdentity(storage, seal, input.identity);
  const { address, account: accountSpace, record, owner } = input.identity;
  // The first screen waits for nothing but this, and nothing else is begun before.
  const view = await showKept({ storage, seal, emit }, first);
  let account: Account | null = null;
  const [notices, directory, spaces] = await Promise.all([
    openNotices(storage, seal),
    openDirectory({
      ...{ storage, seal, secret: input.identity.device.signingSeed, own: ownListed(record, owner) },
      reserved: [accountSpace.space, chainSpaceId(address)],
      onChange: () => account && emit({ type: 'records', records: account.records() }),
    }),
    openSpaces({
      ...{ env, storage, seal, identity: input.identity },
      saveAccountEpochs: (epochs) =>
        identity.save({ ...identity.value, account: { ...identity.value.account, epochs } }),
      // With the code redeemed, the bodies of the first frames have served.
      onFounded: () => (identity.value.redemption ? Promise.resolve(ok()) : identity.forgetFounding()),
      onKeys: () => account?.wake(),
    }),
  ]);
  account = new Account({
    ...{ env, storage, seal, identity, spaces, notices, directory, emit },
    first: { id: first, view },
  });
  // Whoever asks for it is told why it does not open.
  account.record(first).catch(() => {});
  return account;
}
