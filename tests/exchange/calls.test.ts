import { expect, test } from 'vitest';
import type { Call, ToPage } from '#lib/exchange/messages.ts';
import type { Paper } from '#lib/exchange/paper.ts';
import { type Loaders, serve } from '#lib/exchange/serve.ts';
import { exchange, type ExchangeWorker } from '#lib/app/exchange/exchange.ts';

const PAPER: Paper = {
  title: 'Synthèse',
  author: 'Claire Martin',
  language: 'fr',
  at: 0,
  blocks: [],
  missing: '',
  foot: { whose: '', page: '' },
};

/** A worker in name: what it carries out runs here, between structured clones. */
function startWith(pdf: Loaders['pdf']): { start: () => ExchangeWorker; ended: () => number } {
  let ended = 0;
  const start = (): ExchangeWorker => {
    const listeners = new Map<string, ((event: never) => void)[]>();
    let running = true;
    const tell = (type: string, data?: ToPage): void => {
      if (running) for (const listener of listeners.get(type) ?? []) listener({ data } as never);
    };
    return {
      postMessage(call: Call) {
        const post = (message: ToPage): void => tell('message', structuredClone(message));
        serve({ pdf } as Loaders, structuredClone(call), post).catch(() => tell('error'));
      },
      addEventListener(type: string, listener: (event: never) => void) {
        listeners.set(type, [...(listeners.get(type) ?? []), listener]);
      },
      terminate() {
        running = false;
        ended += 1;
      },
    };
  };
  return { start, ended: () => ended };
}

test('MED-03: a job is answered, tells how far it is, and its worker is ended after it', async () => {
  const worker = startWith(() =>
    Promise.resolve((paper, progress) => {
      progress(1, 2);
      return Promise.resolve({ ok: true, value: { file: new Blob([paper.title]), missing: [] } });
    }),
  );
  const told: number[] = [];
  const outcome = await exchange('pdf', PAPER, {
    start: worker.start,
    progress: (done, total) => told.push(done / total),
  });
  expect(outcome.ok && (await outcome.value.file.text())).toBe('Synthèse');
  expect(told).toEqual([0.5]);
  expect(worker.ended()).toBe(1);
});

test('MED-03: what is expected to go wrong is an answer of the job', async () => {
  const worker = startWith(() =>
    Promise.resolve(() => Promise.resolve({ ok: false, error: { type: 'app-incomplete' } })),
  );
  expect(await exchange('pdf', PAPER, { start: worker.start })).toEqual({
    ok: false,
    error: { type: 'app-incomplete' },
  });
});

test('MED-03: a job that throws, one that cannot be loaded and one that nobody knows are broken, and say nothing of the record', async () => {
  const throwing = startWith(() => Promise.resolve(() => Promise.reject(new TypeError('Asthme'))));
  const missing = startWith(() => Promise.reject(new TypeError('no network')));
  const broken = { ok: false, error: { type: 'broken' } };
  expect(await exchange('pdf', PAPER, { start: throwing.start })).toEqual(broken);
  expect(await exchange('pdf', PAPER, { start: missing.start })).toEqual(broken);
  expect(await exchange('constructor' as 'pdf', PAPER, { start: missing.start })).toEqual(broken);
  expect([throwing.ended(), missing.ended()]).toEqual([1, 2]);
  const said: ToPage[] = [];
  await serve(
    { pdf: () => Promise.reject(new TypeError('Asthme')) } as unknown as Loaders,
    { job: 'pdf', input: PAPER },
    (message) => said.push(message),
  );
  expect(said).toEqual([{ type: 'broken', reason: 'TypeError' }]);
});

test('MED-03: Claire stops the work: the worker is ended at once and nothing comes of it', async () => {
  let release = (): void => {};
  const worker = startWith(() =>
    Promise.resolve(
      () =>
        new Promise((resolve) => {
          release = () => resolve({ ok: true, value: { file: new Blob(), missing: [] } });
        }),
    ),
  );
  const stop = new AbortController();
  const asked = exchange('pdf', PAPER, { start: worker.start, signal: stop.signal });
  stop.abort();
  const cancelled = { ok: false, error: { type: 'cancelled' } };
  expect(await asked).toEqual(cancelled);
  expect(worker.ended()).toBe(1);
  release();
  expect(await exchange('pdf', PAPER, { start: worker.start, signal: stop.signal })).toEqual(cancelled);
  expect(worker.ended()).toBe(1);
});

test('MED-03: progress is told only when it can be seen', async () => {
  const said: ToPage[] = [];
  const many: Loaders['pdf'] = () =>
    Promise.resolve((_, progress) => {
      for (let done = 1; done <= 10_000; done++) progress(done, 10_000);
      return Promise.resolve({ ok: true, value: { file: new Blob(), missing: [] } });
    });
  await serve({ pdf: many } as Loaders, { job: 'pdf', input: PAPER }, (message) => said.push(message));
  const told = said.filter(({ type }) => type === 'progress');
  expect(told).toHaveLength(101);
  expect(told.at(-1)).toEqual({ type: 'progress', done: 10_000, total: 10_000 });
});
