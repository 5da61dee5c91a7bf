/**
 * What an operator grants: quotas and rates. The limits of the wire itself stand in protocol/limits.ts.
 * Everything an unknown caller can make grow has a line here.
 */
import { SILENCE_MS, UNPROVEN_MS } from '#lib/protocol/limits.ts';

export interface RelayLimits {
  /** Connections of the whole process; more are answered 503. */
  readonly connections: number;
  /** Connections of one address at a time, those that have proven nothing yet, new ones in a minute; more are answered 429. */
  readonly connectionsPerAddress: number;
  readonly unprovenPerAddress: number;
  readonly connectsPerMinute: number;
  /** Addresses that are remembered: beyond it the one that used least is forgotten. */
  readonly addresses: number;
  /** Refused proofs of one address in a minute, and of one connection in its life. */
  readonly refusalsPerMinute: number;
  readonly refusalsPerConnection: number;
  /** Topics one address may create in an hour. */
  readonly createsPerHour: number;
  /** MiB one address may store in a day. */
  readonly mebibytesPerDay: number;
  /** What is done for one connection, and for one address, in milliseconds of work (cost.ts): at once, then per second. */
  readonly connectionWorkMs: number;
  readonly connectionWorkPerSecondMs: number;
  readonly addressWorkMs: number;
  readonly addressWorkPerSecondMs: number;
  /** What one topic may hold. */
  readonly topicFrames: number;
  readonly topicBytes: number;
  readonly topicBlobs: number;
  /** How long a frame or blob stays after its deletion was proposed. */
  readonly graceMs: number;
  /** How long an upload may rest unfinished. */
  readonly unfinishedMs: number;
  /** A subscriber that is this many bytes behind is fed from the store again, when it has caught up. */
  readonly lagBytes: number;
  /** A connection that leaves this many bytes unread is not read from either. */
  readonly pauseBytes: number;
  /** A connection that takes nothing of what it leaves unread for so long is closed. */
  readonly slowMs: number;
  /** What a connection may send before it has proven anything. */
  readonly unprovenBytes: number;
  /** What is held for all connections of one address, unread or unfinished; beyond it the one with most is closed. */
  readonly heldBytesPerAddress: number;
  /** Sockets of one address that are no WebSocket, and how long each may stand still. */
  readonly socketsPerAddress: number;
  readonly stillMs: number;
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
  unprovenPerAddress: 100,
  connectsPerMinute: 600,
  addresses: 65_536,
  refusalsPerMinute: 30,
  refusalsPerConnection: 5,
  createsPerHour: 600,
  mebibytesPerDay: 4_096,
  connectionWorkMs: 4_000,
  connectionWorkPerSecondMs: 200,
  addressWorkMs: 10_000,
  addressWorkPerSecondMs: 500,
  topicFrames: 1_000_000,
  topicBytes: 4 * 1024 ** 3,
  topicBlobs: 65_536,
  graceMs: 30 * DAY,
  unfinishedMs: 7 * DAY,
  lagBytes: 262_144,
  pauseBytes: 262_144,
  slowMs: 30_000,
  unprovenBytes: 65_536,
  heldBytesPerAddress: 64 * 1024 ** 2,
  socketsPerAddress: 256,
  stillMs: 60_000,
  headersMs: 10_000,
  requestMs: 30_000,
  unprovenMs: UNPROVEN_MS,
  silenceMs: SILENCE_MS,
};
