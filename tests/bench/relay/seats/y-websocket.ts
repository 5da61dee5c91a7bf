/** y-websocket with its LevelDB persistence. Its author hears an echo; nobody hears what is stored. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startHost } from '../../harness/host.ts';
import { authorOf } from '../edits.ts';
import { connect, hangUp, type Contender } from './seat.ts';
import { editsIn, message, read, STEP_1, step1, STEP_2, step2, SYNC, UPDATE } from './sync-protocol.ts';

export const yWebsocket: Contender = {
  name: 'y-websocket + LevelDB',
  tellsAuthor: true,
  promise: 'echoed; written without fsync',
  start(folder) {
    mkdirSync(folder, { recursive: true });
    return startHost(new URL('../hosts/y-websocket.ts', import.meta.url).pathname, {
      YPERSISTENCE: join(folder, 'level'),
    });
  },
  async join(port, room, seat, ear) {
    const author = authorOf(seat);
    const synced = Promise.withResolvers<unknown>();
    const early: Uint8Array[] = [];
    let reply = (bytes: Uint8Array): void => void early.push(bytes);
    const socket = await connect(`ws://127.0.0.1:${port}/${room}`, (bytes) => {
      const { type, step, body } = read(bytes, false);
      if (type !== SYNC) return;
      if (step === UPDATE) {
        const { foreign, own } = editsIn(body, author.clientId);
        if (own) ear.finished();
        else ear.delivered(foreign);
      } else if (step === STEP_1) reply(step2(null));
      else if (step === STEP_2) synced.resolve(true);
    });
    reply = (bytes) => socket.send(bytes);
    for (const bytes of early) reply(bytes);
    socket.send(step1(null));
    await synced.promise;
    return { send: () => socket.send(message(null, UPDATE, author.next())), leave: () => hangUp(socket) };
  },
};
