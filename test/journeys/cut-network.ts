/** A network between two parts that can drop, by itself at a chosen moment: plain TCP, byte for byte, until it is cut. */
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export class CutNetwork {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #goal: { readonly host: string; readonly port: number };
  #isCut = false;
  /** Somebody on the way back: sees what the goal answers, and says what arrives instead, octet for octet as long. */
  alters: ((octets: Buffer) => Buffer) | null = null;
  /** Cut by itself as soon as this text is about to pass towards the goal; nothing of it passes. */
  cutsBefore: string | null = null;

  private constructor(goal: URL) {
    this.#goal = { host: goal.hostname, port: Number(goal.port) };
    this.#server = createServer((near) => this.#carry(near));
  }

  /** Listens on loopback before an address like http://127.0.0.1:4400. */
  static async before(goal: string): Promise<CutNetwork> {
    const network = new CutNetwork(new URL(goal));
    await new Promise<void>((resolve) => network.#server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#open) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
    this.cutsBefore = null;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #carry(near: Socket): void {
    if (this.#isCut) return void near.destroy();
    const far = connect(this.#goal.port, this.#goal.host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
    }
    far.on('data', (chunk: Buffer) => near.write(this.alters?.(chunk) ?? chunk));
    near.on('data', (chunk) => {
      if (this.cutsBefore !== null && chunk.includes(this.cutsBefore)) return this.cut();
      far.write(chunk);
    });
  }
}
