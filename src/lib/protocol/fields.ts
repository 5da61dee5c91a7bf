/** The fields that messages of the authority are made of: bytes as base64url, texts and numbers with their limits. */
import * as v from 'valibot';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { addressBytes } from './attestation.ts';

/** base64url in JSON, bytes in the program. */
export const bytes = (min: number, max = min) =>
  v.pipe(
    v.string(),
    v.maxLength(Math.ceil((max * 4) / 3)),
    v.transform(fromBase64url),
    v.custom<Bytes>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max),
  );

export const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));

/** A number that people type, in its one spelling. */
export const normalised = (normalise: (typed: string) => string | null) =>
  v.pipe(
    text(64),
    v.transform(normalise),
    v.custom<string>((value) => typeof value === 'string'),
  );

export const date = v.pipe(v.string(), v.isoDate());
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const address = v.pipe(
  text(90),
  v.check((written) => addressBytes(written) !== null),
);

/** A message that says nothing but that it is sent. A list counts as an object to the library. */
export const nothing = v.pipe(
  v.unknown(),
  v.check((said) => !Array.isArray(said)),
  v.strictObject({}),
);
