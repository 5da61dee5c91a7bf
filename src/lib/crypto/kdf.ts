/**
 * Argon2id for passwords and codes. hash-wasm, loaded when needed; noble where WebAssembly does not run (four times
 * slower, same bytes). The parameters are kept with what they protect and come from no server; below the floor
 * compiled in here nothing is derived (attack D01), nor above a ceiling that would only freeze the device.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Argon2Parameters } from './argon2.ts';

export type { Argon2Parameters } from './argon2.ts';

/** What new slots use. */
export const ARGON2: Argon2Parameters = { m: 131_072, t: 3, p: 1 };

const FLOOR: Argon2Parameters = { m: 65_536, t: 3, p: 1 };
const CEILING: Argon2Parameters = { m: 1_048_576, t: 16, p: 4 };

/** The parameters are outside what is compiled in: tampered with, or from a future version. */
export class KdfRefused extends Error {
  override readonly name = 'KdfRefused';
}

export function admitsParameters({ m, t, p }: Argon2Parameters): boolean {
  const within = (value: number, min: number, max: number): boolean =>
    Number.isSafeInteger(value) && value >= min && value <= max;
  return within(m, FLOOR.m, CEILING.m) && within(t, FLOOR.t, CEILING.t) && within(p, FLOOR.p, CEILING.p);
}

/** Throws `KdfRefused` for parameters outside floor and ceiling. */
export async function argon2id(
  secret: Bytes,
  salt: Bytes,
  parameters: Argon2Parameters,
  length: number,
): Promise<Bytes> {
  if (!admitsParameters(parameters)) throw new KdfRefused('Argon2id parameters out of bounds');
  const { argon2idWasm, argon2idNoble } = await import('./argon2.ts');
  try {
    return await argon2idWasm(secret, salt, parameters, length);
  } catch {
    return argon2idNoble(secret, salt, parameters, length);
  }
}
