/** `relay`: what the relay costs per delivery, per waiting connection and per joining device, and whether it keeps its word. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Figures } from '../harness/bench.ts';
import { wants, type Options } from '../harness/options.ts';
import { installPeers } from '../harness/peers.ts';
import { round } from '../harness/stats.ts';
import { note } from '../harness/table.ts';
import { fanOut } from './fan-out.ts';
import { idle } from './idle.ts';
import { coldJoin } from './join/join.ts';
import { kills } from './kills.ts';
import { carnet } from './seats/carnet.ts';
import { forwarder } from './seats/forwarder.ts';
import { hocuspocus } from './seats/hocuspocus.ts';
import type { Contender } from './seats/seat.ts';
import { yWebsocket } from './seats/y-websocket.ts';

const CONTENDERS: readonly Contender[] = [carnet, forwarder, yWebsocket, hocuspocus];

export const bench: Bench = {
  name: 'relay',
  summary:
    'CPU per delivery, cold join, memory per idle connection, frames lost by kills; against three servers',
  usage: 'relay fan-out | low-load | join | idle | kills runs one part alone',
  async run(options) {
    installPeers();
    const folder = mkdtempSync(join(tmpdir(), 'carnet-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const figures: Record<string, number | null> = {
      ...{ cpuVsHocuspocus: null, lowLoadVsYWebsocket: null, joinTimeRatio: null },
      ...{ joinBytesRatio: null, idleKB: null, ackedLost: null },
    };
    for (const [part, measure] of Object.entries(PARTS)) {
      if (!wants(options, part)) continue;
      const home = join(folder, part);
      mkdirSync(home, { recursive: true });
      Object.assign(figures, await measure(options, home));
    }
    note('y-websocket is 2.1.0, the last that brings its server and LevelDB, over the same Yjs as ours.');
    note(
      'Aims: ≥ 6 × Hocuspocus, ≥ 1.5 × y-websocket at low load, join ≤ 0.8 × and ≤ 0.25 ×, ≤ 9.5 kB, 0 lost.',
    );
    return figures;
  },
};

const PARTS: Readonly<Record<string, (options: Options, folder: string) => Promise<Figures>>> = {
  async 'fan-out'({ quick, rounds = 5 }, folder) {
    const ratios = await fanOut('full', CONTENDERS, {
      rounds: quick ? 1 : rounds,
      seconds: quick ? 2 : 8,
      folder,
    });
    return { cpuVsHocuspocus: round(ratios.get(hocuspocus.name)!) };
  },

  async 'low-load'({ quick, rounds = 5 }, folder) {
    const ratios = await fanOut('low', CONTENDERS, {
      rounds: quick ? 1 : rounds,
      seconds: quick ? 2 : 8,
      folder,
    });
    return { lowLoadVsYWebsocket: round(ratios.get(yWebsocket.name)!) };
  },

  async join({ quick, rounds = 15 }, folder) {
    const { time, bytes } = await coldJoin({
      rounds: quick ? 3 : rounds,
      updates: quick ? 1_000 : 10_000,
      folder,
    });
    return { joinTimeRatio: round(time), joinBytesRatio: round(bytes) };
  },

  async idle({ quick, rounds = 3 }, folder) {
    const memory = await idle(CONTENDERS, {
      rounds: quick ? 1 : Math.min(rounds, 3),
      connections: quick ? 200 : 2_000,
      folder,
    });
    return { idleKB: round(memory.get(carnet.name)! / 1000) };
  },

  async kills({ quick }, folder) {
    return { ackedLost: await kills(quick ? 3 : 20, folder) };
  },
};
