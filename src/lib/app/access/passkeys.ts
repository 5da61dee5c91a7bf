/**
 * Passkeys as the browser has them: making one, and asking one for the 32 bytes that open its slot (WebAuthn, PRF extension).
 * Browsers speak to authenticators from a page alone, so these bytes pass through it on their way to the vault; who has
 * them hands them over and calls `wipe`. Nothing here is kept, and nothing is sent anywhere.
 */
import type { PasskeyAsked } from '#lib/vault/door/door.ts';

/**
 * `cancelled`: closed, timed out, or nothing here answers to it; a browser does not tell which. `unable`: this device can
 * make no passkey that opens a slot.
 */
export type Asked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: 'cancelled' | 'unable' };

/** What was made: where it is asked for, and what it answers. */
export interface Made extends Omit<PasskeyAsked, 'id'> {
  readonly output: Uint8Array<ArrayBuffer>;
}

const OUTPUT = 32;
/** In an authenticator's own list all that it is called by: nothing of the person. */
const NAME = 'Carnet';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const failed = (problem: 'cancelled' | 'unable') => ({ ok: false, problem }) as const;

/** Whether this device looks as if it could: a finger or a face that the browser can ask for, at an address with a name. */
export async function canUsePasskeys(): Promise<boolean> {
  // Absent in older browsers, whatever the types say.
  const api = (globalThis as { PublicKeyCredential?: Partial<typeof PublicKeyCredential> })
    .PublicKeyCredential;
  if (!api?.isUserVerifyingPlatformAuthenticatorAvailable || /^[\d.]+$|:/.test(location.hostname))
    return false;
  try {
    const able = await api.getClientCapabilities?.();
    if (able?.['extension:prf'] === false) return false;
    return await api.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/** Makes one on this device. What cannot open a slot is taken back. */
export async function makePasskey(present: readonly PasskeyAsked[]): Promise<Asked<Made>> {
  const salt = random(32);
  const made = await asked(() => navigator.credentials.create({ publicKey: creation(present, salt) }));
  if (!made.ok) return made;
  const { response } = made.value;
  const transports = response instanceof AuthenticatorAttestationResponse ? response.getTransports() : [];
  const passkey = { credential: new Uint8Array(made.value.rawId), salt, transports };
  const answered = await firstOutput(made.value, passkey);
  if (answered.ok) return { ok: true, value: { ...passkey, output: answered.value } };
  await dropPasskey(passkey);
  return answered;
}

/** Asks for any of these; answers which it was, and what it said. */
export async function askPasskey(
  present: readonly PasskeyAsked[],
  signal?: AbortSignal,
): Promise<Asked<{ readonly id: string; readonly output: Uint8Array<ArrayBuffer> }>> {
  const found = await asked(() =>
    navigator.credentials.get({ publicKey: request(present), ...(signal && { signal }) }),
  );
  if (!found.ok) return found;
  const name = nameOf(new Uint8Array(found.value.rawId));
  const id = present.find(({ credential }) => nameOf(credential) === name)?.id;
  const output = outputOf(found.value);
  return id !== undefined && output ? { ok: true, value: { id, output } } : failed('unable');
}

/** Tells the device that it may forget it, where the browser can. */
export async function dropPasskey({ credential }: Pick<PasskeyAsked, 'credential'>): Promise<void> {
  const api = PublicKeyCredential as Partial<typeof PublicKeyCredential>;
  const unknown = { rpId: location.hostname, credentialId: nameOf(credential) };
  await api.signalUnknownCredential?.(unknown).catch(() => undefined);
}

export function wipe({ output }: { readonly output: Uint8Array<ArrayBuffer> }): void {
  output.fill(0);
}

function creation(
  present: readonly PasskeyAsked[],
  salt: Uint8Array<ArrayBuffer>,
): PublicKeyCredentialCreationOptions {
  return {
    challenge: random(32), // nobody verifies the signature: what the passkey answers opens the slot, or does not
    rp: { id: location.hostname, name: NAME },
    user: { id: random(16), name: NAME, displayName: NAME },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: {
      authenticatorAttachment: 'platform',
      residentKey: 'preferred',
      userVerification: 'required',
    },
    attestation: 'none',
    excludeCredentials: present.map(descriptor),
    extensions: { prf: { eval: { first: salt } } },
  };
}

function request(present: readonly Omit<PasskeyAsked, 'id'>[]): PublicKeyCredentialRequestOptions {
  const byName = present.map(({ credential, salt }) => [nameOf(credential), { first: salt }] as const);
  return {
    challenge: random(32),
    rpId: location.hostname,
    allowCredentials: present.map(descriptor),
    userVerification: 'required',
    extensions: { prf: { evalByCredential: Object.fromEntries(byName) } },
  };
}

function descriptor({
  credential,
  transports,
}: Pick<PasskeyAsked, 'credential' | 'transports'>): PublicKeyCredentialDescriptor {
  return { type: 'public-key', id: credential, transports: transports as AuthenticatorTransport[] };
}

/** Not every browser evaluates while it makes one: then it is asked once more. */
async function firstOutput(
  made: PublicKeyCredential,
  passkey: Omit<PasskeyAsked, 'id'>,
): Promise<Asked<Uint8Array<ArrayBuffer>>> {
  const { prf } = made.getClientExtensionResults();
  if (prf?.enabled !== true) return failed('unable');
  const output = outputOf(made);
  if (output) return { ok: true, value: output };
  const found = await askPasskey([{ id: '', ...passkey }]);
  return found.ok ? { ok: true, value: found.value.output } : found;
}

function outputOf(credential: PublicKeyCredential): Uint8Array<ArrayBuffer> | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  return first instanceof ArrayBuffer && first.byteLength === OUTPUT ? new Uint8Array(first) : undefined;
}

async function asked(ask: () => Promise<Credential | null>): Promise<Asked<PublicKeyCredential>> {
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential ? { ok: true, value: credential } : failed('unable');
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return failed(['NotAllowedError', 'AbortError'].includes(error.name) ? 'cancelled' : 'unable');
  }
}

/** As the browser writes a credential id: base64url. */
function nameOf(credential: Uint8Array): string {
  return btoa(String.fromCharCode(...credential))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
