/**
 * The same updates on a y-websocket server, and its own client that joins. One client stays connected, so that the server
 * holds the document in memory: read from LevelDB it would come much later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type * as Yjs from 'yjs';
import { requirePeer } from '../../harness/peers.ts';
import type { Joined, JoinSide } from './side.ts';

interface Provider {
  readonly synced: boolean;
  on(event: 'sync', listener: (synced: boolean) => void): void;
  destroy(): void;
}

const ROOM = 'join';

export async function yWebsocketSide(port: number, updates: readonly Uint8Array[]): Promise<JoinSide> {
  // It brings a Yjs of its own, which never meets ours: the check for two of them in one process would be a false alarm.
  Reflect.deleteProperty(globalThis, '__ $YJS$ __');
  const Y = requirePeer('yjs') as typeof Yjs;
  const { WebsocketProvider } = requirePeer('y-websocket') as {
    WebsocketProvider: new (url: string, room: string, doc: Yjs.Doc, options: object) => Provider;
  };

  const connect = async (doc: Yjs.Doc, counter: { bytes: number }) => {
    class Counted extends WebSocket {
      constructor(url: string) {
        super(url, { perMessageDeflate: false });
        this.on('message', (data: Buffer | ArrayBuffer) => (counter.bytes += data.byteLength));
      }
    }
    const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, ROOM, doc, {
      WebSocketPolyfill: Counted,
      disableBc: true,
    });
    await new Promise<void>((resolve) => provider.on('sync', (synced) => synced && resolve()));
    return provider;
  };

  const author = new Y.Doc();
  const staying = await connect(author, { bytes: 0 });
  for (const update of updates) Y.applyUpdate(author, update);

  const side: JoinSide = {
    async join(): Promise<Joined> {
      const doc = new Y.Doc();
      const counter = { bytes: 0 };
      const start = performance.now();
      const provider = await connect(doc, counter);
      const milliseconds = performance.now() - start;
      provider.destroy();
      const keys = [...doc.getMap('allergies').keys()];
      return {
        milliseconds,
        bytes: counter.bytes,
        entries: new Set(keys.map((key) => key.slice(0, 22))).size,
      };
    },
    leave: () => staying.destroy(),
  };
  // It says nothing of what it has taken in: whoever joins too early gets less.
  const written = countEntries(author);
  while ((await side.join()).entries < written) await sleep(200);
  return side;
}

function countEntries(doc: Yjs.Doc): number {
  return new Set([...doc.getMap('allergies').keys()].map((key) => key.slice(0, 22))).size;
}
