/** The bare forwarder gets the edits as they are. */
import { startHost } from '../../harness/host.ts';
import { editsOf } from '../edits.ts';
import { connect, hangUp, type Contender } from './seat.ts';

export const forwarder: Contender = {
  name: 'bare ws forwarder',
  echoes: false,
  acknowledges: false,
  promise: 'keeps nothing',
  start: () => startHost(new URL('../hosts/forwarder.ts', import.meta.url).pathname, {}),
  async join(port, room, seat, heard) {
    const edit = editsOf(seat);
    const socket = await connect(`ws://127.0.0.1:${port}/${room}`, () => heard());
    return { send: () => socket.send(edit()), leave: () => hangUp(socket) };
  },
};
