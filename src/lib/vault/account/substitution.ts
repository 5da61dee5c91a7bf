/**
 * Finds out that somebody shows keys of its own in the place of ours (A01). Nothing depends on it: an address is the hash
 * of its founding bundle, so that another bundle founds nothing and nothing is ever sealed to it. But the person is told.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { openFrame } from '#lib/crypto/frame.ts';
import { matchesAddress, type Address } from '#lib/keys/address.ts';
import { decodeChainBody } from '#lib/keys/chain-body.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import { decodeInner } from '#lib/keys/signed.ts';

/** Whether a frame of this chain founds the account with another bundle than the address names. */
export function showsForeignKeys(address: Address, { frameKey }: EpochKeys, frame: Bytes): boolean {
  const opened = openFrame([frameKey], frame);
  const decoded = opened?.aad.kind === 'control' ? decodeInner(opened.inner.slice()) : null;
  const body = decoded && decodeChainBody(decoded.inner.body);
  return body?.type === 'genesis' && !matchesAddress(address, body.bundle);
}
