/** Speaks to a relay over a real WebSocket: what a test sends is exactly what arrives. */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { relayOrigin, type Reply } from '#lib/protocol/relay.ts';
import { Speaker } from './relay-world.ts';

const PATIENCE_MS = 20_000;

export class RelayClient extends Speaker {
  readonly socket: WebSocket;
  closedWith: number | null = null;
  #wake: (() => void)[] = [];

  private constructor(url: string) {
    const address = url.replace(/^http/, 'ws');
    super((message) => {
      this.socket.send(message);
    }, relayOrigin(address));
    this.socket = new WebSocket(`${address}/relay`);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = ({ data }) => {
      this.hear(new Uint8Array(data as ArrayBuffer));
      this.#stir();
    };
    this.socket.onclose = ({ code }) => {
      this.closedWith = code;
      this.#stir();
    };
  }

  /** Connects to the server at an http: address; resolves when the challenge is here. Throws when the door stays shut. */
  static async connect(url: string): Promise<RelayClient> {
    const client = new RelayClient(url);
    await client.until(() => client.replies.length > 0 || client.closedWith !== null);
    if (client.replies.length === 0) throw new Error('the relay let nobody in');
    return client;
  }

  /** Asks, and waits for the answer; null when the connection ended before. */
  async answer(req: number): Promise<Reply | null> {
    const found = (): Reply | null => this.answerTo(req) ?? this.#ackOf(req);
    await this.until(() => found() !== null || this.closedWith !== null);
    return found();
  }

  async until(condition: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > end) throw new Error('the relay did not answer in time');
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        setTimeout(resolve, 500);
      });
    }
  }

  send(message: Bytes | string): void {
    this.socket.send(message);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.until(() => this.closedWith !== null);
  }

  #ackOf(req: number): Reply | null {
    const cursor = this.acknowledged().get(req);
    return cursor === undefined ? null : { type: 'ack', acks: [{ req, cursor }] };
  }

  #stir(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
