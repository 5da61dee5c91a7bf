/** This device as the authority's caller: it shows its account's chain, and signs what it asks. */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sealFrame } from '#lib/crypto/frame.ts';
import type { Caller } from '#lib/sync/authority-client.ts';
import type { Account } from '#lib/vault/account/account.ts';
import { pastOf } from '#lib/vault/spaces/carried.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';

/** The chain's statements are sealed anew: that takes the address alone, and the authority has it. */
export function callerOf(account: Account): Caller {
  const { device, chain } = account.spaces;
  const [keys] = chain.epochs();
  if (!keys) throw new Error('a chain has one epoch');
  return {
    address: account.identity().address,
    device: device.id,
    chain: shownChain(account.spaces).map((statement) =>
      sealFrame(keys.frameKey, 'control', statement, account.env.random),
    ),
    sign: (message) => device.signer.sign(message),
  };
}

/** What counts of the account's chain, and what it builds on: a device that is out can fill the chain with words without end. */
export function shownChain(spaces: Spaces): Bytes[] {
  const controls = spaces.chain.replica.controls();
  const past = pastOf(controls, spaces.chainState().heads);
  return controls.filter(({ id }) => past.has(hex(id))).map(({ statement }) => statement);
}
