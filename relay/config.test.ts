import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('nothing set gives the demo on this machine', () => {
  expect(readConfig({})).toMatchObject({
    ok: true,
    value: {
      port: 8080,
      host: '127.0.0.1',
      dataDir: resolve('./data'),
      demo: true,
      relayUrl: null,
      authorityUrl: null,
      authorityHosts: [],
      trustedProxies: 0,
      metricsPort: null,
    },
  });
});

test('every variable is taken', () => {
  const env = {
    PORT: '0',
    HOST: '::1',
    DATA_DIR: '/var/lib/carnet',
    DEMO: '0',
    RELAY_URL: 'https://relais.example',
    AUTHORITY_URL: 'https://autorite.example/',
    AUTHORITY_ORIGINS: 'https://autorite.example, http://localhost:9000/',
    TRUST_PROXY: '2',
    METRICS_PORT: '9464',
  };
  expect(readConfig(env)).toMatchObject({
    ok: true,
    value: {
      port: 0,
      host: '::1',
      dataDir: '/var/lib/carnet',
      demo: false,
      relayUrl: 'wss://relais.example/relay',
      authorityUrl: 'https://autorite.example',
      authorityHosts: ['autorite.example', 'localhost:9000'],
      trustedProxies: 2,
      metricsPort: 9464,
      logLevel: 'info',
    },
  });
});

test('a relay under a path of its own keeps it, and an empty variable is one that is not set', () => {
  expect(readConfig({ RELAY_URL: 'ws://10.0.0.5:9000/carnet/relay', PORT: '', DEMO: ' ' })).toMatchObject({
    value: { relayUrl: 'ws://10.0.0.5:9000/carnet/relay', port: 8080, demo: true },
  });
});

describe('a value that cannot be meant stops with one line that names it', () => {
  test.each([
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['HOST', 'http://localhost'],
    ['HOST', 'local host'],
    ['HOST', '127.0.0.1:80'],
    ['DEMO', 'yes'],
    ['METRICS_PORT', 'metrics'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '-1'],
    ['TRUST_PROXY', '10'],
    ['RELAY_URL', 'relais.example'],
    ['RELAY_URL', 'ftp://relais.example'],
    ['RELAY_URL', 'wss://relais.example/relay?key=1'],
    ['AUTHORITY_URL', 'wss://autorite.example'],
    ['AUTHORITY_ORIGINS', 'autorite.example'],
    ['AUTHORITY_ORIGINS', 'https://a.example,,https://b.example'],
    ['AUTHORITY_ORIGINS', 'http://a,http://b,http://c,http://d,http://e'],
  ])('%s=%s', (name, value) => {
    const read = readConfig({ [name]: value });
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.error.message).toMatch(new RegExp(`^${name}=`));
    expect(read.error.message).not.toContain('\n');
  });
});

test('mail that nobody would get is not promised, and its password is not repeated', () => {
  const read = readConfig({ SMTP_URL: 'smtps://user:word@mail.example:465' });
  expect(read).toMatchObject({ ok: false });
  if (read.ok) return;
  expect(read.error.message).toMatch(/^SMTP_URL /);
  expect(read.error.message).not.toMatch(/word|\n/);
});
