/**
 * Our relay. Its word means that the frame is on the disk.
 *
 * Frames have the length of a real one around a 200-byte edit that names one dependency; since the relay sees only
 * ciphertext, a fresh salt over one sealed frame is as good as a fresh frame, and the load stays cheap.
 */
import { createHash, randomFillSync } from 'node:crypto';
import type { WebSocket } from 'ws';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { sealFrame } from '#lib/crypto/frame.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { SIGNATURE_LENGTH } from '#lib/crypto/signature.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { zeroId } from '#lib/keys/ids.ts';
import { encodeInner } from '#lib/keys/signed.ts';
import { createStatement, decodeReply, encodeRequest, type Reply } from '#lib/protocol/relay.ts';
import { startHost } from '../../harness/host.ts';
import { EDIT_BYTES } from '../edits.ts';
import { connect, hangUp, type Contender } from './seat.ts';

/** The salt of a frame, whose first byte here names the author. */
const AUTHOR = 1;
const SALT = { start: 2, length: 23 };

export const carnet: Contender = {
  name: 'Carnet',
  tellsAuthor: true,
  promise: 'on the disk, fsynced',
  start: (folder) => startHost(new URL('../hosts/carnet.ts', import.meta.url).pathname, { DATA_DIR: folder }),
  async join(port, room, seat, ear) {
    const keys = await keysOf(room);
    const socket = await enter(port, keys, (reply) => {
      if (reply.type === 'events')
        ear.delivered(reply.entries.filter(({ frame }) => frame[AUTHOR] !== seat).length);
      else if (reply.type === 'ack') for (let i = 0; i < reply.acks.length; i++) ear.finished();
    });
    const frame = sealedEdit(keys);
    frame[AUTHOR] = seat;
    let req = 10;
    const send = () => {
      randomFillSync(frame, SALT.start, SALT.length);
      socket.send(encodeRequest({ type: 'put', req: req++, topic: keys.topic, frame }));
    };
    return { send, leave: () => hangUp(socket) };
  },
};

/** Opens a connection, creates the topic unless it is there, and subscribes to all that is new. */
export async function enter(port: number, keys: Keys, onReply: (reply: Reply) => void): Promise<WebSocket> {
  const origin = `127.0.0.1:${port}`;
  const entered = Promise.withResolvers<unknown>();
  const socket: WebSocket = await connect(`ws://${origin}/relay`, (bytes) => {
    const reply = decodeReply(toOwned(bytes));
    if (!reply || reply.type === 'error') return entered.reject(new Error('the relay refused'));
    onReply(reply);
    if (reply.type === 'done') entered.resolve(true);
    else if (reply.type === 'challenge')
      void create(origin, reply.nonce, keys).then((made) => socket.send(made));
    else if (reply.type === 'opened') {
      socket.send(encodeRequest({ type: 'subscribe', req: 2, topic: keys.topic, since: reply.last }));
    }
  });
  await entered.promise;
  return socket;
}

type Keys = Required<EpochKeys>;

export async function keysOf(room: string): Promise<Keys> {
  const secret = (what: string) => toOwned(createHash('sha256').update(`${room}/${what}`).digest());
  const secrets = {
    epoch: 0,
    id: zeroId(),
    read: secret('read'),
    write: secret('write'),
    delete: secret('delete'),
  };
  return (await deriveEpoch(secret('space'), secrets)) as Keys;
}

async function create(origin: string, nonce: Bytes, { topic, writer, deleter }: Keys): Promise<Bytes> {
  const claim = {
    topic,
    writeKey: writer.publicKey,
    deleteKey: deleter.publicKey,
    ttl: 0,
    openToReaders: false,
  };
  const signature = await deleter.sign(createStatement(origin, nonce, claim));
  return encodeRequest({ type: 'create', req: 1, ...claim, signature });
}

function sealedEdit({ frameKey }: Keys): Bytes {
  const inner = encodeInner(
    {
      author: systemRandom(32),
      seq: 2,
      before: [systemRandom(32)],
      deps: [],
      clock: { time: Date.now(), counter: 0 },
      body: systemRandom(EDIT_BYTES),
    },
    systemRandom(SIGNATURE_LENGTH),
  );
  return sealFrame(frameKey, 'update', inner, systemRandom);
}
