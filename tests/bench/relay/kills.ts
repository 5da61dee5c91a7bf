/**
 * The relay is killed (SIGKILL) in the middle of work, again and again on the same folder. What it had acknowledged must
 * be there, byte for byte, when it comes back.
 *
 * Leaves out a loss of power, which takes what the kernel had not written: only fsync guards against that, and no
 * program can test it from inside.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import { encodeRequest, type Reply } from '#lib/protocol/relay.ts';
import { printTable } from '../harness/table.ts';
import { carnet, enter, keysOf } from './seats/carnet.ts';
import { hangUp } from './seats/seat.ts';

const WRITERS = 8;
const UNDER_WAY = 25;

interface Writer {
  readonly keys: Required<EpochKeys>;
  readonly acknowledged: Set<string>;
}

/** @returns how many acknowledged frames were missing or changed, over all kills together */
export async function kills(count: number, folder: string): Promise<number> {
  const writers: Writer[] = [];
  for (let i = 0; i < WRITERS; i++) {
    writers.push({ keys: await keysOf(`kill-${i}`), acknowledged: new Set() });
  }
  let lost = 0;
  let atOnce = 0;
  for (let kill = 0; kill < count; kill++) {
    const host = await carnet.start(folder);
    lost += await missing(host.port, writers);
    const sockets = await Promise.all(writers.map((writer) => write(host.port, writer)));
    await sleep(100 + Math.random() * 400);
    await host.kill('SIGKILL');
    const open = await Promise.all(sockets.map((stop) => stop()));
    atOnce += open.reduce((sum, unanswered) => sum + unanswered, 0);
  }
  const host = await carnet.start(folder);
  lost += await missing(host.port, writers);
  await host.kill('SIGKILL');
  const total = writers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  printTable(
    `Acknowledged frames after ${count} × SIGKILL in the middle of writing`,
    ['acknowledged', 'under way when killed', 'lost'],
    [[String(total), String(atOnce), String(lost)]],
  );
  return lost;
}

/** Keeps some puts under way until the relay is gone; the answer tells how many it had not acknowledged. */
async function write(port: number, { keys, acknowledged }: Writer): Promise<() => Promise<number>> {
  const underWay = new Map<number, string>();
  let req = 100;
  const gone = Promise.withResolvers<unknown>();
  const socket = await enter(port, keys, (reply) => {
    if (reply.type !== 'ack') return;
    for (const ack of reply.acks) {
      acknowledged.add(underWay.get(ack.req)!);
      underWay.delete(ack.req);
      put();
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => gone.resolve(true));
  const put = () => {
    const frame = systemRandom(300 + Math.floor(Math.random() * 3000));
    underWay.set(req, idOf(frame));
    socket.send(encodeRequest({ type: 'put', req: req++, topic: keys.topic, frame }));
  };
  for (let i = 0; i < UNDER_WAY; i++) put();
  return async () => {
    await gone.promise;
    return underWay.size;
  };
}

async function missing(port: number, writers: readonly Writer[]): Promise<number> {
  let count = 0;
  for (const { keys, acknowledged } of writers) {
    const there = await idsOf(port, keys);
    for (const id of acknowledged) if (!there.has(id)) count++;
  }
  return count;
}

/** The ids of all frames of a topic, computed from their bodies. */
async function idsOf(port: number, keys: Required<EpochKeys>): Promise<Set<string>> {
  const ids = new Set<string>();
  const end = Promise.withResolvers<unknown>();
  let ask = (_since: number): void => {};
  const onPage = (reply: Reply) => {
    if (reply.type !== 'page') return;
    for (const { frame } of reply.entries) ids.add(idOf(frame));
    if (reply.more) ask(reply.entries.at(-1)!.cursor);
    else end.resolve(true);
  };
  const socket = await enter(port, keys, onPage);
  ask = (since) => {
    const list = {
      type: 'list',
      req: 50,
      topic: keys.topic,
      since,
      limit: 1_000,
      bodies: true,
      doomed: true,
    } as const;
    socket.send(encodeRequest(list));
  };
  ask(0);
  await end.promise;
  hangUp(socket);
  return ids;
}

function idOf(frame: Bytes): string {
  return hex(toOwned(createHash('sha256').update(frame).digest()));
}
