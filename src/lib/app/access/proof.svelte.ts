/**
 * What the vault does only for who has shown a moment ago that they may: a page asks as always, the person is asked for the
 * password where that is wanted, and then it is done. One sheet for all of it (screens/access/ProveSheet.svelte).
 */
type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: { readonly type: string } };

interface Asking {
  readonly answered: Promise<boolean>;
  readonly settle: (proved: boolean) => void;
}

let asking = $state.raw<Asking>();

/** Whether the person is being asked now. */
export function isProving(): boolean {
  return asking !== undefined;
}

/** The person has shown it, or does not want to. */
export function endProof(proved: boolean): void {
  asking?.settle(proved);
  asking = undefined;
}

/** Does it; where the vault wants to know first who asks, asks the person, and does it then. `cancelled` when they would not. */
export async function proven<O extends Outcome>(
  act: () => Promise<O>,
): Promise<O | { readonly ok: false; readonly error: { readonly type: 'cancelled' } }> {
  const answer = await act();
  if (answer.ok || answer.error.type !== 'proof-needed') return answer;
  asking ??= ask();
  return (await asking.answered) ? act() : { ok: false, error: { type: 'cancelled' } };
}

function ask(): Asking {
  let settle: Asking['settle'] = () => undefined;
  const answered = new Promise<boolean>((resolve) => (settle = resolve));
  return { answered, settle };
}
