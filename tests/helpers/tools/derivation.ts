/**
 * Argon2id costs half a second and 64 MiB each time, and hardly a test is about that: in `npm test` a cheap derivation
 * stands in for it, on the device and at the authority. `npm run thorough` runs every test at full strength, and a file
 * that is about strength, or that meets another process, always does; it says so:
 *
 *   vi.unmock('#lib/crypto/kdf.ts');
 *   vi.unmock('<...>/relay/authority/primitives.ts');
 */
import { vi } from 'vitest';
import { cheapKdf, cheapPrimitives } from './cheap-kdf.ts';
import { thorough } from './depth.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) => {
  const kdf = await original<typeof import('#lib/crypto/kdf.ts')>();
  return thorough ? kdf : cheapKdf(kdf);
});
vi.mock('../../../relay/authority/primitives.ts', async (original) => {
  const real = await original<typeof import('../../../relay/authority/primitives.ts')>();
  return thorough ? real : cheapPrimitives(real);
});
