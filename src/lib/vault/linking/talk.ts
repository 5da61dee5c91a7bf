/**
 * The talk of two devices while one is linked, as a space that the sync engine follows: frames under the keys of the link
 * code, in a topic that the relay forgets after a while. It lives in memory only.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { ok } from '#lib/bytes/result.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import { LINK_LIFETIME, openLinkMessage, sealLinkMessage } from '#lib/keys/link.ts';
import type { Cursor, Followed, Outgoing } from '#lib/sync/syncable.ts';
import { credentialOf } from '#lib/vault/spaces/follow.ts';

export interface Talk {
  readonly followed: Followed;
  readonly send: (messages: readonly Bytes[]) => void;
}

export interface TalkOptions {
  readonly keys: EpochKeys;
  readonly random: Random;
  /** The device that shows the code opens the topic; the other finds it, or the code is wrong. */
  readonly creates: boolean;
  /** One after the other, in the order of the relay; own messages come back too. */
  readonly onMessage: (message: Bytes) => void;
}

export function openTalk({ keys, random, creates, onMessage }: TalkOptions): Talk {
  const seen = new Set<string>();
  let cursor: Cursor = { after: 0, frame: null };
  let outgoing: readonly Outgoing[] = [];

  return {
    followed: {
      credential() {
        const credential = credentialOf(keys, { isChain: false, ttl: (2 * LINK_LIFETIME) / 1000 });
        if (!credential || creates) return credential;
        const { creation: _none, ...known } = credential;
        return known;
      },
      space: {
        topics: () => [keys.topic],
        cursor: () => cursor,
        receive(batch, { upTo } = {}) {
          for (const { bytes } of batch) {
            const id = hex(frameId(bytes));
            if (seen.has(id)) continue;
            seen.add(id);
            const message = openLinkMessage(keys, bytes);
            if (message) onMessage(message);
          }
          if (upTo) cursor = { after: upTo.after, frame: upTo.frame };
          return Promise.resolve(ok());
        },
        outbox: (limit) => Promise.resolve(outgoing.slice(0, limit)),
        unsent: () => outgoing.length,
        acknowledge(ids) {
          const sent = new Set(ids.map(hex));
          outgoing = outgoing.filter(({ id }) => !sent.has(hex(id)));
          return Promise.resolve(ok());
        },
        missing: () => [],
        wantsHistory: () => false,
        reconcile: () => Promise.resolve(ok({ wanted: [] })),
        deletable: () => Promise.resolve([]),
        proposed: () => Promise.resolve(ok()),
      },
    },
    send(messages) {
      const frames = messages.map((message) => sealLinkMessage(keys, message, random));
      outgoing = [...outgoing, ...frames.map((bytes) => ({ topic: keys.topic, id: frameId(bytes), bytes }))];
    },
  };
}
