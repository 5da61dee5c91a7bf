/**
 * Runs one side of a talk by a code, whatever it is for: moves its messages over the relay, one message or act of the person at a
 * time, and ends it when it is over.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { LinkStep } from '#lib/keys/link.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { openTalk } from './talk.ts';

/** A talk under way. */
export interface Linking {
  confirm(same: boolean): void;
  /** Ends it without a word to the person; the other side is told if it is listening. */
  cancel(): void;
  /** Of a guardian who was invited. */
  answer?(accept: boolean): void;
}

/** The last message is given this long to leave before the talk is closed. */
const LINGER_MS = 5_000;

/** States in which nothing more is said or heard. */
const OVER: ReadonlySet<string> = new Set(['done', 'failed', 'declined']);

export interface Talking<S> {
  readonly env: Environment;
  readonly engine: SyncEngine;
  readonly keys: EpochKeys;
  readonly creates: boolean;
  readonly first: LinkStep<S>;
  readonly receive: (state: S, message: Bytes, now: number) => Promise<LinkStep<S>>;
  readonly confirm: (state: S, same: boolean, now: number) => LinkStep<S>;
  readonly at: (state: S, now: number) => S;
  /** Called with each new state; may answer a step that follows from it. */
  readonly entered: (state: S) => Promise<LinkStep<S> | null>;
}

export interface Driven<S> extends Linking {
  state(): S;
  /** A step that follows from an act of the person. */
  act(next: (state: S) => LinkStep<S> | Promise<LinkStep<S>>): void;
}

/** Runs one side's states, one message or act at a time. */
export function talk<S extends { readonly type: string }>(options: Talking<S>): Driven<S> {
  const { env, engine, keys, first } = options;
  let state = first.state;
  let line: Promise<void> = Promise.resolve();
  let over = false;
  const { followed, send } = openTalk({
    keys,
    random: env.random,
    creates: options.creates,
    onMessage: (message) => act(() => options.receive(state, message, env.clock.now())),
  });

  function act(next: () => LinkStep<S> | Promise<LinkStep<S>>): void {
    line = line.then(async () => {
      if (!over) await enter(await next());
    });
  }

  async function enter(step: LinkStep<S>): Promise<void> {
    send(step.send);
    if (step.send.length > 0) engine.wake();
    const isNew = step.state.type !== state.type;
    state = step.state;
    if (!isNew) return;
    if (OVER.has(state.type)) close();
    const following = await options.entered(state);
    if (following) await enter(following);
  }

  function close(): void {
    over = true;
    cancelExpiry();
    env.clock.setTimer(LINGER_MS, () => engine.unfollow(followed.space));
  }

  let cancelExpiry = (): void => {};
  function watchExpiry(): void {
    cancelExpiry = env.clock.setTimer(1_000, () => {
      act(() => ({ state: options.at(state, env.clock.now()), send: [] }));
      watchExpiry();
    });
  }

  send(first.send);
  engine.follow(followed);
  watchExpiry();
  return {
    state: () => state,
    act: (next) => act(() => next(state)),
    confirm: (same) => act(() => options.confirm(state, same, env.clock.now())),
    cancel() {
      act(() => options.confirm(state, false, env.clock.now()));
      line = line.then(() => void (over || close()));
    },
  };
}
