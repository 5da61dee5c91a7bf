/** This device as the authority's caller: it shows its account's chain, and signs what it asks. */
import { sealFrame } from '#lib/crypto/frame.ts';
import type { Caller } from '#lib/sync/authority-client.ts';
import type { Account } from '#lib/vault/account/account.ts';

/** The chain's statements are sealed anew: that takes the address alone, and the authority has it. */
export function callerOf(account: Account): Caller {
  const { device, chain } = account.spaces;
  const [keys] = chain.epochs();
  if (!keys) throw new Error('a chain has one epoch');
  return {
    address: account.identity().address,
    device: device.id,
    chain: chain.replica
      .controls()
      .map(({ statement }) => sealFrame(keys.frameKey, 'control', statement, account.env.random)),
    sign: (message) => device.signer.sign(message),
  };
}
