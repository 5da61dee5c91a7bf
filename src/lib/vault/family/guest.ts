/**
 * Another guardian, in person: the side of who joins the record of a child (KID-12). Shows a code, then the phrase, then who
 * invites to whose record; accepting lists the record in this account.
 *
 * Guarantees: nothing is signed, and nothing asked of the authority, before the person has accepted; the authority's word for the
 * record is checked before it is shown; keys and record are listed in one write, or not at all; the same again, after something
 * broke off, ends where it would have.
 */
import { equal, hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { verify } from '#lib/crypto/signature.ts';
import { epochId } from '#lib/keys/epoch.ts';
import {
  createLinkCode,
  displayedLinkCode,
  guestAnswers,
  guestAt,
  guestConfirms,
  guestReceives,
  linkKeys,
  startGuest,
  type GuestInvited,
  type GuestState,
  type LinkStep,
} from '#lib/keys/link.ts';
import {
  decodeInvitation,
  decodeRecordKeys,
  encodeAnswer,
  type Invitation,
} from '#lib/keys/link/invitation.ts';
import { encodeRosterBody, spaceIdOf } from '#lib/keys/roster-body.ts';
import { acceptJoin } from '#lib/keys/roster-words.ts';
import { verifyChildRecord } from '#lib/protocol/child-record.ts';
import type { Account } from '#lib/vault/account/account.ts';
import type { LinkState, RecordId, VaultError } from '#lib/vault/door/door.ts';
import { authorityKey, authorityOf, authorityProblem } from '#lib/vault/entry/authority.ts';
import { problemOfEdit } from '#lib/vault/errors.ts';
import { talk, type Driven, type Linking } from '#lib/vault/linking/driving.ts';
import { spaceEdit } from '#lib/vault/spaces/founding.ts';
import { epochEdit } from '#lib/vault/spaces/keyring.ts';
import { callerOf, shownChain } from './caller.ts';

type Step = LinkStep<GuestState>;

export async function joinAsGuardian(
  account: Account,
  show: (state: LinkState) => void,
): Promise<Result<Linking, VaultError>> {
  if (account.isFull()) return fail({ type: 'records-full' });
  const engine = await account.online();
  if (!engine) return fail({ type: 'relay-unreachable' });
  const { env } = account;
  const code = createLinkCode(env.random);
  const guest = new Guest(account, show);
  const first = startGuest({
    ...{ device: account.spaces.device, name: guest.name(), random: env.random, now: env.clock.now() },
  });
  if (first.state.type === 'waiting')
    show({ type: 'waiting', code: displayedLinkCode(code), expiresAt: first.state.expiresAt });
  const driven: Driven<GuestState> = talk<GuestState>({
    ...{ env, engine, keys: await linkKeys(code, 'guardian'), creates: true, first },
    ...{ receive: guestReceives, confirm: guestConfirms, at: guestAt },
    entered: (state) => guest.entered(state),
  });
  return ok({
    confirm: (same) => driven.confirm(same),
    cancel: () => driven.cancel(),
    answer: (accept) =>
      driven.act((state) => (state.type === 'invited' ? guest.answer(state, accept) : { state, send: [] })),
  });
}

/** What the person was shown, and what it takes to answer. */
class Guest {
  readonly #account: Account;
  readonly #show: (state: LinkState) => void;
  #invitation: Invitation | null = null;
  /** Why it is over, where this side knows better than the talk. */
  #problem: VaultError | null = null;

  constructor(account: Account, show: (state: LinkState) => void) {
    this.#account = account;
    this.#show = show;
  }

  name(): string {
    const { firstName, lastName } = this.#account.identity().owner;
    return `${firstName} ${lastName}`;
  }

  async entered(state: GuestState): Promise<Step | null> {
    const show = this.#show;
    switch (state.type) {
      case 'compare':
        show({ type: 'compare', phrase: state.phrase, peerName: state.peerName });
        return null;
      case 'invited':
        return this.#invited(state);
      case 'accepted':
        show({ type: 'syncing', done: 0, total: 1 });
        return null;
      case 'declined':
        show({ type: 'failed', error: { type: 'cancelled' } });
        return null;
      case 'failed':
        show({ type: 'failed', error: this.#problem ?? state.error });
        if (state.error.type === 'link-intercepted') await this.#account.warnings.onForeignKeys();
        return null;
      case 'done': {
        const listed = await this.#list(state.payload);
        show(listed.ok ? { type: 'done', record: listed.value } : { type: 'failed', error: listed.error });
        return null;
      }
      default:
        return null;
    }
  }

  /** @returns the step by which the other side hears of it */
  async answer(state: GuestInvited, accept: boolean): Promise<Step> {
    const { env } = this.#account;
    const declined = encodeAnswer({ type: 'declined' });
    if (!accept) return guestAnswers(state, { accepted: false, payload: declined }, env.random);
    const accepted = await this.#accept();
    return accepted.ok
      ? guestAnswers(state, { accepted: true, payload: accepted.value }, env.random)
      : this.#giveUp(state, accepted.error);
  }

  async #invited(state: GuestInvited): Promise<Step | null> {
    const invitation = decodeInvitation(state.payload);
    const refused = invitation ? await this.#refusalOf(invitation) : ({ type: 'link-refused' } as const);
    if (!invitation || refused) return this.#giveUp(state, refused ?? { type: 'link-refused' });
    this.#invitation = invitation;
    const { inviter: from, child, attested } = invitation;
    this.#show({ type: 'invitation', from, child, attested: attested !== null });
    return null;
  }

  /** A roster is believed whose authority this account knows, and whose child that authority has named. */
  async #refusalOf({ found, attested, child }: Invitation): Promise<VaultError | null> {
    if (found.kind !== 'record') return { type: 'link-refused' };
    if (found.authority === null) return attested ? { type: 'link-refused' } : null;
    const key = authorityKey(this.#account.spaces.account.replica.record().entries);
    if (!key || !attested || !equal(found.authority, key)) return { type: 'authority-untrusted' };
    const space = spaceIdOf(encodeRosterBody(found));
    const { statement, salt: identitySalt } = attested;
    const expected = { authorityKey: key, space, address: null, child, identitySalt };
    const isOurs = await verifyChildRecord(statement, expected, { sha256, verify });
    return isOurs ? null : { type: 'authority-untrusted' };
  }

  /** The answer, with all that the join needs. */
  async #accept(): Promise<Result<Uint8Array<ArrayBuffer>, VaultError>> {
    const { spaces, env, identity } = this.#accountParts();
    const { found, heads } = this.#invitation!;
    const space = spaceIdOf(encodeRosterBody(found));
    const { address, owner } = identity;
    let statement: Uint8Array<ArrayBuffer> | null = null;
    if (found.authority) {
      const authority = await authorityOf(env);
      if (!authority) return fail({ type: 'authority-unreachable' });
      const answer = await authority.guardian(callerOf(this.#account), { space });
      if (!answer.ok) return fail(authorityProblem(answer.error));
      statement = answer.value.statement;
    }
    const acceptance = await acceptJoin({ space, address, heads }, spaces.device.signer);
    const chain = shownChain(spaces);
    const { firstName, lastName } = owner;
    return ok(encodeAnswer({ type: 'accepted', address, firstName, lastName, acceptance, statement, chain }));
  }

  /** One write: on every device of the account the record is there with its keys, or is not. */
  async #list(payload: Uint8Array<ArrayBuffer>): Promise<Result<RecordId, VaultError>> {
    const { spaces, identity } = this.#accountParts();
    const epochs = decodeRecordKeys(payload);
    const { found } = this.#invitation!;
    if (!epochs?.some((one) => one.epoch === 0 && hex(epochId(one)) === found.id))
      return fail({ type: 'link-refused' });
    const space = spaceIdOf(encodeRosterBody(found));
    const listed = await spaces.account.replica.edit([
      ...epochs.map((one) => epochEdit(space, one)),
      spaceEdit(space, 'record', identity.address),
    ]);
    if (!listed.ok) return fail(problemOfEdit(listed.error));
    const id = await this.#account.listed(space, this.#invitation!.child);
    return id === null ? fail({ type: 'records-full' }) : ok(id);
  }

  #accountParts() {
    const { spaces, env } = this.#account;
    return { spaces, env, identity: this.#account.identity() };
  }

  #giveUp(state: GuestInvited, problem: VaultError): Step {
    this.#problem = problem;
    return guestConfirms(state, false, this.#account.env.clock.now());
  }
}
