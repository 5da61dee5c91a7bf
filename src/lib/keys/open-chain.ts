/**
 * From the frames that a relay gave for an address to the devices of that address, trusting the address alone.
 *
 * Frames are opened with the key that follows from the address. A device's id is the hash of its keys, so any bundle
 * with that hash, wherever it stands among the frames, serves to verify what the device signed; whether it has a say is
 * then decided by the chain. Pure: fetching is the caller's.
 */
import { hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId, openFrame } from '#lib/crypto/frame.ts';
import type { Address } from './address.ts';
import {
  admitChainControls,
  chainEpoch,
  chainSpaceId,
  evaluateChain,
  type ChainEntry,
  type ChainState,
} from './chain.ts';
import { verifyChainClaims } from './chains.ts';
import { decodeControl, type ClaimedControl } from './control.ts';
import { deriveEpoch, type EpochKeys } from './epoch.ts';
import type { FrameId } from './ids.ts';

export interface OpenedChain {
  readonly state: ChainState;
  readonly entries: readonly ChainEntry[];
  /** Frames that are no rightly signed part of this chain: forged, damaged, or of a relay's making. */
  readonly refused: readonly FrameId[];
}

export async function openChain(address: Address, frames: readonly Bytes[]): Promise<OpenedChain> {
  const keys = await deriveEpoch(chainSpaceId(address), chainEpoch(address));
  const opened = frames.map((frame) => ({ id: frameId(frame), claim: openClaim(keys, frame) }));
  const claims = opened.flatMap(({ claim }) => (claim ? [claim] : []));
  const verified = await verifyChainClaims(address, claims);
  const entries = await admitChainControls(address, verified);
  const admitted = new Set(entries.map(({ control }) => control));
  const refused = opened.flatMap(({ id, claim }) => (claim && admitted.has(claim.claimed) ? [] : [id]));
  const distinct = [...new Map(entries.map((entry) => [hex(entry.control.id), entry])).values()];
  return { state: evaluateChain(address, distinct), entries: distinct, refused };
}

function openClaim(keys: EpochKeys, frame: Bytes): ClaimedControl | null {
  const opened = openFrame([keys.frameKey], frame);
  if (opened?.aad.kind !== 'control') return null;
  return decodeControl(keys.space, keys.epoch, toOwned(opened.inner));
}
