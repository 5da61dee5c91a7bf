import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLOSE } from '#lib/protocol/limits.ts';
import { activation, asking, callingAccount } from '../tests/helpers/worlds/callers.ts';
import { RelayClient } from '../tests/helpers/worlds/relay-client.ts';
import { topicKeys } from '../tests/helpers/worlds/relay-world.ts';
import { seededRandom } from '../tests/helpers/tools/random.ts';
import { readConfig } from './config.ts';
import { startCarnet } from './main.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carnet-main-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function environment(variables: Record<string, string>) {
  return { ...process.env, PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder, ...variables };
}

/** What a start that fails leaves: its code and all it said. */
function failedStart(variables: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], {
    env: environment(variables),
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, lines: stderr.split('\n').filter((line) => line !== '') };
}

describe('what keeps the server from starting is said in one line', () => {
  test('a value that cannot be meant', () => {
    expect(failedStart({ PORT: 'eighty' })).toEqual({
      status: 1,
      stdout: '',
      lines: ['PORT=eighty cannot be used: it must be a number from 0 to 65535 (0 lets the system choose).'],
    });
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { status, lines } = failedStart({ PORT: String(port), AUTHORITY_URL: 'http://localhost:9' });
    expect([status, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toContain(`Port ${port} of 127.0.0.1 is taken`);
    other.close();
  });

  test('a data folder that is a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { status, lines } = failedStart({ DATA_DIR: file });
    expect([status, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toContain(file);
  });

  test('a data folder of a newer Carnet', () => {
    const script = `import('node:sqlite').then(({ DatabaseSync }) => {
      require('node:fs').mkdirSync(process.argv[1] + '/relay');
      new DatabaseSync(process.argv[1] + '/relay/relay.db').exec('PRAGMA user_version = 99');
    })`;
    expect(spawnSync(process.execPath, ['-e', script, folder]).status).toBe(0);
    const { status, lines } = failedStart({ AUTHORITY_URL: 'http://localhost:9' });
    expect([status, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toContain('newer Carnet');
  });
});

test.each([
  [0, 'share one limit', 'try-later'],
  [1, 'are counted one by one', 'malformed'],
])('TRUST_PROXY=%i: callers of the authority behind a proxy %s', async (trusted, _, answer) => {
  const config = readConfig(environment({ TRUST_PROXY: String(trusted) }));
  if (!config.ok) throw new Error(config.error.message);
  const carnet = await startCarnet({ ...config.value, logLevel: 'silent' });
  const enrol = async (client: string) => {
    const init = { method: 'POST', body: '{}', headers: { 'x-forwarded-for': `203.0.113.200, ${client}` } };
    return (await (await fetch(`${carnet.url}/authority/enrolment`, init)).json()) as unknown;
  };
  for (let i = 0; i < 30; i++) expect(await enrol('198.51.100.7')).toEqual({ error: 'malformed' });
  expect(await enrol('198.51.100.7')).toEqual({ error: 'try-later' });
  expect(await enrol('198.51.100.8')).toEqual({ error: answer });
  await Promise.all([carnet.close(), carnet.close()]);
});

test('a call is bound to the name under which the authority is dialled, or is configured to be reached', async () => {
  const start = async (variables: Record<string, string>) => {
    const config = readConfig(environment(variables));
    if (!config.ok) throw new Error(config.error.message);
    return startCarnet({ ...config.value, logLevel: 'silent' });
  };
  /** A proxy that dials `url` and is dialled as `name`; what it says of the host is its own affair. */
  const behind = (url: string, name: string) =>
    asking({ fetch: (input, init) => fetch((input as URL).href.replace(name, url), init) }, name);
  const camille = await callingAccount('Camille');
  const refused = { ok: false, error: { type: 'caller-refused' } };

  const own = await start({});
  const [credential] = own.authority?.demoCredentials() ?? [];
  if (!credential) throw new Error('nobody to be');
  const direct = asking({ fetch }, own.url);
  expect((await direct.client.activate(await activation(camille, credential))).ok).toBe(true);
  expect(await direct.children(camille.caller())).toHaveLength(5);
  const numbered = asking({ fetch }, own.url.replace('localhost', '127.0.0.1'));
  expect(await numbered.children(camille.caller())).toHaveLength(5);
  const mallory = behind(own.url, 'https://mallory.example');
  expect(await mallory.client.children(camille.caller())).toEqual(refused);
  await own.close();

  const named = await start({ AUTHORITY_ORIGINS: 'https://autorite.example,https://carnet.example' });
  for (const name of ['https://autorite.example', 'https://carnet.example'])
    expect(await behind(named.url, name).children(camille.caller())).toHaveLength(5);
  expect(await asking({ fetch }, named.url).client.children(camille.caller())).toEqual(refused);
  await named.close();
});

test(
  'the demo says where it is and whom to be; SIGTERM acknowledges what came in, says when to come back, and ends well',
  { timeout: 60_000 },
  async () => {
    const child = spawn(process.execPath, [MAIN], { env: environment({ DEMO: '1' }), stdio: 'pipe' });
    let printed = '';
    child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
    while (printed.split('carte Vitale').length < 3) await once(child.stdout, 'data');
    const url = /http:\/\/localhost:\d+/.exec(printed)?.[0] ?? '';
    expect(printed).toMatch(/code +([0-9A-Z]{4}-){3}[0-9A-Z]{4}/);
    expect(printed).toMatch(/NIR +\d/);
    expect(printed).toMatch(
      /to try it with: Camille Moreau\n(.*\n){4} {2}The other parent.*: Antoine Lefèvre\n/,
    );
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${url}/authority/key`)).status).toBe(200);

    const random = seededRandom('main');
    const keys = topicKeys(random);
    const alice = await RelayClient.connect(url);
    await alice.answer(alice.create(keys));
    const reqs = Array.from({ length: 30 }, () => alice.put(keys, random(100)));
    await alice.answer(reqs[0] ?? 0);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await alice.until(() => alice.closedWith !== null);
    expect(alice.closedWith).toBe(CLOSE.restart);
    expect(reqs.every((req) => alice.acknowledged().has(req))).toBe(true);
  },
);
