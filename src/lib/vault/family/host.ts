/**
 * Another guardian, in person: the side of who shares the record of a child (KID-12, KID-14). Joins by the code that the other
 * shows, compares the phrase, invites, and lets them in once they have accepted.
 *
 * Guarantees: nothing of the record leaves before the person has compared, and no key before the join stands at the relay; what
 * the other sent is checked before it becomes a word of this device; who is an owner already is only given the keys again, so that
 * what broke off can be done again.
 */
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { verify } from '#lib/crypto/signature.ts';
import type { Address } from '#lib/keys/address.ts';
import { deviceId } from '#lib/keys/device.ts';
import {
  hostAt,
  hostConfirms,
  hostHandsOver,
  hostInvites,
  hostReceives,
  linkKeys,
  parseLinkCode,
  startHost,
  type HostAnswered,
  type HostConfirmed,
  type HostState,
  type LinkStep,
} from '#lib/keys/link.ts';
import {
  decodeAnswer,
  encodeInvitation,
  encodeRecordKeys,
  type Accepted,
  type ChildAttested,
} from '#lib/keys/link/invitation.ts';
import { failed } from '#lib/keys/link/step.ts';
import { encodeLinkMessage } from '#lib/keys/link/messages.ts';
import { saidBy } from '#lib/keys/roster.ts';
import { encodeRosterBody, type Found } from '#lib/keys/roster-body.ts';
import { acceptanceBytes, ownerStatementBytes } from '#lib/keys/roster-words.ts';
import { identity as ofRecord, opening, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import type { Account } from '#lib/vault/account/account.ts';
import { OWN_RECORD, type LinkState, type VaultError } from '#lib/vault/door/door.ts';
import { problemOfEdit } from '#lib/vault/errors.ts';
import { talk, type Linking } from '#lib/vault/linking/driving.ts';
import type { OpenRecord } from '#lib/vault/record/open-record.ts';
import { declarationEdit } from '#lib/vault/spaces/guardians.ts';
import type { RosterSpace } from '#lib/vault/spaces/roster-space.ts';

/** Nobody answered under the code that was typed: it is not the one that is shown. */
const NOBODY_MS = 12_000;
/** How often it is looked whether the relay has what was written. */
const SENT_MS = 200;
/** Until other guardians can be asked from afar, a third one cannot be let in: it takes the other's word (docs/protocol.md). */
const MOST_OWNERS = 2;

type Step = LinkStep<HostState>;

export async function shareAsGuardian(input: {
  readonly account: Account;
  readonly record: OpenRecord;
  readonly code: string;
  readonly show: (state: LinkState) => void;
}): Promise<Result<Linking, VaultError>> {
  const { account, record, show } = input;
  const { env, spaces } = account;
  const parsed = parseLinkCode(input.code, 'guardian');
  if (!parsed.ok) return parsed;
  const found = foundingOf(record.space);
  if (record.id === OWN_RECORD || !found) return fail({ type: 'call-refused' });
  const { owners, stands } = record.space.roster();
  const { address, owner } = account.identity();
  if (!owners.has(address) || !stands(hex(spaces.device.id))) return fail({ type: 'device-revoked' });
  const engine = await account.online();
  if (!engine) return fail({ type: 'relay-unreachable' });
  const host = new Host(account, record, found, show);
  const first = startHost({
    ...{ device: spaces.device, address, name: `${owner.firstName} ${owner.lastName}` },
    ...{ random: env.random, now: env.clock.now() },
  });
  const driven = talk<HostState>({
    ...{ env, engine, keys: await linkKeys(parsed.value, 'guardian'), creates: false, first },
    ...{ receive: hostReceives, confirm: hostConfirms, at: hostAt },
    entered: (state) => host.entered(state),
  });
  env.clock.setTimer(NOBODY_MS, () => {
    if (driven.state().type !== 'listening') return;
    driven.cancel();
    show({ type: 'failed', error: { type: 'link-code-wrong' } });
  });
  return ok({
    confirm: (same) => driven.confirm(same),
    cancel() {
      host.isGivenUp = true;
      driven.cancel();
    },
  });
}

class Host {
  isGivenUp = false;
  readonly #account: Account;
  readonly #record: OpenRecord;
  readonly #found: Found;
  readonly #show: (state: LinkState) => void;
  readonly #heads: readonly string[];
  /** Why it is over, where this side knows better than the talk. */
  #problem: VaultError | null = null;

  constructor(account: Account, record: OpenRecord, found: Found, show: (state: LinkState) => void) {
    this.#account = account;
    this.#record = record;
    this.#found = found;
    this.#show = show;
    this.#heads = record.space.roster().heads;
  }

  async entered(state: HostState): Promise<Step | null> {
    const show = this.#show;
    switch (state.type) {
      case 'compare':
        show({ type: 'compare', phrase: state.phrase, peerName: state.peerName });
        return null;
      case 'confirmed':
        return this.#invite(state);
      case 'inviting':
        show({ type: 'asked' });
        return null;
      case 'answered':
        return this.#letIn(state);
      case 'done':
        show({ type: 'done', record: this.#record.id });
        return null;
      case 'failed':
        show({ type: 'failed', error: this.#problem ?? state.error });
        if (state.error.type === 'link-intercepted') await this.#account.warnings.onForeignKeys();
        return null;
      default:
        return null;
    }
  }

  async #invite(state: HostConfirmed): Promise<Step> {
    const { env } = this.#account;
    const held = this.#record.space.replica.record().entries;
    const { firstName, lastName } = this.#account.identity().owner;
    const child = held.get(ofRecord.id)?.get(SINGLE_ENTRY)?.fields ?? {};
    const text = (name: string): string => String(child[name] ?? '');
    const invitation = encodeInvitation({
      found: this.#found,
      inviter: { firstName, lastName },
      child: { firstName: text('firstName'), lastName: text('lastName'), birthDate: text('birthDate') },
      heads: this.#heads,
      attested: this.#found.authority ? attestedIn(held.get(opening.id)?.get(SINGLE_ENTRY)?.fields) : null,
    });
    return hostInvites(state, invitation, env.clock.now());
  }

  async #letIn(state: HostAnswered): Promise<Step> {
    const answer = decodeAnswer(state.payload);
    if (answer?.type === 'declined') return this.#end({ type: 'invitation-declined' });
    if (!answer) return this.#end({ type: 'link-refused' });
    const { space } = this.#record;
    const isDevice = await this.#isDeviceOf(state, answer);
    if (!isDevice.ok) return this.#end(isDevice.error);
    const isOwner = space.roster().owners.has(answer.address);
    const joined = isOwner ? ok() : await this.#join(state, answer);
    if (!joined.ok) return this.#end(joined.error);
    const granted = await space.grant(answer.address);
    if (!granted.ok) return this.#end(problemOfEdit(granted.error));
    this.#account.wake();
    await this.#sent();
    if (this.isGivenUp) return this.#end({ type: 'cancelled' });
    return hostHandsOver(state, encodeRecordKeys(space.secrets()), this.#account.env.random);
  }

  /** Whoever the phrase has shown speaks for the address that they name, and it is not one's own. */
  async #isDeviceOf({ pair }: HostAnswered, { address, chain }: Accepted): Promise<Result<void, VaultError>> {
    const { space } = this.#record;
    if (address === this.#account.identity().address) return fail({ type: 'link-refused' });
    const known = await space.replica.takeChain(address, chain);
    if (!known.ok) return fail(problemOfEdit(known.error));
    const isActive = known.value && space.chain(address)?.active.has(hex(deviceId(pair.peer)));
    return isActive ? ok() : fail({ type: 'link-refused' });
  }

  /** The join, and with it that the person has declared (KID-14). */
  async #join({ pair }: HostAnswered, answer: Accepted): Promise<Result<void, VaultError>> {
    const { space } = this.#record;
    const { address, acceptance, statement } = answer;
    const device = deviceId(pair.peer);
    if (space.roster().owners.size >= MOST_OWNERS) return fail({ type: 'guardian-needs-other' });
    const joining = { space: space.id, address, heads: this.#heads };
    const isAccepted = await verify(pair.peer.signing, acceptanceBytes(joining), acceptance);
    if (!isAccepted || !(await this.#isStated(address, statement))) return fail({ type: 'link-refused' });
    const body = encodeRosterBody({
      ...{ type: 'join', address, device: hex(device), heads: this.#heads, acceptance, statement },
      consents: [], // that of who says it is the join itself
    });
    const said = await space.replica.control(body);
    if (!said.ok) return fail(problemOfEdit(said.error));
    // Somebody came or went while they talked: it is good for no other roster.
    if (!space.roster().owners.has(address)) return fail({ type: 'link-refused' });
    const { clock } = this.#account.env;
    const own = this.#account.identity().address;
    const declared = await space.replica.edit([declarationEdit(address, own, clock.now())]);
    return declared.ok ? ok() : fail(problemOfEdit(declared.error));
  }

  async #isStated(address: Address, statement: Accepted['statement']): Promise<boolean> {
    const { authority } = this.#found;
    if (!authority) return statement === null;
    const message = ownerStatementBytes(this.#record.space.id, address);
    return statement !== null && verify(authority, message, statement);
  }

  /** However long the relay is away: what the join says is not taken back. */
  async #sent(): Promise<void> {
    const { clock } = this.#account.env;
    const { replica } = this.#record.space;
    while (!this.isGivenUp && replica.unsent() > 0)
      await new Promise<void>((resolve) => void clock.setTimer(SENT_MS, resolve));
  }

  #end(problem: VaultError): Step {
    this.#problem = problem;
    return { state: failed('link-refused'), send: [encodeLinkMessage({ type: 'refuse' })] };
  }
}

/** What founds the record; null until it has arrived. */
function foundingOf(space: RosterSpace): Found | null {
  for (const { inner } of space.replica.controls()) {
    const body = saidBy(inner)?.body;
    if (body?.type === 'found') return body;
  }
  return null;
}

function attestedIn(fields: Readonly<Record<string, unknown>> = {}): ChildAttested | null {
  const read = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' ? fromBase64url(value) : null;
  };
  const [statement, salt] = [read('statement'), read('salt')];
  return statement?.length === 170 && salt?.length === 32 ? { statement, salt } : null;
}
