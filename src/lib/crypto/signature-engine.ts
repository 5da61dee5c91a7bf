/**
 * Who does the arithmetic of Ed25519: WebCrypto where it can (0.15 ms a verification, keys that JavaScript cannot
 * read), else noble (3 ms). Found out once by a known answer; a parameter of signature.ts, so that a test can take
 * WebCrypto away. Some WebCrypto engines sign with added randomness: signatures verify everywhere, but their bytes are
 * not a function of key and message.
 */
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { concat, equal, fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { publicKeyOf, signFallback, verifyFallback } from './ed25519.ts';

export interface Signer {
  readonly publicKey: Bytes;
  sign(message: Bytes): Promise<Bytes>;
}

export interface SignatureEngine {
  readonly name: 'webcrypto' | 'fallback';
  /** A signer with this seed; it keeps the key, the caller may forget the seed. */
  signer(seed: Bytes): Promise<Signer>;
  /** For an admitted key and a well-formed signature: whether the recomputed R equals R. */
  verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean>;
}

export const fallbackEngine: SignatureEngine = {
  name: 'fallback',
  signer: async (seed) => {
    const own = seed.slice();
    return { publicKey: publicKeyOf(own), sign: async (message) => signFallback(own, message) };
  },
  verify: async (publicKey, message, signature) => verifyFallback(publicKey, message, signature),
};

const ALGORITHM = 'Ed25519';
const CACHED_KEYS = 512;

/** RFC 8410: what comes before the 32 bytes of the seed. */
const PKCS8_PREFIX = fromHex('302e020100300506032b657004220420');

export function webCryptoEngine(subtle: SubtleCrypto): SignatureEngine {
  const imported = new Map<string, Promise<CryptoKey>>();
  const importPublic = (publicKey: Bytes): Promise<CryptoKey> => {
    const name = hex(publicKey);
    let key = imported.get(name);
    if (key === undefined) {
      if (imported.size >= CACHED_KEYS) imported.delete(imported.keys().next().value ?? '');
      key = subtle.importKey('raw', publicKey, ALGORITHM, false, ['verify']);
      imported.set(name, key);
    }
    return key;
  };
  return {
    name: 'webcrypto',
    signer: async (seed) => {
      const pkcs8 = concat(PKCS8_PREFIX, seed);
      // Readable for as long as it takes to learn the public key, which noble would need ten times longer for.
      const readable = await subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
      const { x } = await subtle.exportKey('jwk', readable);
      const key = await subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
      pkcs8.fill(0);
      return {
        publicKey: fromBase64url(x ?? '') ?? publicKeyOf(seed),
        sign: async (message) => new Uint8Array(await subtle.sign(ALGORITHM, key, message)),
      };
    },
    verify: async (publicKey, message, signature) =>
      subtle.verify(ALGORITHM, await importPublic(publicKey), signature, message),
  };
}

/** RFC 8032 §7.1, test 2. */
const KNOWN = {
  seed: fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'),
  publicKey: fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  message: fromHex('72'),
  signature: fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ),
};

/** WebCrypto if it signs and verifies as the standard's example says, else the fallback. */
export async function detectEngine(subtle: SubtleCrypto | undefined): Promise<SignatureEngine> {
  if (subtle === undefined) return fallbackEngine;
  try {
    const engine = webCryptoEngine(subtle);
    const { seed, publicKey, message, signature } = KNOWN;
    const signer = await engine.signer(seed);
    const altered = signature.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
    const works =
      equal(signer.publicKey, publicKey) &&
      (await engine.verify(publicKey, message, signature)) &&
      !(await engine.verify(publicKey, message, altered)) &&
      (await engine.verify(publicKey, message, await signer.sign(message)));
    return works ? engine : fallbackEngine;
  } catch {
    return fallbackEngine;
  }
}

let found: Promise<SignatureEngine> | undefined;

/** The engine of this device, found on the first call. */
export function signatureEngine(): Promise<SignatureEngine> {
  return (found ??= detectEngine(globalThis.crypto?.subtle));
}
