/**
 * What app and relay say over one WebSocket: binary messages, whose first byte is their type.
 *
 *   relay → app   challenge                           once, first
 *   app → relay   create | open                       one per topic, signed over the challenge (statements.ts)
 *   app → relay   any other request of that topic     answered under its request number, in any order
 *   relay → app   events                              frames of the subscribed topics, as they come
 *
 * Guarantees: an acknowledgement means that the bytes are on the relay's disk. A decoder answers null to an unknown
 * type, a length or a number out of its limits, and to trailing bytes; it copies nothing (fields are views).
 * Leaves out: what is in a frame. The relay sees bytes, their length and their hash.
 *
 * [Note: cursors] A relay gives every frame of a topic a cursor. Cursors of a topic rise and are never given twice, not
 * even when the relay was killed between showing a frame to others and having it on disk. So an app that remembers
 * (cursor, frame id) of the last frame it took finds out on its next visit whether the relay still has it: `list` since
 * cursor - 1, limit 1. Another answer means that the relay lost it, was restored from a backup, or lies: then the app
 * compares ids from the start.
 */
export * from './relay/codes.ts';
export * from './relay/replies.ts';
export * from './relay/requests.ts';
export * from './relay/statements.ts';
