/**
 * A space as the sync engine follows it: the replica's own half, and the keys that prove the right to its topics.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { ReceiveReport, Syncable } from '#lib/replica/replica.ts';
import type { Credential, Followed } from '#lib/sync/syncable.ts';
import type { OpenSpace } from './spaces.ts';

export interface FollowOptions {
  /** Whoever knows the topic's address may read it: the account chain. */
  readonly openToReaders?: boolean;
  readonly onReceived: (report: ReceiveReport) => void;
  /** Every frame that the relay hands over, before anything is known of it. */
  readonly onShown?: (frame: Bytes) => void;
}

export function follow({ replica, epochs }: OpenSpace, options: FollowOptions): Followed {
  const space: Syncable = {
    topics: () => replica.topics(),
    cursor: (topic) => replica.cursor(topic),
    async receive(batch, receiveOptions) {
      if (options.onShown) for (const { bytes } of batch) options.onShown(bytes);
      const received = await replica.receive(batch, receiveOptions);
      if (received.ok) options.onReceived(received.value);
      return received;
    },
    outbox: (limit) => replica.outbox(limit),
    unsent: () => replica.unsent(),
    acknowledge: (ids) => replica.acknowledge(ids),
    missing: () => replica.missing(),
    wantsHistory: () => replica.wantsHistory(),
    reconcile: (topic, ids) => replica.reconcile(topic, ids),
    deletable: (limit) => replica.deletable(limit),
    proposed: (ids) => replica.proposed(ids),
  };
  return {
    space,
    credential(topic) {
      const keys = epochs().find((one) => equal(one.topic, topic));
      return keys ? credentialOf(keys, { openToReaders: options.openToReaders ?? false, ttl: 0 }) : null;
    },
  };
}

/** The strongest right that these keys give; null for keys that only read. */
export function credentialOf(
  { writer, deleter }: EpochKeys,
  { openToReaders, ttl }: { readonly openToReaders: boolean; readonly ttl: number },
): Credential | null {
  const sign = (signer: NonNullable<typeof writer>) => (statement: Bytes) => signer.sign(statement);
  if (deleter && writer) {
    const creation = { writeKey: writer.publicKey, deleteKey: deleter.publicKey, ttl, openToReaders };
    return { role: 'owner', key: deleter.publicKey, sign: sign(deleter), creation };
  }
  return writer ? { role: 'writer', key: writer.publicKey, sign: sign(writer) } : null;
}
