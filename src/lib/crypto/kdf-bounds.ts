/**
 * The parameters of Argon2id and their bounds. They are kept with what they protect and come from no server; below the
 * floor compiled in here nothing is derived (attack D01), nor above a ceiling that would only freeze the device.
 */
export interface Argon2Parameters {
  /** Memory in KiB. */
  readonly m: number;
  /** Passes. */
  readonly t: number;
  /** Lanes. */
  readonly p: number;
}

/** What new slots use. */
export const ARGON2: Argon2Parameters = { m: 131_072, t: 3, p: 1 };

const FLOOR: Argon2Parameters = { m: 65_536, t: 3, p: 1 };
const CEILING: Argon2Parameters = { m: 1_048_576, t: 16, p: 4 };

export function admitsParameters({ m, t, p }: Argon2Parameters): boolean {
  const within = (value: number, min: number, max: number): boolean =>
    Number.isSafeInteger(value) && value >= min && value <= max;
  return within(m, FLOOR.m, CEILING.m) && within(t, FLOOR.t, CEILING.t) && within(p, FLOOR.p, CEILING.p);
}

/** The parameters are outside what is compiled in: tampered with, or from another version. */
export class KdfRefused extends Error {
  override readonly name = 'KdfRefused';
}
