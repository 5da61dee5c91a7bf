/**
 * The limits that both ends of the wire keep to. A message beyond them is a defect or an attack and ends the connection.
 * Leaves out what an operator may choose (quotas, rates): those stand in relay/bounds/limits.ts and reach the app as errors.
 */

/** A sealed frame, at most. */
export const MAX_FRAME = 1_048_576;

/**
 * A blob travels and is stored in chunks of this size; only its last chunk may be shorter. 63 KiB, because Chromium moves
 * a row of IndexedDB that passes 64 KiB with its key into a file of its own: 5 MB in rows of 65 536 bytes were written in
 * 195 ms, in rows of 65 000 bytes in 48 ms.
 */
export const CHUNK = 64_512;

/** 16 MiB: the largest file of the product (10 MB in a message) with its padding. */
export const MAX_BLOB_CHUNKS = 256;

/** Any message an app sends: the largest is a `put` of the largest frame. */
export const MAX_REQUEST = MAX_FRAME + 64;

/** A relay closes a page when it reaches either; a page always holds at least one entry, whatever its size. */
export const PAGE_ENTRIES = 2_000;
export const PAGE_BYTES = 524_288;

/** Ids in one `get` or one `propose-delete`. */
export const MAX_IDS = 1_000;

/** Topics that one connection may open. */
export const MAX_OPEN_TOPICS = 512;

/** Reader keys that one topic may admit. */
export const MAX_READERS = 256;

/** An ephemeral topic lives at most this long. */
export const MAX_TTL_SECONDS = 86_400;

/** The app pings when it has heard nothing for this long… */
export const HEARTBEAT_MS = 25_000;

/** …and either end gives the connection up when it has heard nothing for this long. */
export const SILENCE_MS = 75_000;

/** A connection that has opened no topic after this long is closed. */
export const UNPROVEN_MS = 10_000;

/** Why a connection ended. Below 4000 as in RFC 6455 and its registry. */
export const CLOSE = {
  done: 1000,
  tooLarge: 1009,
  restart: 1012, // the relay restarts: come back in a moment
  tryLater: 1013, // too many connections, or too much at once
  malformed: 4400, // not a message of this protocol
  unproven: 4401, // no topic opened in time, or too many refused attempts
  silent: 4408,
  slow: 4409, // left unread, or unfinished, more than the relay holds for it
} as const;
