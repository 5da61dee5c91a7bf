/** The devices of the account: as the chain certifies them, under the names the person gave them. */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { ChainState } from '#lib/keys/chain.ts';
import type { Entry } from '#lib/record/entry.ts';
import type { DeviceView } from './door.ts';

/** This device first, then the newest; revoked ones last. */
export function deviceViews(chain: ChainState, names: readonly Entry[], self: Bytes): DeviceView[] {
  const nameOf = new Map(names.map(({ fields }) => [fields['device'], fields['name'] as string]));
  return [...chain.devices]
    .filter(([, { revoked }]) => revoked?.by !== null) // never was one: no addition of it counts
    .map(([id, { addedAt, revoked }]) => ({
      id,
      name: nameOf.get(toBase64url(fromHex(id))) ?? '',
      addedAt,
      thisDevice: id === hex(self),
      revokedAt: revoked?.at ?? null,
    }))
    .sort((a, b) => rank(a) - rank(b) || b.addedAt - a.addedAt);
}

function rank({ thisDevice, revokedAt }: DeviceView): number {
  if (revokedAt !== null) return 2;
  return thisDevice ? 0 : 1;
}
