/**
 * Before this device forgets the account: what that would cost, and what is done first, for a few seconds at most, when the
 * relay can be reached. Without it the device forgets all the same.
 */
import { ok, type Result } from '#lib/bytes/result.ts';
import { livingEntries } from '#lib/record/living.ts';
import { documents } from '#lib/record/sections/documents.ts';
import { StorageFailure } from '#lib/storage/storage.ts';
import type { Forgetting, Forgotten, VaultError } from '#lib/vault/door/door.ts';
import { departureEdit } from '#lib/vault/spaces/founding.ts';
import type { Account } from './account.ts';

/** How long the relay is looked for, and how long it then has for all that is to be sent. */
const REACH_MS = 1_500;
const SEND_MS = 4_000;
const LOOK_AGAIN_MS = 50;

export async function forgetting(account: Account): Promise<Result<Forgetting, VaultError>> {
  const present = account.devices().filter((device) => device.revokedAt === null && device.leftAt === null);
  return ok({
    ...(await heldHere(account)),
    otherDevices: present.filter(({ thisDevice }) => !thisDevice).length,
  });
}

type Left = Omit<Forgotten, 'erased'>;

/** What cannot be read any more is counted by nobody, and keeps nobody from forgetting it. */
const UNCOUNTED: Left = { documents: 0, unsent: 0, noted: false };

/** Sends what is unsent and notes on the other devices that this one has left, as far as that can be done in time. */
export function leave(account: Account): Promise<Left> {
  return leaveInTime(account).catch((error: unknown) => {
    if (error instanceof StorageFailure) return UNCOUNTED;
    throw error;
  });
}

async function leaveInTime(account: Account): Promise<Left> {
  const { clock } = account.env;
  let noted = false;
  if (await account.online(REACH_MS)) {
    noted = await note(account, clock.now());
    const deadline = clock.now() + SEND_MS;
    while ((await heldHere(account)).unsent > 0 && clock.now() < deadline)
      await new Promise<void>((resolve) => void clock.setTimer(LOOK_AGAIN_MS, resolve));
  }
  return { ...(await heldHere(account)), noted: noted && account.spaces.account.replica.unsent() === 0 };
}

/** It has not left after all. */
export async function stay(account: Account): Promise<void> {
  const self = account.devices().find(({ thisDevice }) => thisDevice);
  if (self && self.leftAt !== null) await note(account, null);
}

async function note(account: Account, at: number | null): Promise<boolean> {
  const { account: space, device } = account.spaces;
  const noted = await space.replica.edit([departureEdit(device.id, at)]);
  account.wake();
  return noted.ok;
}

async function heldHere(account: Account): Promise<Pick<Forgetting, 'unsent' | 'documents'>> {
  const records = await account.allRecords();
  const { chain, account: own } = account.spaces;
  const inRecords = records.map(({ space, transfers }) => space.replica.unsent() + transfers.unsent());
  return {
    unsent: [chain.replica.unsent(), own.replica.unsent(), ...inRecords].reduce((sum, n) => sum + n, 0),
    documents: records.reduce((sum, { space }) => sum + countDocuments(space.replica), 0),
  };
}

function countDocuments(replica: { readonly record: () => Parameters<typeof livingEntries>[0] }): number {
  return livingEntries(replica.record(), documents.id).length;
}
