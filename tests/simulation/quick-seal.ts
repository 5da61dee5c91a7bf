/**
 * What a device seals its disk with, the same bytes as crypto/local.ts makes, without a thread for each value: in worlds as
 * small as these, waiting for threads took a fifth of the time.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concat, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { hkdfSha256, labelBytes } from '#lib/crypto/hash.ts';
import { LABELS, SUITE } from '#lib/crypto/suite.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import { seededRandom, type SeededRandom } from '../helpers/tools/random.ts';

const [NONCE, TAG] = [12, 16];
const VERSION = Uint8Array.of(SUITE);

export function quickSeal(name: string, random: SeededRandom): LocalSeal {
  const secret = seededRandom(`local ${name}`)(32);
  const key = hkdfSha256(secret, new Uint8Array(0), labelBytes(LABELS.local), 32);
  const aad = (context: string): Bytes => concat(VERSION, utf8(context));
  return {
    seal(context, plaintext) {
      const nonce = random(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(context));
      const parts = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
      return Promise.resolve(concat(VERSION, nonce, ...parts.map((part) => new Uint8Array(part))));
    },
    open(context, sealed) {
      if (sealed.length < 1 + NONCE + TAG || sealed[0] !== SUITE) return Promise.resolve(null);
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE)).setAAD(
        aad(context),
      );
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
      try {
        const body = sealed.subarray(1 + NONCE, sealed.length - TAG);
        return Promise.resolve(
          concat(new Uint8Array(decipher.update(body)), new Uint8Array(decipher.final())),
        );
      } catch {
        return Promise.resolve(null);
      }
    },
  };
}
