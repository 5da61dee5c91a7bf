/** A TCP proxy that hands every byte over alone: what a WebSocket library must put together again (R13). */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

export interface FragmentingProxy {
  readonly port: number;
  /** Bytes carried so far. */
  readonly carried: number;
  /** Half-open: what is on its way on the connections that stand is swallowed, and nobody is told. */
  muteAll(): void;
  /** Breaks every connection. */
  cutAll(): void;
  close(): Promise<void>;
}

export async function fragmentingProxy(targetPort: number): Promise<FragmentingProxy> {
  const sockets = new Set<Socket>();
  let carried = 0;
  let muted = new WeakSet<Socket>();

  const carry = (from: Socket, to: Socket) => {
    let last = Promise.resolve();
    from.on('data', (data) => {
      last = last.then(async () => {
        for (const byte of data) {
          if (to.destroyed || muted.has(to)) return;
          to.write(Uint8Array.of(byte));
          carried++;
          if (carried % 64 === 0) await turn();
        }
      });
    });
    from.on('close', () => void last.then(() => to.destroy()));
    from.on('error', () => to.destroy());
    from.setNoDelay(true);
    sockets.add(from);
    from.on('close', () => sockets.delete(from));
  };

  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    carry(client, target);
    carry(target, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    get carried() {
      return carried;
    },
    muteAll: () => void (muted = new WeakSet(sockets)),
    cutAll,
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
