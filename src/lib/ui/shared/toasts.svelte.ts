/**
 * Short messages at the foot of the page that say what has just been done, most with a way to take it back. They stay
 * ten seconds, longer under a pointer or the focus, and the last one stays reachable by keyboard meanwhile.
 */
import { createContext } from 'svelte';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly undo?: (() => void) | undefined;
}

const SHOWN_MS = 10_000;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #last = 0;
  // Not read by any view.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, undo?: () => void): void {
    const toast: Toast = { id: ++this.#last, text, undo };
    // One at a time: what was done before the last thing is done.
    this.clear();
    this.list = [toast];
    this.release(toast.id);
  }

  clear(): void {
    for (const { id } of this.list) this.hide(id);
  }

  hide(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.hide(id), SHOWN_MS),
    );
  }
}

export const [getToasts, setToasts] = createContext<Toasts>();
