/** The devices of the account: as the chain certifies them, under the names the person gave them. */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { ChainState } from '#lib/keys/chain.ts';
import type { Entry, FieldValue } from '#lib/record/entry.ts';
import { readFields } from '#lib/record/section.ts';
import { devices as naming } from '#lib/record/sections/account.ts';
import type { DiskError } from '#lib/replica/ports.ts';
import type { Replica } from '#lib/replica/replica.ts';
import type { WordOf } from '#lib/replica/words.ts';
import type { DeviceView } from '#lib/vault/door/door.ts';
import { livingEntries } from '#lib/record/living.ts';

const ENTRY_ID = 22;

/** When a device, by its id as hex, said something last; null when nothing of it is known. */
export type LastSaid = (device: string) => number | null;

/** This device first, then the newest; revoked ones last. */
export function deviceViews(
  chain: ChainState,
  names: readonly Entry[],
  self: Bytes,
  lastSaid: LastSaid = () => null,
): DeviceView[] {
  const saidOf = new Map(names.map(({ fields }) => [fields['device'], fields]));
  return (
    [...chain.devices]
      // No addition of it counts: to the others it never was one. It tells itself that it is none.
      .filter(([id, { revoked }]) => revoked?.by !== null || id === hex(self))
      .map(([id, { addedAt, revoked }]) => {
        const { name = '', leftAt = null } = saidOf.get(toBase64url(fromHex(id))) ?? {};
        return {
          id,
          name: name as string,
          addedAt,
          thisDevice: id === hex(self),
          revokedAt: revoked?.at ?? null,
          lastSignAt: lastSaid(id),
          leftAt: leftAt as number | null,
        };
      })
      .sort((a, b) => rank(a) - rank(b) || b.addedAt - a.addedAt)
  );
}

/** What every device was called, by its id: those too that were named in words which are late. */
export async function deviceNames(
  accountSpace: Replica,
): Promise<Result<ReadonlyMap<string, string>, DiskError>> {
  const found = await accountSpace.unsettled();
  if (!found.ok) return found;
  const living = livingEntries(accountSpace.record(), naming.id).map(({ fields }) => fields);
  const names = new Map<string, string>();
  for (const { device, name } of [...found.value.late.flatMap(namingsIn), ...living]) {
    const id = typeof device === 'string' ? fromBase64url(device) : null;
    if (id && typeof name === 'string') names.set(hex(id), name);
  }
  return ok(names);
}

function namingsIn({ values }: WordOf): Entry['fields'][] {
  const said = new Map<string, Record<string, FieldValue>>();
  for (const { section, key, value } of values) {
    if (section !== naming.id) continue;
    const none = Object.create(null) as Record<string, FieldValue>;
    const entry = said.get(key.slice(0, ENTRY_ID)) ?? none;
    entry[key.slice(ENTRY_ID + 1)] = value as FieldValue;
    said.set(key.slice(0, ENTRY_ID), entry);
  }
  return [...said.values()].map((fields) => readFields(naming, fields));
}

function rank({ thisDevice, revokedAt }: DeviceView): number {
  if (revokedAt !== null) return 2;
  return thisDevice ? 0 : 1;
}
