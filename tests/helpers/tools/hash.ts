/** For tests beside code that is handed its hash. */
export { sha256 } from '#lib/crypto/hash.ts';
