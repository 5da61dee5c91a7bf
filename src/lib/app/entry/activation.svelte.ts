/**
 * The activation, from the provisional code to the confirmed recovery kit: the answers given so far and what the vault
 * said to them. Nothing is stored before the keys exist; once they do, the earlier questions are closed.
 */
import type { VitaleType } from '#lib/credentials/vitale.ts';
import type { Answer, Door, Enrolment, Kit, VaultError } from '#lib/vault/door/door.ts';
import { keepDurably } from '#lib/app/session/durability.ts';

export const STEPS = [
  'intro',
  'code',
  'card',
  'nir',
  'serial',
  'identity',
  'terms',
  'credentials',
  'kit',
  'confirm',
  'done',
] as const;

export type Step = (typeof STEPS)[number];

export class Activation {
  code = $state('');
  card = $state<VitaleType>();
  nir = $state('');
  serial = $state('');
  accepted = $state(false);
  enrolment = $state.raw<Enrolment>();
  identifiant = $state<string>();
  kit = $state.raw<Kit>();
  done = $state(false);
  busy = $state(false);
  error = $state.raw<VaultError>();
  wrongWords = $state.raw<readonly number[]>([]);
  /** The keys exist, but this page was loaded anew: the password is needed to show the kit. */
  resuming = $state(false);
  readonly #door: Door;
  #asked = 0;

  constructor(door: Door) {
    this.#door = door;
  }

  /** The step that may be shown when `wanted` is asked for: no question before its turn, none after the keys exist. */
  allowed(wanted: Step): Step {
    if (this.done) return 'done';
    if (this.kit) return wanted === 'confirm' ? 'confirm' : 'kit';
    if (this.resuming) return 'credentials';
    return STEPS.slice(0, STEPS.indexOf(wanted) + 1).find((step) => !this.#answered(step)) ?? wanted;
  }

  /** ACT-11: the three answers are sent off together. */
  async enrol(): Promise<boolean> {
    const { code, nir, serial } = this;
    const answer = await this.#ask(this.#door.enrol({ code, nir, serial }));
    if (answer.ok) this.enrolment = answer.value;
    return answer.ok;
  }

  /** What is being looked for is no longer waited for. Every answer of the person stays. */
  stopWaiting(): void {
    this.#asked++;
    this.busy = false;
  }

  /** ACT-26: makes the keys on this device. */
  async activate(chosen: { identifiant: string; password: string; deviceName: string }): Promise<boolean> {
    const answer = await this.#ask(this.#door.activate(chosen));
    if (answer.ok) {
      this.identifiant = chosen.identifiant;
      this.kit = answer.value;
    }
    return answer.ok;
  }

  /** After a reload between the keys and the kit. */
  async resume(): Promise<void> {
    const [answer, identifiant] = await Promise.all([this.#door.kit(), this.#door.identifiant()]);
    if (identifiant.ok) this.identifiant = identifiant.value ?? undefined;
    if (answer.ok) this.kit = answer.value;
    else this.resuming = true;
  }

  async unlockToResume(credentials: { identifiant: string; password: string }): Promise<boolean> {
    const answer = await this.#ask(this.#door.unlock(credentials));
    if (!answer.ok) return false;
    const kit = await this.#ask(this.#door.kit());
    if (!kit.ok) return false;
    this.identifiant = credentials.identifiant;
    this.kit = kit.value;
    this.resuming = false;
    return true;
  }

  async confirm(words: readonly [string, string, string]): Promise<boolean> {
    const answer = await this.#ask(this.#door.confirmKit(words));
    this.wrongWords = !answer.ok && answer.error.type === 'kit-words-wrong' ? answer.error.positions : [];
    if (!answer.ok) return false;
    void keepDurably();
    this.done = true;
    this.kit = undefined;
    return true;
  }

  #answered(step: Step): boolean {
    switch (step) {
      case 'intro':
      case 'identity':
        return true;
      case 'code':
        return this.code !== '';
      case 'card':
        return this.card !== undefined;
      case 'nir':
        return this.nir !== '';
      case 'serial':
        return this.enrolment !== undefined;
      case 'terms':
        return this.accepted;
      case 'credentials':
      case 'kit':
      case 'confirm':
      case 'done':
        return false;
    }
  }

  async #ask<T>(asked: Answer<T>): Answer<T> {
    const mine = ++this.#asked;
    this.busy = true;
    this.error = undefined;
    const answer = await asked;
    if (mine !== this.#asked) return { ok: false, error: { type: 'cancelled' } };
    this.busy = false;
    if (!answer.ok) this.error = answer.error;
    return answer;
  }
}
