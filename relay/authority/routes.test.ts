import { expect, onTestFinished, test } from 'vitest';
import { EMPTY_LOG, followLog } from '#lib/protocol/attestation.ts';
import { decodeBody, LogAnswer, MAX_BODY } from '#lib/protocol/authority.ts';
import {
  authorityWorld,
  CAMILLE,
  GHJULIA,
  testAccount,
  typeIn,
} from '../../tests/helpers/worlds/authority.ts';
import { sha256 } from './primitives.ts';
import { LIMITS } from './limits.ts';

async function world(...options: Parameters<typeof authorityWorld>) {
  const made = await authorityWorld(...options);
  onTestFinished(() => made.close());
  return made;
}

const guess = { codeId: new Uint8Array(16), lookup: new Uint8Array(32) };

test('who tries too often from one address is told to come back later, and others are not', async () => {
  const carnet = await world({ limits: LIMITS });
  const answers: string[] = [];
  for (let i = 0; i < 40; i++) answers.push(String(await carnet.enrol(guess, '198.51.100.7')));
  expect(answers.slice(0, 30)).toEqual(Array(30).fill('enrolment-refused'));
  expect(answers.slice(30)).toEqual(Array(10).fill('try-later'));
  const limited = await carnet.post('/authority/enrolment', guess, '198.51.100.7');
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await carnet.enrol(guess, '198.51.100.8')).toBe('enrolment-refused');
});

test('what is not a request of the protocol is called malformed, whatever its size', async () => {
  const carnet = await world();
  const ask = async (path: string, body: string) => {
    const response = await carnet.authority.routes.request(path, { method: 'POST', body });
    return [response.status, (await response.json()) as unknown];
  };
  for (const path of ['/authority/enrolment', '/authority/activation', '/authority/code'])
    for (const body of ['', '{', 'null', '[]', '{"lookup":"AA"}', `"${'x'.repeat(2 * MAX_BODY)}"`])
      expect(await ask(path, body)).toEqual([400, { error: 'malformed' }]);
});

test('no answer is kept on the way, and a page of another origin may ask', async () => {
  const carnet = await world();
  for (const response of [
    await carnet.post('/authority/enrolment', guess),
    await carnet.authority.routes.request('/authority/key', {
      headers: { origin: 'https://carnet.example' },
    }),
  ]) {
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('set-cookie')).toBeNull();
  }
});

test('the log is read page by page and leads to the head that is signed', async () => {
  const carnet = await world();
  for (const person of [CAMILLE, GHJULIA]) {
    const code = (await carnet.authority.issueCode(person.nir)) ?? '';
    await carnet.activate(await typeIn({ code, ...person }), testAccount(person.nir));
  }
  const read = async (after: string) => {
    const response = await carnet.authority.routes.request(`/authority/log?after=${after}`);
    return decodeBody(LogAnswer, await response.json());
  };
  const all = await read('0');
  expect(all && followLog(EMPTY_LOG, all.leaves, all.head, sha256)?.size).toBe(2);
  expect((await read('1'))?.leaves).toEqual(all?.leaves.slice(1));
  expect(await read('9')).toMatchObject({ leaves: [], head: { size: 2 } });
  expect(await read('-1')).toBeNull();
});
