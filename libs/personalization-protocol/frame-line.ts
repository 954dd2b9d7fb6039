/** Frames over any Duplex, one question at a time: send one, receive one, and an end that is always noticed. */
import type { Duplex } from 'node:stream';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { FrameReader, encodeFrame } from './framing.ts';

/** Frames nobody asked for yet; whoever sends more than this ahead is garbage. */
const WAITING_MAX = 16;

const CLOSED = refuse('LINE_CLOSED', 'The line is closed; attach it again and start over.');
const SILENT = refuse('LINE_SILENT', 'No answer came over the line in time; the line was closed.');
const FLOODED = refuse('LINE_GARBAGE', 'More frames came than were asked for; the line was closed.');

export class FrameLine {
  readonly #duplex: Duplex;
  readonly #reader = new FrameReader();
  readonly #waiting: Json[] = [];
  #asking: ((frame: Json | Refusal) => void) | null = null;
  #ended: Refusal | null = null;

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
    duplex.on('data', (chunk: Buffer) => this.#take(chunk));
    duplex.on('error', () => this.#end(CLOSED));
    duplex.once('end', () => this.#end(CLOSED));
    duplex.once('close', () => this.#end(CLOSED));
  }

  /** Null once the frame was handed to the line. */
  async send(value: Json): Promise<Refusal | null> {
    if (this.#ended !== null) return this.#ended;
    const frame = encodeFrame(value);
    return new Promise((resolve) => this.#duplex.write(frame, (error) => resolve(error ? CLOSED : null)));
  }

  /** The next frame, or LINE_CLOSED, LINE_SILENT, LINE_GARBAGE; the line is closed after each of the three. */
  async receive(timeoutMs: number): Promise<Json | Refusal> {
    const ready = this.#waiting.shift();
    if (ready !== undefined) return ready;
    if (this.#ended !== null) return this.#ended;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(SILENT), timeoutMs);
      this.#asking = (frame) => {
        clearTimeout(timer);
        this.#asking = null;
        resolve(frame);
      };
    });
  }

  async ask(value: Json, timeoutMs: number): Promise<Json | Refusal> {
    return (await this.send(value)) ?? (await this.receive(timeoutMs));
  }

  close(): void {
    this.#end(CLOSED);
  }

  /** Closes in order: what was sent still arrives; the far end gets so long to close too. */
  async finish(graceMs = 2000): Promise<void> {
    if (this.#ended !== null) return;
    this.#ended = CLOSED;
    this.#asking?.(CLOSED);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#duplex.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#duplex.end();
    });
    this.#duplex.destroy();
  }

  /** Whether the line is gone. */
  get ended(): boolean {
    return this.#ended !== null;
  }

  #take(chunk: Buffer): void {
    if (this.#ended !== null) return;
    for (const frame of this.#reader.push(chunk)) {
      if (isRefusal(frame)) return this.#end(frame);
      if (this.#asking !== null) this.#asking(frame);
      else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(frame);
      else return this.#end(FLOODED);
    }
  }

  #end(why: Refusal): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    this.#asking?.(why);
    this.#duplex.destroy();
  }
}
