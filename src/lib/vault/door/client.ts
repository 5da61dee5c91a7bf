/**
 * The page's side of the door: every method of `Door` as a call to the worker. Holds no health data, only the promises
 * that wait for an answer.
 */
import type { FromPage, ToPage } from './messages.ts';
import type { Door, Progress, RecordCalls, RecordDoor, RecordId, VaultEvent } from './door.ts';

/** The part of a Worker that the client needs. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToPage>) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  terminate(): void;
}

export interface VaultClient extends Door {
  /** Called with everything the vault tells; returns the function that ends it. */
  subscribe(listener: (event: VaultEvent) => void): () => void;
  /** Ends the worker: every plaintext and key that it held is gone. Calls that still wait are rejected. */
  terminate(): void;
}

/** Thrown when the worker failed where no failure is expected, or ended while a call was waiting. */
export class VaultBroken extends Error {
  override readonly name = 'VaultBroken';
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: VaultBroken) => void;
  readonly progress: Progress | undefined;
}

/** Speaks to the vault in `worker`. */
export function connectVault(worker: WorkerLike): VaultClient {
  const calls = new Calls(worker);
  const listeners = new Set<(event: VaultEvent) => void>();
  worker.addEventListener('message', ({ data }) => {
    calls.onHeard();
    if (data.type !== 'event') calls.onAnswer(data);
    else if (data.event.type === 'progress') calls.onProgress(data.event);
    else for (const listener of listeners) listener(data.event);
  });
  const own = {
    subscribe(listener: (event: VaultEvent) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    terminate() {
      worker.terminate();
      calls.breakAll('the vault was closed');
    },
  };
  return new Proxy(own, {
    get: (target, name) =>
      name in target
        ? (Reflect.get(target, name) as unknown)
        : isMethod(name)
          ? (...args: unknown[]) => calls.call(name, args)
          : undefined,
  }) as VaultClient;
}

/** Whoever awaits the door itself asks for `then`. */
function isMethod(name: string | symbol): name is string {
  return typeof name === 'string' && name !== 'then';
}

/** The calls that wait for an answer. */
class Calls {
  readonly #worker: WorkerLike;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #spoke = false;
  #failedToStart = false;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.addEventListener('error', () => {
      // A worker that fails before it ever spoke will not speak at all: its script did not load, or threw.
      this.#failedToStart ||= !this.#spoke;
      this.breakAll('the worker failed');
    });
  }

  /** A callback and a signal cannot be cloned: the one becomes `progress` events, the other a `cancel`. */
  call(method: string, given: readonly unknown[]): Promise<unknown> {
    if (this.#failedToStart) return Promise.reject(new VaultBroken('the worker never started'));
    const id = ++this.#lastId;
    const progress = given.find((one): one is Progress => typeof one === 'function');
    const signal = given.find((one) => one instanceof AbortSignal);
    const args = given.filter((one) => one !== undefined && one !== progress && one !== signal);
    const answered = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, progress });
      this.#post({ type: 'call', id, method, args });
    });
    if (!signal) return answered;
    const cancel = (): void => this.#post({ type: 'cancel', id });
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    return answered.finally(() => signal.removeEventListener('abort', cancel));
  }

  onHeard(): void {
    this.#spoke = true;
  }

  onAnswer(message: Exclude<ToPage, { type: 'event' }>): void {
    const call = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'answer') call?.resolve(message.result);
    else call?.reject(new VaultBroken(message.reason));
  }

  onProgress({
    call,
    done,
    total,
  }: {
    readonly call: number;
    readonly done: number;
    readonly total: number;
  }): void {
    this.#waiting.get(call)?.progress?.(done, total);
  }

  breakAll(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new VaultBroken(reason));
    this.#waiting.clear();
  }

  #post(message: FromPage): void {
    this.#worker.postMessage(message);
  }
}

/** The door of one record: what is begun with it stays with that record, whatever the page shows by then. */
export function inRecord(door: RecordDoor, record: RecordId): RecordCalls {
  return new Proxy(door, {
    get(target, name) {
      if (!isMethod(name)) return undefined;
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => method(record, ...args);
    },
  }) as unknown as RecordCalls;
}
