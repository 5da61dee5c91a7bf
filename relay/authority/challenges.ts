/**
 * Challenges for callers: each is good once, for two minutes by the authority's own clock.
 *
 *   challenge   u48 milliseconds since 1970 ‖ random[10] ‖ first 16 bytes of HMAC-SHA-256(key, all before)
 *
 * Nothing is kept of a challenge until it is used, so that asking for many crowds out nobody's; what is kept then is
 * bounded, and beyond it callers are told to come back. The key is made at each start: a restart ends what was asked for
 * before. The clock counts only forwards here: set back, it would make a used challenge good again.
 */
import { createHmac } from 'node:crypto';
import { equal, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { CHALLENGE_MS } from '#lib/protocol/callers.ts';
import type { Random } from './primitives.ts';

const RANDOM_BYTES = 10;
const SAID_BYTES = 6 + RANDOM_BYTES;
const TAG_BYTES = 16;
const MAX_USED = 65_536;

export interface Challenges {
  make(): Bytes;
  /** Uses a challenge up. */
  take(challenge: Bytes): 'good' | 'refused' | 'full';
}

/** @param most that are used and not expired, at a time */
export function createChallenges(clock: { now(): number }, random: Random, most = MAX_USED): Challenges {
  const key = random(32);
  const used = new Map<string, number>(); // challenge → when it expires, the first used first
  let latest = 0;

  const now = () => (latest = Math.max(latest, clock.now()));
  const tagOf = (said: Bytes) =>
    toOwned(createHmac('sha256', key).update(said).digest().subarray(0, TAG_BYTES));

  function forgetExpired(time: number): void {
    for (const [challenge, expires] of used) if (expires <= time) used.delete(challenge);
  }

  return {
    make() {
      const time = now();
      const said = new Writer(SAID_BYTES).u16(Math.floor(time / 2 ** 32)).u32(time % 2 ** 32);
      const bytes = said.bytes(random(RANDOM_BYTES)).finish();
      return new Writer(SAID_BYTES + TAG_BYTES).bytes(bytes).bytes(tagOf(bytes)).finish();
    },

    take(challenge) {
      const time = now();
      const said = challenge.slice(0, SAID_BYTES);
      const reader = new Reader(said);
      const made = reader.u16() * 2 ** 32 + reader.u32();
      const isOurs = equal(tagOf(said), challenge.slice(SAID_BYTES));
      if (!isOurs || time >= made + CHALLENGE_MS || used.has(hex(challenge))) return 'refused';
      if (used.size >= most) forgetExpired(time);
      if (used.size >= most) return 'full';
      used.set(hex(challenge), made + CHALLENGE_MS);
      return 'good';
    },
  };
}
