import { beforeEach, expect, test, vi } from 'vitest';

const ORIGIN = 'https://carnet.example';

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal('location', new URL(`${ORIGIN}/profil`));
  vi.stubGlobal('trustedTypes', undefined);
});

test.each(['/service-worker.js', '../service-worker.js', `${ORIGIN}/service-worker.js`])(
  '%s is our own',
  async (url) => {
    const { trustedWorkerUrl } = await import('./trusted-types.ts');
    expect(trustedWorkerUrl(url)).toBe(`${ORIGIN}/service-worker.js`);
  },
);

test.each([
  'https://elsewhere.example/a.js',
  '//elsewhere.example/a.js',
  'data:text/javascript,',
  'blob:x',
  `blob:${ORIGIN}/1`,
  'javascript:x',
])('F02: %s is refused, with Trusted Types and without', async (url) => {
  const { trustedWorkerUrl } = await import('./trusted-types.ts');
  expect(() => trustedWorkerUrl(url)).toThrow(TypeError);
  vi.resetModules();
  vi.stubGlobal('trustedTypes', { createPolicy: (_: string, rules: object) => rules });
  const again = await import('./trusted-types.ts');
  expect(() => again.trustedWorkerUrl(url)).toThrow(TypeError);
});

test('the policy is the one that the content policy names, made once', async () => {
  const createPolicy = vi.fn((_: string, rules: { createScriptURL(url: string): string }) => ({
    createScriptURL: (url: string) => ({ trusted: rules.createScriptURL(url) }),
  }));
  vi.stubGlobal('trustedTypes', { createPolicy });
  const { trustedWorkerUrl } = await import('./trusted-types.ts');
  expect(trustedWorkerUrl('/a.js')).toEqual({ trusted: `${ORIGIN}/a.js` });
  trustedWorkerUrl('/b.js');
  expect(createPolicy.mock.calls.map(([name]) => name)).toEqual(['carnet']);
});
