/**
 * Adding a finger or a face: the password is looked at first, so that a slip of the hand leaves nothing behind on the device;
 * then the device is asked, then the vault.
 */
import type { Door, PasswordGiven, VaultError } from '#lib/vault/door/door.ts';
import { dropPasskey, makePasskey, wipe } from './passkeys.ts';

export class AddingPasskey {
  busy = $state(false);
  isWrongPassword = $state(false);
  /** The person closed the question of the device, or the device cannot do it. */
  problem = $state<'cancelled' | 'unable'>();
  error = $state.raw<VaultError>();
  readonly #door: Pick<Door, 'prove' | 'passkeys' | 'addPasskey'>;
  /** A password that was found right. Asked again at once after a cancelled question, a browser still sees the tap behind it. */
  #right: string | undefined;

  constructor(door: Pick<Door, 'prove' | 'passkeys' | 'addPasskey'>) {
    this.#door = door;
  }

  /** Answers whether it is there now. */
  async add(name: string, given: PasswordGiven): Promise<boolean> {
    this.busy = true;
    this.isWrongPassword = false;
    this.problem = this.error = undefined;
    try {
      return (await this.#isRight(given)) && (await this.#make(name, given));
    } finally {
      this.busy = false;
    }
  }

  async #isRight(given: PasswordGiven): Promise<boolean> {
    if (this.#right === given.password) return true;
    const answer = await this.#door.prove(given);
    if (answer.ok) this.#right = given.password;
    else this.#fail(answer.error);
    return answer.ok;
  }

  async #make(name: string, given: PasswordGiven): Promise<boolean> {
    const present = await this.#door.passkeys();
    const made = await makePasskey(present.ok ? present.value : []);
    if (!made.ok) {
      this.problem = made.problem;
      return false;
    }
    const answer = await this.#door.addPasskey({ ...given, name, ...made.value });
    wipe(made.value);
    if (answer.ok) return true;
    this.#fail(answer.error);
    await dropPasskey(made.value);
    return false;
  }

  #fail(error: VaultError): void {
    if (error.type === 'wrong-password') this.isWrongPassword = true;
    else this.error = error;
  }
}
