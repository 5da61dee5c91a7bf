/**
 * A recovery kit that somebody has in hand, until the vault has answered what it is good for. The words stand here alone:
 * in no address, no storage and no history, and they are forgotten when they are no longer needed.
 */
import { KIT_LENGTH } from '#lib/credentials/kit-length.ts';
import type { Answer, KitGiven, VaultError } from '#lib/vault/door/door.ts';

const blank = (): string[] => Array.from({ length: KIT_LENGTH }, () => '');

export class GivenKit<T> {
  /** As typed, each in its field. */
  words = $state(blank());
  busy = $state(false);
  error = $state.raw<VaultError>();
  /** What the vault said to the kit that was given last. */
  answered = $state.raw<T>();
  readonly #ask: (kit: KitGiven) => Answer<T>;
  #asked = 0;

  /** @param ask what the kit is given for */
  constructor(ask: (kit: KitGiven) => Answer<T>) {
    this.#ask = ask;
  }

  /** Positions, from 1, that the vault knows no word for. */
  get refused(): readonly number[] {
    return this.error?.type === 'kit-words-wrong' ? this.error.positions : [];
  }

  write(index: number, word: string): void {
    this.words[index] = word;
  }

  giveWords(): Promise<boolean> {
    return this.#give({ words: this.words.join(' ') });
  }

  giveQr(text: string): Promise<boolean> {
    return this.#give({ qr: text });
  }

  /** What is asked is no longer waited for. Every word stays. */
  stopWaiting(): void {
    this.#asked += 1;
    this.busy = false;
  }

  /** The kit has done its part. */
  forget(): void {
    this.stopWaiting();
    this.words = blank();
    this.error = undefined;
  }

  async #give(kit: KitGiven): Promise<boolean> {
    this.#asked += 1;
    const mine = this.#asked;
    this.busy = true;
    this.error = undefined;
    this.answered = undefined;
    const answer = await this.#ask(kit);
    if (mine !== this.#asked) return false;
    this.busy = false;
    if (answer.ok) this.answered = answer.value;
    else if (answer.error.type !== 'cancelled') this.error = answer.error;
    return answer.ok;
  }
}
