import { afterAll, beforeAll, expect, test } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { authorityWorld, CAMILLE, type AuthorityWorld } from '../../../tests/helpers/worlds/authority.ts';
import { fakeClock } from '../../../tests/helpers/tools/clock.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { createAuthorityClient, TIMEOUT_MS } from './authority-client.ts';
import { systemClock } from './clock.ts';

const url = 'https://autorite.test';
const random = seededRandom('authority client');
const guess = () => ({ codeId: random(16), lookup: random(32) });

let world: AuthorityWorld;
beforeAll(async () => void (world = await authorityWorld()));
afterAll(() => world.close());

/** The routes of the real authority, without a socket. */
const direct: typeof fetch = async (input, init) => world.authority.routes.fetch(new Request(input, init));

const answering =
  (status: number, body: string): typeof fetch =>
  async () =>
    new Response(body, { status });

const client = (fetch: typeof globalThis.fetch, clock = systemClock) =>
  createAuthorityClient({ url, fetch, clock });

test('asks the real authority and reads its answers', async () => {
  const authority = client(direct);
  expect(await authority.key()).toEqual({ ok: true, value: { publicKey: world.authority.publicKey } });
  expect(await authority.log(0)).toMatchObject({ ok: true, value: { leaves: [], head: { size: 0 } } });
  expect(await authority.newCode(CAMILLE)).toEqual({ ok: true, value: {} });
  expect(await authority.enrol(guess())).toEqual({ ok: false, error: { type: 'enrolment-refused' } });
});

test('says what the authority refuses in its own words', async () => {
  for (const [status, error] of [
    [429, 'try-later'],
    [403, 'enrolment-refused'],
    [400, 'malformed'],
  ] as const) {
    const refused = await client(answering(status, JSON.stringify({ error }))).enrol(guess());
    expect(refused).toEqual({ ok: false, error: { type: error } });
  }
});

test('whatever is not an answer of this protocol means that the authority is not reached', async () => {
  const unreachable = { ok: false, error: { type: 'authority-unreachable' } };
  const bodies = ['', '<html>', '{}', '{"sealed":"!"}', '[]', 'null', '"x"', `"${'x'.repeat(300_000)}"`];
  for (const body of bodies) {
    expect(await client(answering(200, body)).enrol(guess())).toEqual(unreachable);
    expect(await client(answering(502, body)).enrol(guess())).toEqual(unreachable);
  }
  const dead: typeof fetch = () => Promise.reject(new TypeError('fetch failed'));
  expect(await client(dead).key()).toEqual(unreachable);
});

test('an answer that is longer than any of this protocol is not read, right as it may be', async () => {
  const answer = JSON.stringify({ sealed: toBase64url(random(300)) });
  expect((await client(answering(200, answer)).enrol(guess())).ok).toBe(true);
  const padded = answer + ' '.repeat(300_000);
  expect(await client(answering(200, padded)).enrol(guess())).toMatchObject({ ok: false });
});

test('gives up after the time allowed', async () => {
  const clock = fakeClock();
  const hanging: typeof fetch = (_, init) =>
    new Promise((_, reject) =>
      init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
    );
  const answer = client(hanging, clock).key();
  await clock.advance(TIMEOUT_MS - 1);
  expect(await Promise.race([answer, clock.settle().then(() => 'waiting')])).toBe('waiting');
  await clock.advance(1);
  expect(await answer).toEqual({ ok: false, error: { type: 'authority-unreachable' } });
});

test('sends no cookie, no referrer, and stores nothing', async () => {
  let seen: RequestInit | undefined;
  const spying: typeof fetch = async (_, init) => {
    seen = init;
    return new Response('{}', { status: 200 });
  };
  await client(spying).enrol(guess());
  expect(seen).toMatchObject({
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
  });
});
