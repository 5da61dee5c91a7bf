/**
 * The Yjs client id of a device in a space: nobody chooses it, and the gate of the replica accepts structs of a client
 * id from the device it belongs to alone (attack C06).
 *
 *   client id   the first 53 bits of SHA-256("carnet/client-id/v1" | space[32] | device[32]), 1 instead of 0
 */
import { fromHex, type Bytes } from '#lib/bytes/bytes.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import type { Hex, SpaceId } from './ids.ts';

export function clientIdOf(space: SpaceId, device: Bytes): number {
  const hash = new DataView(labelledHash(LABELS.clientId, space, device).buffer);
  return hash.getUint32(0) * 2 ** 21 + (hash.getUint32(4) >>> 11) || 1;
}

/** In the order given. A device whose id is taken already gets none. */
export function clientIdsOf(
  space: SpaceId,
  devices: Iterable<Hex>,
  idOf: typeof clientIdOf = clientIdOf,
): Map<Hex, number> {
  const taken = new Set<number>();
  const clientIds = new Map<Hex, number>();
  for (const device of devices) {
    const id = idOf(space, fromHex(device));
    if (taken.has(id) || clientIds.has(device)) continue;
    taken.add(id);
    clientIds.set(device, id);
  }
  return clientIds;
}
