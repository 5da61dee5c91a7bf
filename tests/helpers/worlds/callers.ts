/**
 * Persons who call the authority: real accounts with real chains, activated with a code of the fictional register, and
 * what a hostile one sends in the place of an honest call.
 */
import { hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { encodeGenesis } from '#lib/keys/address.ts';
import { acceptAddress, addDeviceBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch } from '#lib/keys/epoch.ts';
import { accountKey } from '#lib/keys/root.ts';
import { activationMessage, AUTHORITY_PATHS, encodeBody } from '#lib/protocol/authority.ts';
import { callerMessage, type Call } from '#lib/protocol/callers.ts';
import { createAuthorityClient, type Caller } from '#lib/sync/authority-client.ts';
import { systemClock } from '#lib/sync/clock.ts';
import type { AuthorityOptions } from '../../../relay/authority/authority.ts';
import { deviceNamed, pen, person, type Person, type Written } from '../people/people.ts';
import { seededRandom } from '../tools/random.ts';
import { authorityWorld, typeIn, type AuthorityWorld } from './authority.ts';

/** Where the tests' own requests are dialled. */
export const HOST = 'autorite.example';
export const URL_OF_AUTHORITY = `https://${HOST}`;

/** The first two of the fictional register, who have the same five children; and one who has none. */
export const CAMILLE = { name: 'Camille', nir: '286056912304562', serial: '48210937561' };
export const ANTOINE = { name: 'Antoine', nir: '184115935011204', serial: '91827364550' };
export const GHJULIA = { name: 'Ghjulia', nir: '279022A00408794', serial: '70163842915' };

export interface CallingAccount extends Person {
  /** The chain so far, as a relay would show it. */
  readonly chain: () => readonly Bytes[];
  add(device: DeviceKeys, by?: DeviceKeys): Promise<void>;
  revoke(device: DeviceKeys, by?: DeviceKeys): Promise<void>;
  /** A device of this account as it calls; the first one with all of the chain. */
  caller(device?: DeviceKeys, chain?: readonly Bytes[]): Caller;
}

/** An account that no authority has heard of. */
export async function callingAccount(name: string, seed: number | string = 1): Promise<CallingAccount> {
  const whose = await person(name, seed);
  const { address } = whose;
  const keys = await deriveEpoch(chainSpaceId(address), chainEpoch(address));
  const chain = pen(keys, seededRandom(`chain of ${name}`));
  const said: Written[] = [await chain.write(whose.device, whose.genesisBody)];
  const frames = () => said.map(({ frame }) => frame);
  const say = async (by: DeviceKeys, body: Bytes) =>
    void said.push(await chain.write(by, body, said.slice(-1)));
  return {
    ...whose,
    chain: frames,
    add: async (device, by = whose.device) =>
      say(by, addDeviceBody(device.bundle, await acceptAddress(address, device.bundle, device.signer))),
    revoke: (device, by = whose.device) => say(by, revokeDeviceBody(hex(device.id))),
    caller: (device = whose.device, shown = frames()) => ({
      address,
      device: device.id,
      chain: shown,
      sign: (message) => device.signer.sign(message),
    }),
  };
}

export interface CallersWorld extends AuthorityWorld {
  /** An account that is attested to this person. */
  activated(whom: { name: string; nir: string; serial: string }, seed?: string): Promise<CallingAccount>;
  /** The routes of the authority, as `fetch` of the client. */
  readonly fetch: typeof fetch;
  challenge(): Promise<Bytes>;
  /** What is answered to a call that is honest but for what is changed, as status and JSON. */
  call(caller: Caller, change?: Partial<CallChange>): Promise<{ status: number; error?: string }>;
}

/** What somebody may change about a call: what is signed, what is sent, and from where. */
export interface CallChange {
  readonly path: string;
  readonly ask: string;
  readonly challenge: Bytes;
  readonly signed: Partial<Call>;
  readonly sent: Readonly<Record<string, unknown>>;
  readonly url: string;
  readonly from: string;
}

export async function callersWorld(options: Partial<AuthorityOptions> = {}): Promise<CallersWorld> {
  return withCallers(await authorityWorld(options));
}

/** The same over an authority that is there, as after a restart. */
export function withCallers(world: AuthorityWorld): CallersWorld {
  const { routes } = world.authority;
  const post = (url: string, path: string, body: string, from = '192.0.2.1') =>
    routes.request(
      `${url}${path}`,
      { method: 'POST', body, headers: { 'content-type': 'application/json' } },
      { incoming: { socket: { remoteAddress: from } } },
    );
  const challenge = async () => {
    const response = await post(URL_OF_AUTHORITY, AUTHORITY_PATHS.challenge, '{}');
    const json = (await response.json()) as { challenge: string };
    return new Uint8Array(Buffer.from(json.challenge, 'base64url'));
  };

  return {
    ...world,
    challenge,
    fetch: async (input, init) =>
      routes.fetch(new Request(input, init), { incoming: { socket: { remoteAddress: '192.0.2.1' } } }),

    async activated({ name, nir, serial }, seed = 'one') {
      const code = (await world.authority.issueCode(nir)) ?? 'nobody';
      const account = await callingAccount(name, seed);
      const claim = await activation(account, { code, nir, serial });
      const answer = await world.activate(claim, { ...claim, sign: () => claim.signature });
      if (typeof answer === 'string') throw new Error(answer);
      return account;
    },

    async call(caller, change = {}) {
      const { path = AUTHORITY_PATHS.children, ask = '{}', url = URL_OF_AUTHORITY } = change;
      const fresh = change.challenge ?? (await challenge());
      const { address, device, chain } = caller;
      const call = { challenge: fresh, origin: HOST, path, address, asked: sha256(utf8(ask)) };
      const signature = await caller.sign(callerMessage({ ...call, ...change.signed }));
      const sent = { address, challenge: fresh, device, chain, signature, ...change.sent };
      const response = await post(url, path, encodeBody({ caller: sent, ask }), change.from);
      const json = (await response.json()) as { error?: string };
      return { status: response.status, ...json };
    },
  };
}

/** What an account sends to be attested with a code. */
export async function activation(
  { root, genesis, address }: CallingAccount,
  typed: { code: string; nir: string; serial: string },
) {
  const { codeId, lookup } = await typeIn(typed);
  const key = await accountKey(root);
  const signature = await key.sign(activationMessage(lookup, address));
  return { codeId, lookup, address, genesis: encodeGenesis(genesis), signature };
}

/** What the pages would ask through the client of the app. */
export function asking({ fetch }: Pick<CallersWorld, 'fetch'>, url = URL_OF_AUTHORITY) {
  const client = createAuthorityClient({ url, fetch, clock: systemClock });
  const children = async (caller: Caller) => {
    const listed = await client.children(caller);
    if (!listed.ok) throw new Error(listed.error.type);
    return listed.value.children;
  };
  return {
    client,
    children,
    /** The first name of each child with what was opened of it. */
    standing: async (caller: Caller) =>
      Object.fromEntries((await children(caller)).map(({ firstName, opened }) => [firstName, opened])),
    handle: async (caller: Caller, name: string): Promise<Bytes> => {
      const found = (await children(caller)).find(({ firstName }) => firstName === name);
      if (!found) throw new Error(`no ${name}`);
      return found.child;
    },
  };
}

export { deviceNamed };
export type { Caller };
