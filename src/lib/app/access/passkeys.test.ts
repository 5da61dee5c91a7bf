/** The browser's side of a passkey, over a browser of paper: what the real one does stands in tests/e2e/access.e2e.ts. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { askPasskey, canUsePasskeys, makePasskey } from './passkeys.ts';

const RAW = new Uint8Array([251, 255, 254, 1]).buffer;
const output = () => new Uint8Array(32).fill(7).buffer;
const dropped: unknown[] = [];

class FakeCredential {
  static isUserVerifyingPlatformAuthenticatorAvailable = (): Promise<boolean> => Promise.resolve(true);
  static getClientCapabilities = (): Promise<Record<string, boolean>> => Promise.resolve({});
  static signalUnknownCredential = (unknown: unknown): Promise<void> => {
    dropped.push(unknown);
    return Promise.resolve();
  };
  readonly rawId = RAW;
  readonly response = new FakeResponse();
  readonly #prf: unknown;
  constructor(prf?: unknown) {
    this.#prf = prf;
  }
  getClientExtensionResults(): unknown {
    return this.#prf === undefined ? {} : { prf: this.#prf };
  }
}

class FakeResponse {
  getTransports(): string[] {
    return ['internal', 'hybrid'];
  }
}

const credentials = { create: vi.fn(), get: vi.fn() };
const refusal = (name: string) => () => Promise.reject(new DOMException('no', name));

beforeEach(() => {
  dropped.length = 0;
  vi.stubGlobal('PublicKeyCredential', FakeCredential);
  vi.stubGlobal('AuthenticatorAttestationResponse', FakeResponse);
  vi.stubGlobal('location', { hostname: 'carnet.example' });
  vi.stubGlobal('navigator', { credentials });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

const present = [
  { id: 'one', credential: new Uint8Array([1, 2]), salt: new Uint8Array(32).fill(1), transports: [] },
  {
    id: 'two',
    credential: new Uint8Array(RAW.slice(0)),
    salt: new Uint8Array(32).fill(2),
    transports: ['internal'],
  },
];

describe('making one', () => {
  test('asks for a finger or a face of this device, and says nothing of the person', async () => {
    credentials.create.mockResolvedValue(new FakeCredential({ enabled: true, results: { first: output() } }));
    const made = await makePasskey(present);
    expect(made).toMatchObject({ ok: true, value: { transports: ['internal', 'hybrid'] } });
    expect(made.ok && made.value.output).toEqual(new Uint8Array(32).fill(7));
    const [[{ publicKey }]] = credentials.create.mock.calls as [
      [{ publicKey: PublicKeyCredentialCreationOptions }],
    ];
    expect(publicKey).toMatchObject({
      rp: { id: 'carnet.example', name: 'Carnet' },
      user: { name: 'Carnet', displayName: 'Carnet' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    });
    expect(publicKey.excludeCredentials).toHaveLength(2);
    expect(credentials.get).not.toHaveBeenCalled();
  });

  test('asks once more where nothing is answered at the making', async () => {
    credentials.create.mockResolvedValue(new FakeCredential({ enabled: true }));
    credentials.get.mockResolvedValue(new FakeCredential({ results: { first: output() } }));
    const made = await makePasskey([]);
    expect(made.ok && made.value.output).toEqual(new Uint8Array(32).fill(7));
    const [[{ publicKey }]] = credentials.get.mock.calls as [
      [{ publicKey: PublicKeyCredentialRequestOptions }],
    ];
    expect(Object.keys(publicKey.extensions!.prf!.evalByCredential!)).toEqual(['-__-AQ']);
    expect(made.ok && publicKey.extensions!.prf!.evalByCredential!['-__-AQ']).toEqual({
      first: made.ok && made.value.salt,
    });
  });

  test.each([
    ['has no such answers', undefined],
    ['says so', { enabled: false }],
    ['answers too little', { enabled: true, results: { first: new ArrayBuffer(16) } }],
  ])('one that %s is taken back, and the person told', async (_what, prf) => {
    credentials.create.mockResolvedValue(new FakeCredential(prf));
    credentials.get.mockResolvedValue(new FakeCredential(prf));
    expect(await makePasskey([])).toEqual({ ok: false, problem: 'unable' });
    expect(dropped).toEqual([{ rpId: 'carnet.example', credentialId: '-__-AQ' }]);
  });

  test('given up at the second question, it is taken back', async () => {
    credentials.create.mockResolvedValue(new FakeCredential({ enabled: true }));
    credentials.get.mockImplementation(refusal('NotAllowedError'));
    expect(await makePasskey([])).toEqual({ ok: false, problem: 'cancelled' });
    expect(dropped).toHaveLength(1);
  });

  test.each([
    ['NotAllowedError', 'cancelled'],
    ['AbortError', 'cancelled'],
    ['NotSupportedError', 'unable'],
    ['SecurityError', 'unable'],
    ['InvalidStateError', 'unable'],
  ])('%s is %s', async (name, problem) => {
    credentials.create.mockImplementation(refusal(name));
    expect(await makePasskey([])).toEqual({ ok: false, problem });
  });
});

describe('asking one', () => {
  test('each by its own salt; answers which of them it was', async () => {
    credentials.get.mockResolvedValue(new FakeCredential({ results: { first: output() } }));
    expect(await askPasskey(present)).toEqual({
      ok: true,
      value: { id: 'two', output: new Uint8Array(32).fill(7) },
    });
    const [[{ publicKey }]] = credentials.get.mock.calls as [
      [{ publicKey: PublicKeyCredentialRequestOptions }],
    ];
    expect(publicKey.extensions!.prf!.evalByCredential).toEqual({
      AQI: { first: present[0]!.salt },
      '-__-AQ': { first: present[1]!.salt },
    });
  });

  test('one that is none of these, or says nothing, opens nothing', async () => {
    credentials.get.mockResolvedValue(new FakeCredential({ results: { first: output() } }));
    expect(await askPasskey(present.slice(0, 1))).toEqual({ ok: false, problem: 'unable' });
    credentials.get.mockResolvedValue(new FakeCredential());
    expect(await askPasskey(present)).toEqual({ ok: false, problem: 'unable' });
  });
});

describe('whether this device could', () => {
  test('it can with a finger or a face, at an address that has a name', async () => {
    expect(await canUsePasskeys()).toBe(true);
    for (const hostname of ['127.0.0.1', '[::1]']) {
      vi.stubGlobal('location', { hostname });
      expect(await canUsePasskeys()).toBe(false);
    }
  });

  test('it cannot without the one, or where the browser says that it gives no answers', async () => {
    vi.stubGlobal('PublicKeyCredential', undefined);
    expect(await canUsePasskeys()).toBe(false);
    vi.stubGlobal('PublicKeyCredential', { isUserVerifyingPlatformAuthenticatorAvailable: refusal('x') });
    expect(await canUsePasskeys()).toBe(false);
    vi.stubGlobal('PublicKeyCredential', {
      isUserVerifyingPlatformAuthenticatorAvailable: () => Promise.resolve(true),
      getClientCapabilities: () => Promise.resolve({ 'extension:prf': false }),
    });
    expect(await canUsePasskeys()).toBe(false);
  });
});
