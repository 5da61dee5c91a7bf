/** The way back by the kit, as a journey through its questions. */
import { goto } from '$app/navigation';
import { RECOVERY_STEPS, RecoveryFlow, type RecoveryStep } from '#lib/app/entry/recovery.svelte.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import { homeOf } from '#lib/app/session/where.ts';
import { Steps } from '#lib/screens/kit/steps.svelte.ts';

export class RecoveryJourney {
  readonly flow: RecoveryFlow;
  readonly steps: Steps<RecoveryStep>;

  constructor(session: Session) {
    this.flow = new RecoveryFlow(session.door);
    this.steps = new Steps(RECOVERY_STEPS, (wanted) => this.flow.allowed(wanted));
    // For a device that has no account or a locked one; where the journey itself opens it, one stays.
    let entered = false;
    $effect(() => {
      if (entered || !session.status) return;
      entered = true;
      if (session.status.type === 'unlocked' || session.status.type === 'activating')
        void goto(homeOf(session.status), { replaceState: true });
    });
    $effect(() => () => this.flow.stop());
  }

  get step(): RecoveryStep {
    return this.steps.now;
  }
}
