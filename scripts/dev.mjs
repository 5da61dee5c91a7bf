// `npm run dev`: the relay, restarted when its code changes, and Vite in front of it. Ends both together.

import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const relayPort = process.env.DEV_RELAY_PORT ?? '8081';

const children = [
  start(['--watch', 'relay/main.ts'], { PORT: relayPort, HOST: '127.0.0.1' }),
  start(['node_modules/vite/bin/vite.js', 'dev', '--port', process.env.PORT ?? '5173'], {
    DEV_RELAY_PORT: relayPort,
  }),
];

/**
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function start(args, env) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  child.on('exit', (code) => end(code ?? 0));
  return child;
}

/** @param {number} code */
function end(code) {
  for (const child of children) child.kill('SIGTERM');
  process.exitCode = code;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0));
