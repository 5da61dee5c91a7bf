/**
 * From the frames that a relay gave for an address to the devices of that address, trusting the address alone.
 *
 * Frames are opened with the key that follows from the address. A device's id is the hash of its keys, so any bundle
 * with that hash, wherever it stands among the frames, serves to verify what the device signed; whether it has a say is
 * then decided by the chain. Pure: fetching is the caller's.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId, openFrame } from '#lib/crypto/frame.ts';
import type { Address } from './address.ts';
import { matchesAddress } from './address.ts';
import {
  admitChainControls,
  chainEpoch,
  chainSpaceId,
  evaluateChain,
  type ChainEntry,
  type ChainState,
} from './chain.ts';
import { decodeChainBody, type ChainBody } from './chain-body.ts';
import { deviceId, type DeviceBundle } from './device.ts';
import { deriveEpoch, type EpochKeys } from './epoch.ts';
import type { FrameId, Hex } from './ids.ts';
import { decodeInner, verifySigned, type SignedInner } from './inner.ts';

export interface OpenedChain {
  readonly state: ChainState;
  readonly entries: readonly ChainEntry[];
  /** Frames that are no rightly signed part of this chain: forged, damaged, or of a relay's making. */
  readonly refused: readonly FrameId[];
}

interface Candidate {
  readonly id: FrameId;
  readonly aad: Parameters<typeof verifySigned>[0];
  readonly decoded: SignedInner;
  readonly body: ChainBody;
}

export async function openChain(address: Address, frames: readonly Bytes[]): Promise<OpenedChain> {
  const keys = await deriveEpoch(chainSpaceId(address), chainEpoch(address));
  const candidates = frames.flatMap((frame) => openCandidate(keys, frame));
  const bundles = bundlesIn(address, candidates);
  const verified: Candidate[] = [];
  for (const candidate of candidates) {
    const bundle = bundles.get(hex(candidate.decoded.inner.author));
    if (bundle && (await verifySigned(candidate.aad, candidate.decoded, bundle.signing)))
      verified.push(candidate);
  }
  const controls = verified.map(({ id, decoded }) => ({ id, inner: decoded.inner }));
  const entries = await admitChainControls(address, controls);
  const admitted = new Set(entries.map(({ control }) => hex(control.id)));
  const refused = frames.map(frameId).filter((id) => !admitted.has(hex(id)));
  return { state: evaluateChain(address, entries), entries, refused };
}

function openCandidate(keys: EpochKeys, frame: Bytes): Candidate[] {
  const opened = openFrame([keys.frameKey], frame);
  if (opened?.aad.kind !== 'control') return [];
  const decoded = decodeInner(opened.inner);
  const body = decoded && decodeChainBody(decoded.inner.body);
  return body ? [{ id: frameId(frame), aad: opened.aad, decoded, body }] : [];
}

function bundlesIn(address: Address, candidates: readonly Candidate[]): Map<Hex, DeviceBundle> {
  const bundles = new Map<Hex, DeviceBundle>();
  for (const { body } of candidates) {
    if (body.type === 'addDevice' || body.type === 'recover') bundles.set(body.id, body.device);
    if (body.type === 'genesis' && matchesAddress(address, body.bundle)) {
      bundles.set(hex(deviceId(body.bundle.device)), body.bundle.device);
    }
  }
  return bundles;
}
