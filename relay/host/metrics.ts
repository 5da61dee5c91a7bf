/**
 * What an operator watches, in the format of Prometheus. Totals over all: nothing here tells one person from another.
 * Counters are plain numbers, read when somebody asks: a message on the hot path costs an addition.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CommitReport } from '../store/sqlite/commit.ts';

/** Totals since the start. */
export interface Totals {
  connections: number;
  requests: number;
  frames: number;
  frameBytes: number;
  chunks: number;
  deliveries: number;
  refusedProofs: number;
  refusedConnections: number;
  rateLimited: number;
  slowConnections: number;
  malformed: number;
  storageFull: number;
  erased: number;
}

const HELP: Record<keyof Totals, string> = {
  connections: 'Connections accepted',
  requests: 'Requests received',
  frames: 'Frames stored',
  frameBytes: 'Bytes of frames stored',
  chunks: 'Blob chunks stored',
  deliveries: 'Messages with frames sent to subscribers',
  refusedProofs: 'Proofs that were not those of the topic',
  refusedConnections: 'Connections refused before a handshake',
  rateLimited: 'Requests refused for coming too fast',
  slowConnections: 'Connections closed for making the relay hold too much',
  malformed: 'Connections closed for a message that is none',
  storageFull: 'Commits that found the disk full',
  erased: 'Topics, frames and blobs erased',
};

export interface Metrics {
  readonly totals: Totals;
  committed(report: CommitReport): void;
  /** Where the number of open connections is read. */
  watchOpen(count: () => number): void;
  render(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const totals = Object.fromEntries(Object.keys(HELP).map((name) => [name, 0])) as unknown as Totals;
  for (const [name, help] of Object.entries(HELP)) {
    const read = () => totals[name as keyof Totals];
    new Counter({
      name: `carnet_relay_${snake(name)}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
  let open = () => 0;
  new Gauge({
    name: 'carnet_relay_open_connections',
    help: 'Connections open now',
    registers: [registry],
    collect() {
      this.set(open());
    },
  });
  const commits = new Histogram({
    name: 'carnet_relay_commit_seconds',
    help: 'Time a commit took to reach the disk',
    buckets: [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.512, 2],
    registers: [registry],
  });
  return {
    totals,
    committed({ milliseconds, failure }) {
      commits.observe(milliseconds / 1000);
      if (failure === 'storage-full') totals.storageFull++;
    },
    watchOpen(count) {
      open = count;
    },
    async render() {
      collectOnce(registry);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** The process's own figures cost timers and hooks: they start when somebody first asks. */
const collected = new WeakSet<Registry>();

function collectOnce(registry: Registry): void {
  if (collected.has(registry)) return;
  collected.add(registry);
  collectDefaultMetrics({ register: registry, prefix: 'carnet_' });
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
