/**
 * Linking a device, from both sides: moves the messages of keys/link.ts over the relay, tells the pages how it stands,
 * and carries out what was agreed.
 *
 * Guarantees: one link at a time; the account grants only after the person has compared, and only once the new device
 * stands in the chain; the new device writes its keys before it shows that it is linked.
 */
import { ok, fail, type Result } from '#lib/bytes/result.ts';
import { MAX_DEVICES } from '#lib/keys/chain.ts';
import { addDeviceBody } from '#lib/keys/chain-body.ts';
import { deviceId, type DeviceKeys } from '#lib/keys/device.ts';
import {
  createLinkCode,
  displayedLinkCode,
  grantLink,
  linkKeys,
  newDeviceAt,
  newDeviceConfirms,
  newDeviceReceives,
  openDeviceAt,
  openDeviceConfirms,
  openDeviceReceives,
  parseLinkCode,
  startNewDevice,
  startOpenDevice,
  type LinkStep,
  type NewDeviceState,
  type OpenDeviceConfirmed,
  type OpenDeviceState,
} from '#lib/keys/link.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';
import type { Account } from '#lib/vault/account/account.ts';
import type { LinkState, VaultError } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import type { Granted } from '#lib/vault/entry/identity.ts';
import { decodeGrant, encodeGrant } from '#lib/vault/entry/grant.ts';
import { deviceEdit } from '#lib/vault/spaces/founding.ts';
import { talk, type Linking } from './driving.ts';

/** Nobody answered under the code that was typed: it is not the one that is shown. */
const NOBODY_MS = 12_000;
/** The new device's side: shows a code, then the phrase; `linked` keeps what was granted. */
export async function linkThisDevice(input: {
  readonly env: Environment;
  readonly engine: SyncEngine;
  readonly device: DeviceKeys;
  readonly name: string;
  readonly show: (state: LinkState) => void;
  readonly linked: (granted: Granted) => Promise<Result<void, VaultError>>;
}): Promise<Linking> {
  const { env, engine, device, name, show, linked } = input;
  const code = createLinkCode(env.random);
  const keys = await linkKeys(code);
  const first = startNewDevice({ device, name, random: env.random, now: env.clock.now() });
  if (first.state.type === 'waiting')
    show({ type: 'waiting', code: displayedLinkCode(code), expiresAt: first.state.expiresAt });

  async function entered(state: NewDeviceState): Promise<null> {
    if (state.type === 'compare') show({ type: 'compare', phrase: state.phrase, peerName: state.peerName });
    if (state.type === 'failed') show({ type: 'failed', error: state.error });
    if (state.type === 'done') {
      const granted = decodeGrant(state.payload);
      const kept = granted
        ? await linked({ ...granted, address: state.address })
        : fail({ type: 'link-refused' } as const);
      if (!kept.ok) show({ type: 'failed', error: kept.error });
    }
    return null;
  }
  return talk<NewDeviceState>({
    ...{ env, engine, keys, creates: true, first, entered },
    ...{ receive: newDeviceReceives, confirm: newDeviceConfirms, at: newDeviceAt },
  });
}

/** The open device's side: joins by the code, shows the phrase, and takes the new device in. */
export async function linkOtherDevice(input: {
  readonly account: Account;
  readonly code: string;
  readonly show: (state: LinkState) => void;
}): Promise<Result<Linking, VaultError>> {
  const { account, show } = input;
  const { env, spaces } = account;
  const parsed = parseLinkCode(input.code);
  if (!parsed.ok) return parsed;
  const engine = await account.online();
  if (!engine) return fail({ type: 'relay-unreachable' });
  const { address, deviceName } = account.identity();
  const name = account.devices().find(({ thisDevice }) => thisDevice)?.name || deviceName;
  const first = startOpenDevice({
    device: spaces.device,
    address,
    name,
    random: env.random,
    now: env.clock.now(),
  });

  async function entered(state: OpenDeviceState): Promise<LinkStep<OpenDeviceState> | null> {
    if (state.type === 'compare') show({ type: 'compare', phrase: state.phrase, peerName: state.peerName });
    if (state.type === 'failed') {
      show({ type: 'failed', error: state.error });
      if (state.error.type === 'link-intercepted') await account.warnings.onForeignKeys();
    }
    if (state.type === 'done') show({ type: 'done' });
    return state.type === 'confirmed' ? takeIn(account, state) : null;
  }
  const linking = talk<OpenDeviceState>({
    ...{ env, engine, keys: await linkKeys(parsed.value), creates: false, first, entered },
    ...{ receive: openDeviceReceives, confirm: openDeviceConfirms, at: openDeviceAt },
  });
  env.clock.setTimer(NOBODY_MS, () => {
    if (linking.state().type !== 'listening') return;
    linking.cancel();
    show({ type: 'failed', error: { type: 'link-code-wrong' } });
  });
  return ok(linking);
}

/** Into the chain first, then the name, then the keys: who has the keys is known to every device. */
async function takeIn(account: Account, state: OpenDeviceConfirmed): Promise<LinkStep<OpenDeviceState>> {
  const { spaces } = account;
  const { chain, account: accountSpace } = spaces;
  // One more would be no device of this account, and is given no keys: first another one has to be taken out.
  const isFull = spaces.chainState().active.size >= MAX_DEVICES;
  const added = isFull ? null : await chain.replica.control(addDeviceBody(state.bundle, state.acceptance));
  if (!added?.ok) return openDeviceConfirms({ ...state, type: 'compare' }, false, account.env.clock.now());
  await spaces.settled();
  await accountSpace.replica.edit([deviceEdit(deviceId(state.bundle), state.peerName)]);
  account.wake();
  return grantLink(state, encodeGrant(account.identity()));
}
