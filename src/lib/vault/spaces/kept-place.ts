/**
 * The place of the kit (entry/kit-place.ts) as the sync engine follows it: one frame that the relay is to have. Every device
 * of the account looks whether it is there, and puts it again where the relay has lost it; but never where the kit was
 * replaced, which a device that was away may not have heard of.
 *
 * Lives in memory: which frame it is, the account space says.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { ok } from '#lib/bytes/result.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Cursor, Followed, Outgoing } from '#lib/sync/syncable.ts';
import { openPlaced, type KeptPlace } from '#lib/vault/entry/kit-place.ts';
import { credentialOf } from './follow.ts';

/** @param onPlaced the relay has it */
export function followPlace({ keys, frame }: KeptPlace, onPlaced: () => void): Followed {
  const id = frameId(frame);
  let cursor: Cursor = { after: 0, frame: null };
  let outgoing: readonly Outgoing[] = [{ topic: keys.topic, id, bytes: frame }];
  let isReplaced = false;
  const found = (ids: readonly Bytes[]): void => {
    if (!ids.some((one) => equal(one, id))) return;
    outgoing = [];
    onPlaced();
  };
  return {
    credential() {
      const erasesAtOnce = keys.deleter !== undefined;
      const credential = credentialOf(keys, { isChain: false, ttl: 0, erasesAtOnce });
      const creation = { writeKey: keys.writer!.publicKey, deleteKey: null, ttl: 0, openToReaders: false };
      return credential && { creation, ...credential };
    },
    space: {
      topics: () => [keys.topic],
      cursor: () => cursor,
      receive(batch, { upTo } = {}) {
        found(batch.map(({ bytes }) => frameId(bytes)));
        isReplaced ||= batch.some(({ bytes }) => openPlaced(keys, bytes)?.type === 'replaced');
        if (isReplaced) outgoing = [];
        if (upTo) cursor = { after: upTo.after, frame: upTo.frame };
        return Promise.resolve(ok());
      },
      outbox: (limit) => Promise.resolve(outgoing.slice(0, limit)),
      unsent: () => outgoing.length,
      acknowledge(ids) {
        found(ids);
        return Promise.resolve(ok());
      },
      missing: () => [],
      wantsHistory: () => false,
      reconcile(_topic, ids) {
        const isHere = ids.some((one) => equal(one, id));
        outgoing = isHere || isReplaced ? [] : [{ topic: keys.topic, id, bytes: frame }];
        return Promise.resolve(ok({ wanted: [] }));
      },
      deletable: () => Promise.resolve([]),
      proposed: () => Promise.resolve(ok()),
    },
  };
}
