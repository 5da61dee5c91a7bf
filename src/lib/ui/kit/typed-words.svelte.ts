/** The words of a kit while they are typed: how many stand, and which are not in the list. */
import { SvelteSet } from 'svelte/reactivity';
import { kit as t } from '#lib/i18n/kit.ts';
import type { WordHelp } from './word-help.ts';

interface Fields {
  readonly get: () => readonly string[];
  readonly set: (index: number, word: string) => void;
}

export class TypedWords {
  /** The list, once it is there. */
  help = $state.raw<WordHelp>();
  /** The person said that this is all: what is missing is told. */
  tried = $state(false);
  /** How many words more were pasted than a kit has. */
  surplus = $state(0);
  readonly #left = new SvelteSet<number>();
  readonly #fields: Fields;
  readonly #helping: Promise<WordHelp | undefined>;

  constructor(
    fields: Fields,
    load: () => Promise<WordHelp> = async () => (await import('./word-help.ts')).help,
  ) {
    this.#fields = fields;
    // Without the list the words are typed without help, and the vault says which it does not know.
    this.#helping = load().then(
      (help) => (this.help = help),
      () => undefined,
    );
  }

  get known(): number {
    return this.#fields.get().filter((word) => this.#stands(word)).length;
  }

  get isComplete(): boolean {
    return this.#fields.get().every((word) => this.#stands(word));
  }

  write(index: number, word: string): void {
    if (word === this.#fields.get()[index]) return;
    this.#fields.set(index, word);
    this.#left.delete(index);
  }

  leave(index: number): void {
    this.#left.add(index);
  }

  /** What is to be said of a word; nothing while it is being written. */
  errorOf(index: number, refused: readonly number[]): string | undefined {
    const word = this.#fields.get()[index] ?? '';
    const position = index + 1;
    if (word.trim() === '') return this.tried ? t('wordMissing', { position }) : undefined;
    const isUnknown = this.help ? !this.#stands(word) : refused.includes(position);
    return isUnknown && this.#left.has(index) ? t('wordUnknown', { position }) : undefined;
  }

  /** Several words, from one field on; a whole kit from the first. Answers where one goes on. */
  async spread(from: number, text: string): Promise<number> {
    const help = await this.#helping;
    const words = help?.split(text) ?? text.split(/\s+/).filter((word) => word !== '');
    const { length } = this.#fields.get();
    const first = words.length >= length ? 0 : from;
    const taken = words.slice(0, length - first);
    for (const [offset, word] of taken.entries()) {
      this.write(first + offset, help?.find(word) ?? word);
      this.leave(first + offset);
    }
    this.surplus = words.length - taken.length;
    return first + taken.length;
  }

  /** Without the list, whatever is written. */
  #stands(word: string): boolean {
    return this.help ? this.help.find(word) !== null : word.trim() !== '';
  }
}
