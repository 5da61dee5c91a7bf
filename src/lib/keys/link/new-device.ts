/**
 * Linking, as the new device sees it. Each step is a function of the state and one message or one act of the person;
 * messages are bytes to put into, or taken out of, the frames of code.ts.
 *
 *   waiting ── reply ──▶ compare ── grant and "the phrases are the same" ──▶ done
 *      └───────────────────┴── refuse · a second voice · 10 minutes · "not the same" ──▶ failed
 *
 * Done means: this account's open device, found by the phrase, has granted the payload. The caller still reads the
 * account chain of `address` and finds both devices in it before it believes anything else.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { Address } from '../address.ts';
import type { DeviceKeys } from '../device.ts';
import { LINK_LIFETIME } from './code.ts';
import {
  cleanName,
  commitmentOf,
  decodeLinkMessage,
  encodeLinkMessage,
  phraseOf,
  transcriptOf,
  type Reply,
} from './messages.ts';
import { PURPOSES, type LinkPurpose } from './purpose.ts';
import { openFromPeer, type Pair } from './sealed.ts';
import { failed, intercepted, refused, stay, type LinkFailed, type LinkStep } from './step.ts';

interface Talk {
  readonly purpose: LinkPurpose;
  readonly device: DeviceKeys;
  readonly hello: Bytes;
  readonly nonce: Bytes;
  readonly expiresAt: number;
}

export interface NewDeviceComparing extends Talk {
  readonly type: 'compare';
  readonly phrase: readonly [string, string, string];
  readonly peerName: string;
  readonly reply: { readonly bytes: Bytes; readonly message: Reply };
  readonly confirmed: boolean;
  readonly payload: Bytes | null;
}

export type NewDeviceState =
  | (Talk & { readonly type: 'waiting' })
  | NewDeviceComparing
  | {
      readonly type: 'done';
      readonly address: Address;
      readonly payload: Bytes;
      readonly pair: Pair;
    }
  | LinkFailed;

type Step = LinkStep<NewDeviceState>;

export function startNewDevice(input: {
  readonly device: DeviceKeys;
  readonly name: string;
  readonly random: Random;
  readonly now: number;
  readonly purpose?: LinkPurpose;
}): Step {
  const { device, random, now, purpose = 'device' } = input;
  const nonce = random(32);
  const name = cleanName(input.name);
  const commitment = commitmentOf(nonce, device.bundle, name);
  const hello = encodeLinkMessage({ type: 'hello', bundle: device.bundle, commitment, name });
  const talk = { purpose, device, hello, nonce, expiresAt: now + LINK_LIFETIME };
  return { state: { type: 'waiting', ...talk }, send: [hello] };
}

export async function newDeviceReceives(state: NewDeviceState, bytes: Bytes, now: number): Promise<Step> {
  const current = newDeviceAt(state, now);
  if (current.type === 'done' || current.type === 'failed') return stay(current);
  const message = decodeLinkMessage(bytes);
  switch (message?.type) {
    case 'hello':
      // My own, back from the relay; or somebody else who has the code poses as the new device.
      return equal(bytes, current.hello) ? stay(current) : intercepted();
    case 'reply':
      return current.type === 'waiting' ? comparing(current, bytes, message) : sameReply(current, bytes);
    case 'grant':
      return current.type === 'compare' ? granted(current, message.box) : intercepted();
    case 'refuse':
      return stay(failed('link-refused'));
    default:
      return stay(current);
  }
}

/** The person on the new device has compared the phrases. */
export function newDeviceConfirms(state: NewDeviceState, same: boolean, now: number): Step {
  const current = newDeviceAt(state, now);
  if (current.type !== 'compare') return stay(current);
  return same ? stay(finished({ ...current, confirmed: true })) : refused();
}

/** The state when nothing happens but time. */
export function newDeviceAt(state: NewDeviceState, now: number): NewDeviceState {
  const isOpen = state.type === 'waiting' || state.type === 'compare';
  return isOpen && now > state.expiresAt ? failed('link-expired') : state;
}

async function comparing(talk: Talk, bytes: Bytes, message: Reply): Promise<Step> {
  const { purpose, device, nonce, hello, expiresAt } = talk;
  const acceptance = await PURPOSES[purpose].accept(message.address, device.bundle, device.signer);
  const state: NewDeviceState = {
    type: 'compare',
    purpose,
    device,
    nonce,
    hello,
    expiresAt,
    phrase: phraseOf(transcriptOf(hello, bytes, nonce, purpose)),
    peerName: message.name,
    reply: { bytes, message },
    confirmed: false,
    payload: null,
  };
  return { state, send: [encodeLinkMessage({ type: 'reveal', nonce, acceptance })] };
}

function sameReply(state: NewDeviceComparing, bytes: Bytes): Step {
  return equal(bytes, state.reply.bytes) ? stay(state) : intercepted();
}

async function granted(state: NewDeviceComparing, box: Bytes): Promise<Step> {
  const payload = await openFromPeer(pairOf(state), PURPOSES[state.purpose].grant, box);
  return payload ? stay(finished({ ...state, payload })) : intercepted();
}

function finished(state: NewDeviceComparing): NewDeviceState {
  const { confirmed, payload, reply } = state;
  if (!confirmed || !payload) return state;
  return { type: 'done', address: reply.message.address, payload, pair: pairOf(state) };
}

function pairOf({ device, reply, hello, nonce, purpose }: NewDeviceComparing): Pair {
  const transcript = transcriptOf(hello, reply.bytes, nonce, purpose);
  return { device, peer: reply.message.bundle, transcript };
}
