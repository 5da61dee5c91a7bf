/** Hocuspocus with its SQLite extension. Its `SyncStatus` says that an edit was applied in memory; the file follows. */
import { mkdirSync } from 'node:fs';
import * as encoding from 'lib0/encoding';
import { startHost } from '../../harness/host.ts';
import { authorOf } from '../edits.ts';
import { connect, hangUp, type Contender } from './seat.ts';
import { editsIn, message, read, STEP_1, step1, STEP_2, step2, SYNC, UPDATE } from './sync-protocol.ts';

const AUTH = 2;
const SYNC_REPLY = 4;
const SYNC_STATUS = 8;

export const hocuspocus: Contender = {
  name: 'Hocuspocus + SQLite',
  tellsAuthor: true,
  promise: 'applied; stored 2 to 10 s later',
  start(folder) {
    mkdirSync(folder, { recursive: true });
    return startHost(new URL('../hosts/hocuspocus.ts', import.meta.url).pathname, { DATA_DIR: folder });
  },
  async join(port, room, seat, ear) {
    const author = authorOf(seat);
    const admitted = Promise.withResolvers<unknown>();
    const synced = Promise.withResolvers<unknown>();
    // Our empty answer to the server's question is acknowledged like an edit.
    const answered = Promise.withResolvers<unknown>();
    let joined = false;
    const socket = await connect(`ws://127.0.0.1:${port}/`, (bytes) => {
      const { type, step, body } = read(bytes, true);
      if (type === SYNC_STATUS && !joined) answered.resolve(true);
      else if (type === SYNC_STATUS) ear.finished();
      else if (type === SYNC && step === UPDATE) ear.delivered(editsIn(body, author.clientId).foreign);
      else if (type === AUTH) admitted.resolve(true);
      else if (type === SYNC && step === STEP_2) synced.resolve(true);
      else if ((type === SYNC || type === SYNC_REPLY) && step === STEP_1) socket.send(step2(room));
    });
    socket.send(authentication(room));
    await admitted.promise;
    socket.send(step1(room));
    await synced.promise;
    await answered.promise;
    joined = true;
    return { send: () => socket.send(message(room, UPDATE, author.next())), leave: () => hangUp(socket) };
  },
};

function authentication(room: string): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, room);
  encoding.writeVarUint(encoder, AUTH);
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarString(encoder, '');
  return encoding.toUint8Array(encoder);
}
