/**
 * The first frames of an account's spaces, on the device that founded it.
 *
 * Guarantees: each is written once, whatever broke off before.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Address } from '#lib/keys/address.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import type { Edit } from '#lib/record/entry.ts';
import { devices, identity as ownIdentity, SINGLE_ENTRY, spaces } from '#lib/record/sections/account.ts';
import type { EditError, Replica } from '#lib/replica/replica.ts';
import type { Founding, Identity, Owner } from '#lib/vault/entry/identity.ts';
import { epochEdit } from './keyring.ts';
import type { OpenSpace, RosterSpace } from './roster-space.ts';
import { cleanLine } from '#lib/text/typed.ts';

/** The account's own: its chain, its account space and its owner's record, of which the keys are learned on the way. */
export async function foundAccount(
  {
    chain,
    account,
    device,
  }: {
    readonly chain: OpenSpace;
    readonly account: RosterSpace;
    readonly device: DeviceKeys;
  },
  record: RosterSpace,
  identity: Identity & { readonly founding: Founding },
  on: { readonly learnRecord: () => Promise<unknown>; readonly readChain: () => void },
): Promise<Result<void, EditError>> {
  const { address, deviceName, owner, founding } = identity;
  const first = [
    spaceEdit(account.id, 'account', address),
    spaceEdit(record.id, 'record', address),
    deviceEdit(device.id, deviceName),
    epochEdit(record.id, founding.recordEpoch),
    ...founding.kept,
  ];
  const learnt = async () => {
    await on.learnRecord();
    return ok();
  };
  for (const step of [
    () => controlOnce(chain.replica, founding.chain),
    () => controlOnce(account.replica, founding.account),
    () => editOnce(account.replica, spaces.id, first),
    learnt,
    () => controlOnce(record.replica, founding.record),
    () => editOnce(record.replica, ownIdentity.id, [ownerEdit(owner)]),
  ]) {
    const done = await step();
    on.readChain();
    if (!done.ok) return done;
  }
  return ok();
}

async function controlOnce(replica: Replica, body: Bytes): Promise<Result<unknown, EditError>> {
  return replica.controls().length > 0 ? ok() : replica.control(body);
}

async function editOnce(
  replica: Replica,
  section: string,
  edits: readonly Edit[],
): Promise<Result<unknown, EditError>> {
  return replica.record().entries.get(section)?.size ? ok() : replica.edit(edits);
}

/** Whose record it is. */
export const ownerEdit = (owner: Owner): Edit => ({
  type: 'put',
  section: ownIdentity.id,
  id: SINGLE_ENTRY,
  fields: { ...owner },
});

/** A space among those of the account. */
export function spaceEdit(space: SpaceId, kind: string, owner: Address): Edit {
  return {
    type: 'put',
    section: spaces.id,
    id: toBase64url(space.slice(0, 16)),
    fields: { space: toBase64url(space), kind, owner },
  };
}

/** When a device was made to forget the account, as it says itself. */
export function departureEdit(device: Bytes, at: number | null): Edit {
  return {
    type: 'put',
    section: devices.id,
    id: toBase64url(device.slice(0, 16)),
    fields: { device: toBase64url(device), leftAt: at },
  };
}

/** What a device is called; the entry's id follows from the device, so that it has one name. */
export function deviceEdit(device: Bytes, name: string): Edit {
  return {
    type: 'put',
    section: devices.id,
    id: toBase64url(device.slice(0, 16)),
    fields: { device: toBase64url(device), name: cleanLine(name) },
  };
}
