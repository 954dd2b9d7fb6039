/** The manufacturer's bench, behind a local socket: whoever orders a module gets its identity certificate and the CA above. */
import type { Duplex } from 'node:stream';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { closed, name, text } from '#libs/kernel/template.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import { refusedAnswer } from '#libs/personalization-protocol/messages.ts';
import type { DeviceRack } from './device-rack.ts';
import type { ModulePaper } from './papers.ts';

const ANSWER_MS = 30_000;
const FOR_EVER_MS = 2 ** 31 - 1;

const order = closed({ make: name, moduleClass: name });
const made = closed({ identity: text(6000), identityCa: text(6000) });
const refused = closed({ type: text(16), code: text(48), message: text(300) });

/** Serves one customer until he leaves. */
export async function serveBench(rack: DeviceRack, duplex: Duplex): Promise<void> {
  const line = new FrameLine(duplex);
  for (;;) {
    const frame = await line.receive(FOR_EVER_MS);
    if (isRefusal(frame)) return;
    const asked = order(frame, 'order');
    const answer = isRefusal(asked) ? asked : await rack.make(asked.make, asked.moduleClass);
    await line.send(isRefusal(answer) ? { ...refusedAnswer(answer) } : { ...answer });
  }
}

/** A customer's side: one line, one order after the other; a bench that is started again is found again. */
export class Bench {
  readonly #address: string;
  #line: FrameLine | null = null;

  constructor(address: string) {
    this.#address = address;
  }

  /** Papers of the module, made now or before. BENCH_SILENT where nobody answers; else the bench's own refusal. */
  async make(serial: string, moduleClass: string): Promise<ModulePaper | Refusal> {
    const answer = await this.#ask({ make: serial, moduleClass });
    if (isRefusal(answer)) return SILENT;
    const no = refused(answer, 'answer');
    return isRefusal(no) ? made(answer, 'papers') : refuse(no.code, no.message);
  }

  async #ask(frame: Json): Promise<Json | Refusal> {
    try {
      if (this.#line === null || this.#line.ended) this.#line = new FrameLine(await connectLocal(this.#address));
    } catch {
      return SILENT;
    }
    return this.#line.ask(frame, ANSWER_MS);
  }

  close(): void {
    this.#line?.close();
  }
}

const SILENT = refuse('BENCH_SILENT', 'The manufacturer’s bench does not answer; the devices must be running.');
