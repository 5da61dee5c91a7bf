/**
 * Another guardian joins a child's record in person: as a device is linked (new-device.ts, open-device.ts) up to the phrase, and
 * from there on each to the other's device alone. Pure; the caller moves the frames and carries out what was agreed.
 *
 *   guest   waiting ▶ compare ── both confirmed, and the invitation has come ──▶ invited ── answered ──▶ accepted ── keys ──▶ done
 *                                                                                   └── no ──▶ declined
 *   host    listening ▶ replied ▶ compare ▶ confirmed ── invitation ──▶ inviting ── answer ──▶ answered ── keys ──▶ done
 *
 * In `answered` the caller checks the answer and writes the join, and only then hands over the keys. Up to there nothing of the
 * record has left but what the invitation says (invitation.ts), and that only once the persons have compared.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Random } from '#lib/crypto/random.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import type { Address } from '../address.ts';
import type { DeviceKeys } from '../device.ts';
import { LINK_LIFETIME } from './code.ts';
import { decodeLinkMessage, encodeLinkMessage } from './messages.ts';
import {
  newDeviceAt,
  newDeviceConfirms,
  newDeviceReceives,
  startNewDevice,
  type NewDeviceState,
} from './new-device.ts';
import {
  grantLink,
  openDeviceAt,
  openDeviceConfirms,
  openDeviceReceives,
  startOpenDevice,
  type OpenDeviceConfirmed,
  type OpenDeviceState,
} from './open-device.ts';
import { openFromPeer, sealToPeer, type Pair } from './sealed.ts';
import { failed, intercepted, refused, stay, type LinkFailed, type LinkStep } from './step.ts';

interface Second {
  readonly pair: Pair;
  readonly expiresAt: number;
}

/** Who joins. */
export type GuestState =
  | Exclude<NewDeviceState, { readonly type: 'done' }>
  | (Second & { readonly type: 'invited'; readonly address: Address; readonly payload: Bytes })
  | (Second & { readonly type: 'accepted' })
  | { readonly type: 'declined' }
  | { readonly type: 'done'; readonly payload: Bytes };

/** Who lets somebody join. */
export type HostState =
  | Exclude<OpenDeviceState, { readonly type: 'done' }>
  | (Second & { readonly type: 'inviting' })
  | (Second & { readonly type: 'answered'; readonly payload: Bytes })
  | { readonly type: 'done' };

export type HostConfirmed = OpenDeviceConfirmed;
export type GuestInvited = Extract<GuestState, { readonly type: 'invited' }>;
export type HostAnswered = Extract<HostState, { readonly type: 'answered' }>;

interface Meeting {
  readonly device: DeviceKeys;
  readonly name: string;
  readonly random: Random;
  readonly now: number;
}

export function startGuest(input: Meeting): LinkStep<GuestState> {
  return invitedBy(startNewDevice({ ...input, purpose: 'guardian' }), input.now);
}

export async function guestReceives(
  state: GuestState,
  bytes: Bytes,
  now: number,
): Promise<LinkStep<GuestState>> {
  const current = guestAt(state, now);
  if (isMeeting(current)) return invitedBy(await newDeviceReceives(current, bytes, now), now);
  if (current.type !== 'invited' && current.type !== 'accepted') return stay(current);
  const message = decodeLinkMessage(bytes);
  if (message?.type === 'refuse') return stay(failed('link-refused'));
  if (message?.type !== 'keys' || current.type !== 'accepted') return stay(current);
  const payload = await openFromPeer(current.pair, LABELS.guardianGrant, message.box);
  return payload ? stay({ type: 'done', payload }) : intercepted();
}

/** The person has compared the phrases; or, after that, gives up. */
export function guestConfirms(state: GuestState, same: boolean, now: number): LinkStep<GuestState> {
  const current = guestAt(state, now);
  if (isMeeting(current)) return invitedBy(newDeviceConfirms(current, same, now), now);
  return !same && isOpen(current) ? refused() : stay(current);
}

