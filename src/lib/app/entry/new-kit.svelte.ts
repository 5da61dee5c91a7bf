/** A new recovery kit in the place of the old one: nothing has changed until its three words are confirmed. */
import type { Door, Kit, VaultError } from '#lib/vault/door/door.ts';
import { GivenKit } from './given-kit.svelte.ts';

export const NEW_KIT_STEPS = ['about', 'way', 'words', 'camera', 'file', 'kit', 'confirm', 'done'] as const;

export type NewKitStep = (typeof NEW_KIT_STEPS)[number];

export class NewKitFlow {
  /** The old one. */
  readonly given: GivenKit<Kit>;
  busy = $state(false);
  error = $state.raw<VaultError>();
  wrongWords = $state.raw<readonly number[]>([]);
  done = $state(false);
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
    this.given = new GivenKit((kit) => door.newKit({ kit }));
  }

  /** The new one, which holds once it is confirmed. */
  get kit(): Kit | undefined {
    return this.given.answered;
  }

  allowed(wanted: NewKitStep): NewKitStep {
    if (this.done) return 'done';
    const needsKit = NEW_KIT_STEPS.indexOf(wanted) >= NEW_KIT_STEPS.indexOf('kit');
    return (needsKit && !this.kit) || wanted === 'done' ? 'about' : wanted;
  }

  async confirm(words: readonly [string, string, string]): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    const answer = await this.#door.confirmNewKit(words);
    this.busy = false;
    this.wrongWords = !answer.ok && answer.error.type === 'kit-words-wrong' ? answer.error.positions : [];
    if (answer.ok) {
      this.done = true;
      this.given.answered = undefined;
      this.given.forget();
    } else if (answer.error.type !== 'kit-words-wrong') this.error = answer.error;
    return answer.ok;
  }
}
