import { describe, expect, it } from 'vitest';
import { connectVault, VaultBroken, type WorkerLike } from './client.ts';
import type { ToPage } from './messages.ts';
import { refuseCalls } from '#lib/vault/entry/refusal.ts';

/** A worker as its page sees it, with both ends of the line in hand. */
function fakeWorker() {
  const heard: unknown[] = [];
  let say: (event: MessageEvent<ToPage>) => void = () => {};
  let fail: () => void = () => {};
  const worker: WorkerLike = {
    postMessage: (message) => void heard.push(message),
    addEventListener(type: string, listener: never) {
      if (type === 'message') say = listener;
      else fail = listener;
    },
    terminate: () => {},
  };
  return { worker, heard, fail: () => fail(), say: (data: ToPage) => say({ data } as MessageEvent<ToPage>) };
}

describe('R24: a worker that cannot serve is known as such', () => {
  it('rejects what waits and whatever is asked later when the worker failed before it ever spoke', async () => {
    const { worker, heard, fail } = fakeWorker();
    const vault = connectVault(worker);
    const waiting = vault.status();
    fail();
    await expect(waiting).rejects.toBeInstanceOf(VaultBroken);
    await expect(vault.status()).rejects.toBeInstanceOf(VaultBroken);
    expect(heard).toHaveLength(1);
  });

  it('still asks a worker that spoke before something in it failed', async () => {
    const { worker, heard, fail, say } = fakeWorker();
    const vault = connectVault(worker);
    const first = vault.status();
    say({ type: 'answer', id: 1, result: { ok: true, value: { type: 'empty' } } });
    await first;
    fail();
    const second = vault.status();
    say({ type: 'answer', id: 2, result: { ok: true, value: { type: 'locked' } } });
    await expect(second).resolves.toEqual({ ok: true, value: { type: 'locked' } });
    expect(heard).toHaveLength(2);
  });

  it('answers every call with what is missing, and runs nothing', () => {
    const said: ToPage[] = [];
    const host = refuseCalls(['Web Locks'], (message) => void said.push(message));
    host.fromPage({ type: 'call', id: 1, method: 'status', args: [] });
    host.fromPage({ type: 'call', id: 2, method: 'unlock', args: [{}] });
    const result = { ok: false, error: { type: 'not-supported', missing: ['Web Locks'] } };
    expect(said).toEqual([1, 2].map((id) => ({ type: 'answer', id, result })));
  });
});
