/**
 * A space as the sync engine follows it: the replica's own half, and the keys that prove the right to its topics.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import type { Signer } from '#lib/crypto/signature.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { ReceiveReport, Syncable } from '#lib/replica/replica.ts';
import type { Credential, Followed } from '#lib/sync/syncable.ts';
import type { OpenSpace } from './roster-space.ts';

export interface FollowOptions {
  /** An account chain: whoever knows its address may read it, and nobody erases from it. */
  readonly isChain?: boolean;
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
    acknowledge: (ids, newest) => replica.acknowledge(ids, newest),
    acknowledged: (topic) => replica.acknowledged(topic),
    missing: () => replica.missing(),
    wantsHistory: () => replica.wantsHistory(),
    reconcile: (topic, ids) => replica.reconcile(topic, ids),
    deletable: (limit) => replica.deletable(limit),
    proposed: (ids) => replica.proposed(ids),
  };
  const isChain = options.isChain ?? false;
  return {
    space,
    neverErased: isChain,
    credential(topic) {
      const keys = epochs().find((one) => equal(one.topic, topic));
      return keys ? credentialOf(keys, { isChain, ttl: 0 }) : null;
    },
  };
}

/** The strongest right that these keys give; null for keys that only read. */
export function credentialOf(
  { writer, deleter }: EpochKeys,
  { isChain, ttl }: { readonly isChain: boolean; readonly ttl: number },
): Credential | null {
  if (!writer) return null;
  const by = (signer: Signer) => ({
    key: signer.publicKey,
    sign: (statement: Bytes) => signer.sign(statement),
  });
  const creation = {
    writeKey: writer.publicKey,
    deleteKey: deleter?.publicKey ?? null,
    ttl,
    openToReaders: isChain,
  };
  if (deleter) return { role: 'owner', ...by(deleter), creation };
  return { role: 'writer', ...by(writer), ...(isChain && { creation }) };
}
