/**
 * The page's side of the door: every method of `Door` as a call to the worker. Holds no health data, only the promises
 * that wait for an answer.
 */
import type { FromPage, ToPage } from './messages.ts';
import type { Door, Progress, VaultEvent } from './door.ts';

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
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: VaultEvent) => void>();
  let lastId = 0;
  let spoke = false;
  let failedToStart = false;

  function breakAll(reason: string): void {
    for (const { reject } of waiting.values()) reject(new VaultBroken(reason));
    waiting.clear();
  }

  /** A worker that fails before it ever spoke will not speak at all: its script did not load, or threw. */
  function onError(): void {
    failedToStart ||= !spoke;
    breakAll('the worker failed');
  }

  function onMessage({ data }: MessageEvent<ToPage>): void {
    spoke = true;
    if (data.type === 'event') {
      if (data.event.type === 'progress')
        waiting.get(data.event.call)?.progress?.(data.event.done, data.event.total);
      else for (const listener of listeners) listener(data.event);
      return;
    }
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === 'answer') call?.resolve(data.result);
    else call?.reject(new VaultBroken(data.reason));
  }

  /** A callback and a signal cannot be cloned: the one becomes `progress` events, the other a `cancel`. */
  function call(method: string, given: readonly unknown[]): Promise<unknown> {
    if (failedToStart) return Promise.reject(new VaultBroken('the worker never started'));
    const id = ++lastId;
    const progress = given.find((one): one is Progress => typeof one === 'function');
    const signal = given.find((one) => one instanceof AbortSignal);
    const args = given.filter((one) => one !== undefined && one !== progress && one !== signal);
    const answered = new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, progress });
      post({ type: 'call', id, method, args });
    });
    if (!signal) return answered;
    const cancel = (): void => post({ type: 'cancel', id });
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    return answered.finally(() => signal.removeEventListener('abort', cancel));
  }

  function post(message: FromPage): void {
    worker.postMessage(message);
  }

  worker.addEventListener('message', onMessage);
  worker.addEventListener('error', onError);

  const own = {
    subscribe(listener: (event: VaultEvent) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    terminate() {
      worker.terminate();
      breakAll('the vault was closed');
    },
  };
  return new Proxy(own, {
    get: (target, name) =>
      name in target
        ? (Reflect.get(target, name) as unknown)
        : typeof name === 'string' && name !== 'then'
          ? (...args: unknown[]) => call(name, args)
          : undefined,
  }) as VaultClient;
}
