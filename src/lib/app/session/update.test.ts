import { expect, test, vi } from 'vitest';
import { checkHourly, watchUpdates, type Update } from './update.ts';

vi.mock('$app/environment', () => ({ dev: true }));

function world() {
  const listeners = new Map<string, (event: { isUpdate?: boolean }) => void>();
  const source = {
    addEventListener: (type: string, listener: (event: { isUpdate?: boolean }) => void) => {
      listeners.set(type, listener);
    },
    messageSkipWaiting: vi.fn(),
    update: vi.fn(async () => undefined),
  };
  const offers: Update[] = [];
  const reload = vi.fn();
  watchUpdates(source, (update) => offers.push(update), reload);
  const tell = (type: string, event = {}) => listeners.get(type)?.(event);
  return { source, offers, reload, tell };
}

test('a new version is offered, and nothing happens until it is accepted', () => {
  const { source, offers, reload, tell } = world();
  tell('waiting');
  expect(offers.map(({ type }) => type)).toEqual(['ready']);
  expect(source.messageSkipWaiting).not.toHaveBeenCalled();
  offers[0]?.accept();
  expect(source.messageSkipWaiting).toHaveBeenCalledOnce();
  expect(reload).not.toHaveBeenCalled();
  tell('controlling', { isUpdate: true });
  expect(reload).toHaveBeenCalledOnce();
});

test('when another window takes it, this one is told and loads anew only when asked', () => {
  const { source, offers, reload, tell } = world();
  tell('waiting');
  tell('controlling', { isUpdate: true });
  expect(offers.map(({ type }) => type)).toEqual(['ready', 'taken']);
  expect(reload).not.toHaveBeenCalled();
  offers[0]?.accept();
  expect(reload).toHaveBeenCalledOnce();
  expect(source.messageSkipWaiting).not.toHaveBeenCalled();
});

test('the first service worker of all is no update', () => {
  const { offers, reload, tell } = world();
  tell('controlling', { isUpdate: false });
  tell('controlling');
  expect(offers).toEqual([]);
  expect(reload).not.toHaveBeenCalled();
});

test('a newer version is looked for at most once an hour, and a failure to ask disturbs nobody', () => {
  let now = 0;
  const update = vi.fn(() => Promise.reject(new Error('offline')));
  const check = checkHourly({ update }, () => now);
  for (const minutes of [1, 59, 61, 62, 130]) {
    now = minutes * 60_000;
    check();
  }
  expect(update).toHaveBeenCalledTimes(2);
});
