import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { addressOfBundle } from '#lib/protocol/attestation.ts';
import { encodeBody } from '#lib/protocol/authority.ts';
import { callerMessage } from '#lib/protocol/callers.ts';
import { authorityWorld, CAMILLE, type AuthorityWorld } from '../../../tests/helpers/worlds/authority.ts';
import { fakeClock } from '../../../tests/helpers/tools/clock.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { createAuthorityClient, TIMEOUT_MS, type Caller } from './authority-client.ts';
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

describe('a call of a device', () => {
  const device = random(32);
  const space = random(32);
  const caller = (sign: (message: Bytes) => Promise<Bytes> = async () => random(64)): Caller => ({
    address: addressOfBundle(random(9), () => device),
    device,
    chain: [random(100), random(200)],
    sign,
  });
  const challenge = random(32);

  /** An authority that answers the first request with a challenge and the next as it is told. */
  function scripted(status: number, answer: object) {
    const requests: { url: string; init: RequestInit | undefined }[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      requests.push({ url: input instanceof URL ? input.href : '', init });
      return requests.length === 1
        ? new Response(encodeBody({ challenge }))
        : new Response(encodeBody({ ...answer }), { status });
    };
    return { requests, client: client(fetch) };
  }

  test('fetches a challenge and signs it with host, path, address and the very text that it sends', async () => {
    const { requests, client } = scripted(200, { statement: random(170), identitySalt: random(32) });
    const signed: Bytes[] = [];
    const who = caller(async (message) => {
      signed.push(message);
      return random(64);
    });
    const child = random(16);
    expect((await client.openChild(who, { child, space })).ok).toBe(true);
    expect(requests.map(({ url }) => url)).toEqual([
      `${url}/authority/challenge`,
      `${url}/authority/child-record`,
    ]);
    const sent = JSON.parse(requests[1]?.init?.body as string) as { ask: string };
    expect(JSON.parse(sent.ask)).toEqual(JSON.parse(encodeBody({ child, space, certified: true })));
    const { address } = who;
    const asked = toOwned(createHash('sha256').update(utf8(sent.ask)).digest());
    const call = { challenge, origin: 'autorite.test', path: '/authority/child-record', address, asked };
    expect(signed).toEqual([callerMessage(call)]);
    for (const { init } of requests)
      expect(init).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' });
  });

  test('keeps the signer as it is: one that is a method of a class signs', async () => {
    class Device {
      readonly address = caller().address;
      readonly device = device;
      readonly chain = [random(10)];
      readonly #signature = random(64);
      async sign(): Promise<Bytes> {
        return this.#signature;
      }
    }
    const { client } = scripted(200, { children: [] });
    expect(await client.children(new Device())).toEqual({ ok: true, value: { children: [] } });
  });

  test('says what the authority refuses in its own words, with the space where it names one', async () => {
    const errors = [
      ['caller-refused', 403],
      ['chain-behind', 409],
      ['child-refused', 403],
      ['child-taken', 409],
      ['try-later', 429],
      ['malformed', 400],
    ] as const;
    for (const [error, status] of errors) {
      const refused = await scripted(status, { error }).client.openChild(caller(), {
        child: random(16),
        space,
      });
      expect(refused).toEqual({ ok: false, error: { type: error } });
    }
    const opened = await scripted(409, { error: 'child-opened', space }).client.openChild(caller(), {
      child: random(16),
      space,
    });
    expect(opened).toEqual({ ok: false, error: { type: 'child-opened', space } });
  });

  test('whatever else comes, to either request, means that the authority is not reached', async () => {
    const unreachable = { ok: false, error: { type: 'authority-unreachable' } };
    for (const [status, answer] of [
      [409, { error: 'child-opened' }],
      [403, { error: 'enrolment-refused' }],
      [500, {}],
      [200, {}],
      [200, { children: [{ opened: 'own' }] }],
    ] as const)
      expect(await scripted(status, answer).client.children(caller())).toEqual(unreachable);
    let isSigned = false;
    const who = caller(async () => {
      isSigned = true;
      return random(64);
    });
    expect(await client(answering(200, '{"challenge":"AA"}')).children(who)).toEqual(unreachable);
    expect(await client(() => Promise.reject(new TypeError())).children(who)).toEqual(unreachable);
    expect(await client(answering(429, '{"error":"try-later"}')).children(who)).toMatchObject({
      error: { type: 'try-later' },
    });
    expect(isSigned).toBe(false);
  });
});
