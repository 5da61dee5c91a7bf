/**
 * What an operator grants: quotas and rates. The limits of the wire itself stand in protocol/limits.ts.
 * Everything an unknown caller can make grow has a line here.
 */
import { SILENCE_MS, UNPROVEN_MS } from '#lib/protocol/limits.ts';

export interface RelayLimits {
  /** Connections of the whole process; more are answered 503. */
  readonly connections: number;
  /** Connections of one address at a time, and new ones in a minute; more are answered 429. */
  readonly connectionsPerAddress: number;
  readonly connectsPerMinute: number;
  /** Refused proofs of one address in a minute, and of one connection in its life. */
  readonly refusalsPerMinute: number;
  readonly refusalsPerConnection: number;
  /** Topics one address may create in an hour. */
  readonly createsPerHour: number;
  /** MiB one address may store in a day. */
  readonly mebibytesPerDay: number;
  /** Requests of one connection: so many at once, then so many per second. */
  readonly requestBurst: number;
  readonly requestsPerSecond: number;
  /** What one topic may hold. */
  readonly topicFrames: number;
  readonly topicBytes: number;
  /** How long a frame or blob stays after its deletion was proposed. */
  readonly graceMs: number;
  /** How long an upload may rest unfinished. */
  readonly unfinishedMs: number;
  /** A subscriber that is this many bytes behind is fed from the store again, when it has caught up. */
  readonly lagBytes: number;
  /** A connection that leaves this many bytes unread is not read from either. */
  readonly pauseBytes: number;
  /** How long a caller may take over the headers of an HTTP request, and over all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly unprovenMs: number;
  readonly silenceMs: number;
}

const DAY = 86_400_000;

export const DEFAULT_LIMITS: RelayLimits = {
  connections: 20_000,
  connectionsPerAddress: 500,
  connectsPerMinute: 600,
  refusalsPerMinute: 30,
  refusalsPerConnection: 5,
  createsPerHour: 600,
  mebibytesPerDay: 4_096,
  requestBurst: 20_000,
  requestsPerSecond: 2_000,
  topicFrames: 1_000_000,
  topicBytes: 4 * 1024 ** 3,
  graceMs: 30 * DAY,
  unfinishedMs: 7 * DAY,
  lagBytes: 262_144,
  pauseBytes: 4_194_304,
  headersMs: 10_000,
  requestMs: 30_000,
  unprovenMs: UNPROVEN_MS,
  silenceMs: SILENCE_MS,
};
