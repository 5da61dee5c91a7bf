/** The calls that the leading tab's vault is at, its own page's and other tabs'. */
import { fail } from '#lib/bytes/result.ts';
import type { Door, Progress, VaultEvent } from '#lib/vault/door/door.ts';
import type { ToPage } from '#lib/vault/door/messages.ts';
import type { Admitted } from '#lib/vault/door/methods.ts';

/** A vault as the leading tab runs it. */
export interface HostedVault extends Door {
  subscribe(listener: (event: VaultEvent) => void): () => void;
  /** Nothing is open or being opened: nothing is lost when another tab's worker has it. */
  idle(): boolean;
  /** Lets go of keys and disk. */
  close(): Promise<void>;
}

type Reply = (message: ToPage) => void;

interface Running {
  readonly stopping: AbortController;
  /** Answers that nobody knows whether it was done. */
  readonly interrupt: () => void;
}

export class Serving {
  readonly #vault: HostedVault;
  readonly #running = new Map<string, Running>();

  constructor(vault: HostedVault) {
    this.#vault = vault;
  }

  /** Carries it out and answers by `reply`; what is broken is told by name only, since a message may hold plaintext. */
  async serve(from: string, { id, name, args, method }: Admitted, reply: Reply): Promise<void> {
    const key = keyOf(from, id);
    const stopping = new AbortController();
    const progress: Progress = (done, total) =>
      reply({ type: 'event', event: { type: 'progress', call: id, done, total } });
    const interrupt = (): void =>
      reply({ type: 'answer', id, result: fail({ type: 'interrupted' } as const) });
    const running = { stopping, interrupt };
    this.#running.set(key, running);
    const vault = this.#vault as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
    let answer: ToPage;
    try {
      const given = method.progress ? [...args, progress, stopping.signal] : args;
      answer = { type: 'answer', id, result: await vault[name]!(...given) };
    } catch (error) {
      answer = { type: 'broken', id, reason: error instanceof Error ? error.name : 'unknown' };
    }
    if (this.#running.get(key) !== running) return; // it was answered when the lead was lost
    this.#running.delete(key);
    reply(answer);
  }

  cancel(from: string, id: number): void {
    this.#running.get(keyOf(from, id))?.stopping.abort();
  }

  /** Something is under way, or open. */
  busy(): boolean {
    return this.#running.size > 0 || !this.#vault.idle();
  }

  /** Whatever is under way is answered `interrupted`. */
  interruptAll(): void {
    const all = [...this.#running.values()];
    this.#running.clear();
    for (const { interrupt } of all) interrupt();
  }
}

function keyOf(from: string, id: number): string {
  return `${from} ${id}`;
}
