/**
 * How what the relay says stands on a socket: each message as one WebSocket frame (RFC 6455 §5.2: final, binary, not
 * masked). Messages that are said together are written together: a write costs more than all else that a small one needs.
 */
import type { Writable } from 'node:stream';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { SharedMessage } from '../bus/bus.ts';

export type Outgoing = Bytes | SharedMessage;

const FINAL_BINARY = 0x82;

/** More than this is handed over piece by piece rather than copied into one. */
const COPY_LIMIT = 16_384;

export function writeMessages(socket: Writable, messages: readonly Outgoing[]): void {
  const [only] = messages;
  if (only && messages.length === 1 && 'framed' in only) {
    // Framed once for all who hear it.
    socket.write((only.framed ??= frame([only.message])));
  } else if (sizeOf(messages) <= COPY_LIMIT) {
    socket.write(frame(messages));
  } else {
    socket.cork();
    for (const outgoing of messages) {
      const message = bytesOf(outgoing);
      socket.write(headerOf(message));
      socket.write(message);
    }
    socket.uncork();
  }
}

export function bytesOf(outgoing: Outgoing): Bytes {
  return 'framed' in outgoing ? outgoing.message : outgoing;
}

function sizeOf(messages: readonly Outgoing[]): number {
  let size = 0;
  for (const outgoing of messages) {
    const { length } = bytesOf(outgoing);
    size += headerLength(length) + length;
  }
  return size;
}

function frame(messages: readonly Outgoing[]): Buffer {
  const framed = Buffer.allocUnsafe(sizeOf(messages));
  let offset = 0;
  for (const outgoing of messages) {
    const message = bytesOf(outgoing);
    offset = writeHeader(framed, offset, message.length);
    framed.set(message, offset);
    offset += message.length;
  }
  return framed;
}

function headerOf({ length }: Bytes): Buffer {
  const header = Buffer.allocUnsafe(headerLength(length));
  writeHeader(header, 0, length);
  return header;
}

function headerLength(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** @returns where the message begins */
function writeHeader(target: Buffer, at: number, length: number): number {
  target[at] = FINAL_BINARY;
  if (length < 126) {
    target[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    target[at + 1] = 126;
    return target.writeUInt16BE(length, at + 2);
  }
  target[at + 1] = 127;
  target.writeUInt32BE(0, at + 2);
  return target.writeUInt32BE(length, at + 6);
}