/** The person's answer, which the host's device alone can read. */
export async function guestAnswers(
  { pair, expiresAt }: GuestInvited,
  answer: { readonly accepted: boolean; readonly payload: Bytes },
  random: Random,
): Promise<LinkStep<GuestState>> {
  const box = await sealToPeer(pair, LABELS.guardianAnswer, answer.payload, random);
  const send = [encodeLinkMessage({ type: 'answer', box })];
  return { state: answer.accepted ? { type: 'accepted', pair, expiresAt } : { type: 'declined' }, send };
}

export function guestAt(state: GuestState, now: number): GuestState {
  if (isMeeting(state)) return invitedBy(stay(newDeviceAt(state, now)), now).state;
  return isOpen(state) && now > state.expiresAt ? failed('link-expired') : state;
}

export function startHost(input: Meeting & { readonly address: Address }): LinkStep<HostState> {
  return hostOf(startOpenDevice({ ...input, purpose: 'guardian' }));
}

export async function hostReceives(
  state: HostState,
  bytes: Bytes,
  now: number,
): Promise<LinkStep<HostState>> {
  const current = hostAt(state, now);
  if (isHostMeeting(current)) return hostOf(await openDeviceReceives(current, bytes, now));
  if (current.type !== 'inviting' && current.type !== 'answered') return stay(current);
  const message = decodeLinkMessage(bytes);
  if (message?.type === 'refuse') return stay(failed('link-refused'));
  if (message?.type !== 'answer' || current.type !== 'inviting') return stay(current);
  const { pair, expiresAt } = current;
  const payload = await openFromPeer(pair, LABELS.guardianAnswer, message.box);
  return payload ? stay({ type: 'answered', pair, expiresAt, payload }) : intercepted();
}

export function hostConfirms(state: HostState, same: boolean, now: number): LinkStep<HostState> {
  const current = hostAt(state, now);
  if (isHostMeeting(current)) return hostOf(openDeviceConfirms(current, same, now));
  return !same && isOpen(current) ? refused() : stay(current);
}

/** To the device that the phrase has shown, and to no other. */
export async function hostInvites(
  state: HostConfirmed,
  payload: Bytes,
  now: number,
): Promise<LinkStep<HostState>> {
  const { send } = await grantLink(state, payload);
  const { device, bundle: peer, transcript } = state;
  return {
    state: { type: 'inviting', pair: { device, peer, transcript }, expiresAt: now + LINK_LIFETIME },
    send,
  };
}

/** Once the join stands at the relay. */
export async function hostHandsOver(
  { pair }: HostAnswered,
  payload: Bytes,
  random: Random,
): Promise<LinkStep<HostState>> {
  const box = await sealToPeer(pair, LABELS.guardianGrant, payload, random);
  return { state: { type: 'done' }, send: [encodeLinkMessage({ type: 'keys', box })] };
}

/** What the host agreed to is carried through, however long the relay is away. */
export function hostAt(state: HostState, now: number): HostState {
  if (isHostMeeting(state)) return hostOf(stay(openDeviceAt(state, now))).state;
  return state.type === 'inviting' && now > state.expiresAt ? failed('link-expired') : state;
}

type GuestMeeting = Exclude<NewDeviceState, { readonly type: 'done' } | LinkFailed>;
type HostMeeting = Exclude<OpenDeviceState, { readonly type: 'done' } | LinkFailed>;

function isMeeting(state: GuestState): state is GuestMeeting {
  return state.type === 'waiting' || state.type === 'compare';
}

function isHostMeeting(state: HostState): state is HostMeeting {
  return ['listening', 'replied', 'compare', 'confirmed'].includes(state.type);
}

function isOpen(state: GuestState | HostState): state is Extract<GuestState | HostState, Second> {
  return ['invited', 'accepted', 'inviting'].includes(state.type);
}

/** What is granted to a device that is linked is, to a guardian, the invitation. */
function invitedBy({ state, send }: LinkStep<NewDeviceState>, now: number): LinkStep<GuestState> {
  if (state.type !== 'done') return { state, send };
  const { address, payload, pair } = state;
  return { state: { type: 'invited', address, payload, pair, expiresAt: now + LINK_LIFETIME }, send };
}

function hostOf({ state, send }: LinkStep<OpenDeviceState>): LinkStep<HostState> {
  if (state.type === 'done') throw new TypeError('a guardian’s talk is not done by its grant');
  return { state, send };
}
