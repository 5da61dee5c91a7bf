/** Adding the profile of a child (KID-04…07): who can be chosen, what was chosen, and what became of each. */
import type { Answer, ChildFound, ChildOpened, Door, RecordId, VaultError } from '#lib/vault/door/door.ts';

/** A child that is in no file, as the person names them. */
export interface NamedChild {
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: string;
}

export interface Outcome {
  readonly name: string;
  readonly record: RecordId | null;
  readonly error: VaultError | null;
}

export class AddingProfiles {
  /** Undefined while the authority is asked. */
  children = $state.raw<readonly ChildFound[]>();
  chosen = $state<Record<string, boolean>>({});
  busy = $state(false);
  error = $state.raw<VaultError>();
  outcomes = $state.raw<readonly Outcome[]>();
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  get handles(): string[] {
    return (this.children ?? []).map(({ child }) => child).filter((child) => this.chosen[child]);
  }

  async ask(): Promise<void> {
    this.children = undefined;
    this.outcomes = undefined;
    this.error = undefined;
    const answer = await this.#door.children();
    if (answer.ok) this.children = answer.value;
    else this.error = answer.error;
  }

  /** Whether anything came of it. */
  open(): Promise<boolean> {
    return this.#during(async () => {
      const answer = await this.#door.openChildren({ children: this.handles, certified: true });
      if (!answer.ok) return answer;
      return { ok: true, value: answer.value.map((one) => this.#outcomeOf(one)) };
    });
  }

  openUnattested(child: NamedChild): Promise<boolean> {
    return this.#during(async () => {
      const answer = await this.#door.openUnattested({ ...child, certified: true });
      if (!answer.ok) return answer;
      return { ok: true, value: [{ name: child.firstName, record: answer.value, error: null }] };
    });
  }

  async #during(act: () => Answer<readonly Outcome[]>): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    const answer = await act();
    this.busy = false;
    if (answer.ok) this.outcomes = answer.value;
    else this.error = answer.error;
    return answer.ok;
  }

  #outcomeOf(one: ChildOpened): Outcome {
    const name = (this.children ?? []).find(({ child }) => child === one.child)?.firstName ?? '';
    return 'record' in one
      ? { name, record: one.record, error: null }
      : { name, record: null, error: one.error };
  }
}
