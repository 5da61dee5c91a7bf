/**
 * A way to carry messages to the relay and back: whole binary messages, in order, until it breaks. The WebSocket is one;
 * the tests' fake network another.
 *
 * Guarantees: `closed` is called once and nothing after it. Leaves out: noticing that the line is dead. A socket under
 * a lost network stays silent for ever without closing, so the relay session keeps a heartbeat.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CLOSE } from '#lib/protocol/limits.ts';

export interface Transport {
  send(message: Bytes): void;
  /** Bytes handed over that have not left yet: while they dwindle, the line is alive. */
  waiting(): number;
  /** Lets go at once; no event follows. */
  close(): void;
}

export interface TransportEvents {
  message(message: Bytes): void;
  closed(code: number): void;
}

/** Starts a connection. It never throws: what cannot be dialled closes. */
export type Dial = (events: TransportEvents) => Transport;

/** RFC 6455: no close frame arrived. */
const ABNORMAL = 1006;

/** Dials `url` (ws: or wss:) anew at every call. */
export function webSocketDial(url: string, Socket: typeof WebSocket = WebSocket): Dial {
  return (events) => {
    let open = true;
    const close = (code: number, tell: boolean) => {
      if (!open) return;
      open = false;
      if (tell) events.closed(code);
    };

    let socket: WebSocket;
    try {
      socket = new Socket(url);
    } catch {
      queueMicrotask(() => close(ABNORMAL, true));
      return { send() {}, waiting: () => 0, close: () => close(CLOSE.done, false) };
    }
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!open) return;
      if (data instanceof ArrayBuffer) return events.message(new Uint8Array(data));
      socket.close(CLOSE.malformed);
      close(CLOSE.malformed, true);
    };
    socket.onclose = ({ code }) => close(code, true);

    return {
      send(message) {
        if (open && socket.readyState === Socket.OPEN) socket.send(message);
      },
      waiting: () => socket.bufferedAmount,
      close() {
        close(CLOSE.done, false);
        socket.close(CLOSE.done);
      },
    };
  };
}
