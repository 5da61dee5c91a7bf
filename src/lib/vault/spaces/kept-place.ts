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
import { placeWriter, type KeptPlace } from '#lib/vault/entry/kit-place.ts';

/** @param isNote whether a frame says that the kit was replaced */
export function followPlace(place: KeptPlace, isNote: (frame: Bytes) => Promise<boolean>): Followed {
  const { keys, frame } = place;
  const id = frameId(frame);
  let cursor: Cursor = { after: 0, frame: null };
  let outgoing: readonly Outgoing[] = [{ topic: keys.topic, id, bytes: frame }];
  let isReplaced = false;
  const found = (ids: readonly Bytes[]): void => {
    if (ids.some((one) => equal(one, id))) outgoing = [];
  };
  return {
    credential: () => placeWriter(place),
    space: {
      topics: () => [keys.topic],
      cursor: () => cursor,
      async receive(batch, { upTo } = {}) {
        found(batch.map(({ bytes }) => frameId(bytes)));
        for (const { bytes } of batch) isReplaced ||= await isNote(bytes);
        if (isReplaced) outgoing = [];
        if (upTo) cursor = { after: upTo.after, frame: upTo.frame };
        return ok();
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
        // What else is there may say that the kit was replaced: seen before anything is put back.
        return Promise.resolve(ok({ wanted: ids.filter((one) => !equal(one, id)) }));
      },
      deletable: () => Promise.resolve([]),
      proposed: () => Promise.resolve(ok()),
    },
  };
}
