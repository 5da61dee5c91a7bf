/**
 * Linking a device, seen from either side: the new one that shows a code, the open one that joins by it. The vault tells
 * the states; this keeps the errors of the calls and how long a code is still good.
 */
import type { Answer, LinkState, VaultError } from '#lib/vault/door/door.ts';
import { proven } from '#lib/app/access/proof.svelte.ts';
import { keepDurably } from '#lib/app/session/durability.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';

export class Linking {
  /** Begun here; the other device has not been heard of yet. */
  #begun = $state(false);
  /** "Identical" was said here; the other side has not answered yet. */
  confirmed = $state(false);
  /** An invitation was accepted; what follows from it has not come yet. */
  answered = $state(false);
  #refused = $state.raw<VaultError>();
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    session.link = undefined;
  }

  get state(): LinkState | undefined {
    return this.#session.link;
  }

  /** What went wrong, of the call just made or of the linking under way. */
  get error(): VaultError | undefined {
    const state = this.state;
    return this.#refused ?? (state?.type === 'failed' ? state.error : undefined);
  }

  get busy(): boolean {
    return this.#begun && !this.state && !this.error;
  }

  /** This device is the new one. */
  show(chosen: { identifiant: string; password: string; deviceName: string }): Promise<boolean> {
    return this.#begin(this.#session.door.linkThisDevice(chosen));
  }

  /** This device is open and lets another in. */
  join(code: string): Promise<boolean> {
    return this.#proven(() => this.#session.door.linkOtherDevice({ code }));
  }

  /** This person is to hold the record of a child beside their other guardian (KID-12). */
  joinRecord(): Promise<boolean> {
    return this.#begin(this.#session.door.joinRecord());
  }

  /** The record that is shown is shared with the child's other guardian, whom the person has declared to be one (KID-14). */
  share(code: string): Promise<boolean> {
    return this.#proven(() => this.#session.here.shareRecord({ code, declared: true }));
  }

  /** To an invitation. */
  async answer(accept: boolean): Promise<void> {
    this.answered = accept;
    const answer = await this.#session.door.answerInvitation(accept);
    if (!answer.ok) this.#refused = answer.error;
    else if (accept) void keepDurably();
  }

  async #proven(call: () => Answer<void>): Promise<boolean> {
    this.#refused = undefined;
    const may = await proven(() => this.#session.door.checkProof());
    if (may.ok) return this.#begin(call());
    if (may.error.type !== 'cancelled') this.#refused = may.error;
    return false;
  }

  async confirm(same: boolean): Promise<void> {
    this.confirmed = same;
    const answer = await this.#session.door.confirmLink(same);
    if (!answer.ok) this.#refused = answer.error;
    else if (same) void keepDurably();
  }

  /** Back to the beginning; a linking under way is ended. */
  async cancel(): Promise<void> {
    const under = this.busy || (this.state && this.state.type !== 'done' && this.state.type !== 'failed');
    this.#session.link = undefined;
    this.#refused = undefined;
    this.confirmed = false;
    this.answered = false;
    this.#begun = false;
    if (under) await this.#session.door.cancelLink();
  }

  async #begin(call: Answer<void>): Promise<boolean> {
    this.#session.link = undefined;
    this.#begun = true;
    this.#refused = undefined;
    this.confirmed = false;
    this.answered = false;
    const answer = await call;
    // What the person has given up since is no news to them.
    if (!answer.ok && answer.error.type !== 'cancelled') this.#refused = answer.error;
    return answer.ok;
  }
}
