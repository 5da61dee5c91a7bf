/** Where one stands in the activation. The step is kept by the browser, whose way back leads through the questions. */
import { tick } from 'svelte';
import { goto, pushState, replaceState } from '$app/navigation';
import { page } from '$app/state';
import { Activation, type Step, STEPS } from '#lib/app/entry/activation.svelte.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import { homeOf } from '#lib/app/session/where.ts';
import { focusHeading } from '#lib/ui/shared/focus.ts';

export class ActivationJourney {
  readonly flow: Activation;

  constructor(session: Session) {
    this.flow = new Activation(session.door);
    // Where one stands when the page opens; what happens afterwards belongs to the journey itself.
    let entered = false;
    $effect(() => {
      if (entered || !session.status) return;
      entered = true;
      if (session.status.type === 'activating') void this.flow.resume();
      // Beside a carnet that is locked here another one may begin, for somebody who says so.
      else if (session.status.type === 'locked' && page.url.searchParams.has('autre')) return;
      else if (session.status.type !== 'empty') void goto(homeOf(session.status), { replaceState: true });
    });

    let shown: Step | undefined;
    $effect(() => {
      const { step } = this;
      if (shown !== undefined && shown !== step)
        void tick().then(() => {
          scrollTo(0, 0);
          return focusHeading();
        });
      shown = step;
    });
  }

  get step(): Step {
    return this.flow.allowed(STEPS.find((known) => known === page.state.step) ?? 'intro');
  }

  /** Which of its parts the step belongs to. */
  get part(): 'resume' | 'card' | 'account' | 'kit' {
    if (this.flow.resuming) return 'resume';
    const number = STEPS.indexOf(this.step);
    if (number <= STEPS.indexOf('serial')) return 'card';
    return number <= STEPS.indexOf('credentials') ? 'account' : 'kit';
  }

  show(next: Step): void {
    this.flow.error = undefined;
    // What lies behind the keys cannot be gone back to.
    if (next === 'kit' || next === 'done') replaceState('', { step: next });
    else pushState('', { step: next });
  }

  async then(done: Promise<boolean>, next: Step): Promise<boolean> {
    const good = await done;
    if (good) this.show(next);
    return good;
  }
}
