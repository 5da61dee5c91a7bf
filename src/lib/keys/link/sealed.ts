/**
 * What is sealed to the other device of a talk: to its key and over the transcript, so that it is good for this talk alone, and
 * signed by the device that the phrase has shown.
 *
 *   body   transcript[32] | payload
 */
import { concat, equal, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type { Random } from '#lib/crypto/random.ts';
import { openBox, sealBox } from '#lib/crypto/sealing.ts';
import type { Label } from '#lib/crypto/suite.ts';
import { deviceId, type DeviceBundle, type DeviceKeys } from '../device.ts';

const NEVER = Number.MAX_SAFE_INTEGER;
const TRANSCRIPT = 32;

/** The two of a talk once they have met. */
export interface Pair {
  readonly device: DeviceKeys;
  readonly peer: DeviceBundle;
  readonly transcript: Bytes;
}

export function sealToPeer(pair: Pair, purpose: Label, payload: Bytes, random: Random): Promise<Bytes> {
  const { device, peer, transcript } = pair;
  return sealBox({
    ...{ recipient: peer.sealing, recipientId: deviceId(peer), purpose, random },
    ...{ sender: device.id, signer: device.signer },
    expiry: NEVER, // the transcript makes it good for this talk only
    body: concat(transcript, payload),
  });
}

/** Null for what is not of the peer, to this device, for this purpose, in this talk. */
export async function openFromPeer(pair: Pair, purpose: Label, sealed: Bytes): Promise<Bytes | null> {
  const { device, peer, transcript } = pair;
  const id = deviceId(peer);
  const opened = await openBox({
    ...{ secret: device.sealingSecret, recipientId: device.id, purpose, sealed, now: 0 },
    verifySender: (sender) => (equal(sender, id) ? peer.signing : null),
  });
  if (!opened || !equal(opened.body.subarray(0, TRANSCRIPT), transcript)) return null;
  return toOwned(opened.body.subarray(TRANSCRIPT));
}
