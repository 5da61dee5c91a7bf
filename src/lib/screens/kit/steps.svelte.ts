/** Where one stands in a journey of several questions. The step is kept by the browser, whose way back leads through them. */
import { tick } from 'svelte';
import { pushState, replaceState } from '$app/navigation';
import { page } from '$app/state';
import { focusHeading } from '#lib/ui/shared/focus.ts';

export class Steps<S extends string> {
  readonly #known: readonly [S, ...S[]];
  readonly #allowed: (wanted: S) => S;

  /** @param known from the first one on. @param allowed the step that may be shown when another one is asked for */
  constructor(known: readonly [S, ...S[]], allowed: (wanted: S) => S) {
    this.#known = known;
    this.#allowed = allowed;
    let shown: S | undefined;
    $effect(() => {
      const step = this.now;
      if (shown !== undefined && shown !== step)
        void tick().then(() => {
          scrollTo(0, 0);
          return focusHeading();
        });
      shown = step;
    });
  }

  get now(): S {
    return this.#allowed(this.#known.find((one) => one === page.state.step) ?? this.#known[0]);
  }

  show(step: S): void {
    pushState('', { step });
  }

  /** From here there is no way back to the question before. */
  end(step: S): void {
    replaceState('', { step });
  }
}
