/**
 * Linking, as the device that is already open sees it; the other half of new-device.ts.
 *
 *   listening ── hello ──▶ replied ── reveal ──▶ compare ── "the phrases are the same" ──▶ confirmed ── grant ──▶ done
 *       └────────────────────┴────────────────────┴── refuse · a second voice · 10 minutes · "not the same" ──▶ failed
 *
 * In `confirmed` the caller writes the new device into the account chain, with `bundle` and `acceptance`, and only then
 * grants. Nothing of the account leaves before the person has compared, but its address and this device's name.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { Address } from '../address.ts';
import { deviceId, type DeviceBundle, type DeviceKeys } from '../device.ts';
import { LINK_LIFETIME } from './code.ts';
import {
  cleanName,
  commitmentOf,
  decodeLinkMessage,
  encodeLinkMessage,
  phraseOf,
  transcriptOf,
  type Hello,
  type Reveal,
} from './messages.ts';
import { PURPOSES, type LinkPurpose } from './purpose.ts';
import { sealToPeer } from './sealed.ts';
import { failed, intercepted, refused, stay, type LinkFailed, type LinkStep } from './step.ts';

interface Talk {
  readonly purpose: LinkPurpose;
  readonly device: DeviceKeys;
  readonly address: Address;
  readonly name: string;
  readonly expiresAt: number;
  readonly random: Random;
}

interface Met extends Talk {
  readonly hello: { readonly bytes: Bytes; readonly message: Hello };
  readonly reply: Bytes;
}

/** The new device has shown the nonce it had committed to, and accepted the address. */
interface Known extends Met {
  readonly phrase: readonly [string, string, string];
  readonly peerName: string;
  readonly bundle: DeviceBundle;
  readonly acceptance: Bytes;
  readonly transcript: Bytes;
}

export type OpenDeviceConfirmed = Known & { readonly type: 'confirmed' };

export type OpenDeviceState =
  | (Talk & { readonly type: 'listening' })
  | (Met & { readonly type: 'replied' })
  | (Known & { readonly type: 'compare' })
  | OpenDeviceConfirmed
  | { readonly type: 'done' }
  | LinkFailed;

type Step = LinkStep<OpenDeviceState>;

export function startOpenDevice(input: {
  readonly device: DeviceKeys;
  readonly address: Address;
  readonly name: string;
  readonly random: Random;
  readonly now: number;
  readonly purpose?: LinkPurpose;
}): Step {
  const { device, address, random, now, purpose = 'device' } = input;
  const name = cleanName(input.name);
  const expiresAt = now + LINK_LIFETIME;
  return stay({ type: 'listening', purpose, device, address, name, random, expiresAt });
}

export async function openDeviceReceives(state: OpenDeviceState, bytes: Bytes, now: number): Promise<Step> {
  const current = openDeviceAt(state, now);
  if (current.type === 'done' || current.type === 'failed') return stay(current);
  const message = decodeLinkMessage(bytes);
  switch (message?.type) {
    case 'hello':
      if (current.type === 'listening') return replying(current, bytes, message);
      return equal(bytes, current.hello.bytes) ? stay(current) : intercepted();
    case 'reply':
      // My own, back from the relay; or somebody else who has the code answers in my place.
      return current.type !== 'listening' && equal(bytes, current.reply) ? stay(current) : intercepted();
    case 'reveal':
      return current.type === 'replied' ? comparing(current, message) : stay(current);
    case 'refuse':
      return stay(failed('link-refused'));
    default:
      return stay(current);
  }
}

/** The person on the open device has compared the phrases. */
export function openDeviceConfirms(state: OpenDeviceState, same: boolean, now: number): Step {
  const current = openDeviceAt(state, now);
  if (current.type !== 'compare') return stay(current);
  return same ? stay({ ...current, type: 'confirmed' }) : refused();
}

/** Once the new device stands in the account chain: hands it the payload, which it alone can open. */
export async function grantLink(state: OpenDeviceConfirmed, payload: Bytes): Promise<Step> {
  const { bundle: peer, device, transcript, random, purpose } = state;
  const box = await sealToPeer({ device, peer, transcript }, PURPOSES[purpose].grant, payload, random);
  return { state: { type: 'done' }, send: [encodeLinkMessage({ type: 'grant', box })] };
}

/** The state when nothing happens but time. A confirmed link is carried through. */
export function openDeviceAt(state: OpenDeviceState, now: number): OpenDeviceState {
  const isOpen = state.type === 'listening' || state.type === 'replied' || state.type === 'compare';
  return isOpen && now > state.expiresAt ? failed('link-expired') : state;
}

function replying(talk: Talk, bytes: Bytes, message: Hello): Step {
  const { purpose, device, address, name, random, expiresAt } = talk;
  if (equal(deviceId(message.bundle), device.id)) return refused();
  const reply = encodeLinkMessage({ type: 'reply', nonce: random(32), address, bundle: device.bundle, name });
  const met = { purpose, device, address, name, random, expiresAt, hello: { bytes, message }, reply };
  return { state: { ...met, type: 'replied' }, send: [reply] };
}

async function comparing(met: Met, { nonce, acceptance }: Reveal): Promise<Step> {
  const { bundle, commitment, name } = met.hello.message;
  if (!equal(commitmentOf(nonce, bundle, name), commitment)) return intercepted();
  if (!(await PURPOSES[met.purpose].verify(met.address, bundle, acceptance))) return intercepted();
  const transcript = transcriptOf(met.hello.bytes, met.reply, nonce, met.purpose);
  const phrase = phraseOf(transcript);
  return stay({ ...met, type: 'compare', phrase, peerName: name, bundle, acceptance, transcript });
}
