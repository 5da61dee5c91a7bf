/** The bare forwarder gets the edits as they are, behind one byte that names the author. */
import { startHost } from '../../harness/host.ts';
import { authorOf } from '../edits.ts';
import { connect, hangUp, type Contender } from './seat.ts';

export const forwarder: Contender = {
  name: 'bare ws forwarder',
  tellsAuthor: false,
  promise: 'keeps nothing',
  start: () => startHost(new URL('../hosts/forwarder.ts', import.meta.url).pathname, {}),
  async join(port, room, seat, ear) {
    const author = authorOf(seat);
    const socket = await connect(`ws://127.0.0.1:${port}/${room}`, (bytes) => ear.delivered(1, bytes[0]));
    const send = () => socket.send(Buffer.concat([Uint8Array.of(seat), author.next()]));
    return { send, leave: () => hangUp(socket) };
  },
};
