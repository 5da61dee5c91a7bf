/**
 * The real server as a process of its own, so that a test can kill it as a power cut would and start it again on the
 * same folder and port.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const START_MS = 120_000;

export interface CarnetProcess {
  readonly url: string;
  readonly dataDir: string;
  /** Everything the server printed so far. */
  printed(): string;
  start(): Promise<void>;
  /** SIGKILL by default: nothing is flushed, nothing is said. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
}

export async function carnetProcess(
  environment: Readonly<Record<string, string>> = {},
): Promise<CarnetProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'carnet-data-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let printed = '';

  async function start(): Promise<void> {
    const started = spawn(process.execPath, ['relay/main.ts'], {
      cwd: root,
      env: {
        ...process.env,
        PORT: String(port),
        HOST: '127.0.0.1',
        DATA_DIR: dataDir,
        DEMO: '1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => void (printed += chunk.toString()));
    const deadline = Date.now() + START_MS;
    while (!(await isHealthy(url))) {
      if (started.exitCode !== null || Date.now() > deadline)
        throw new Error(`the server did not start:\n${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill(signal);
    await gone;
  }

  await start();
  return {
    url,
    dataDir,
    printed: () => printed,
    start,
    kill,
    async remove() {
      await kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false; // not listening yet
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
