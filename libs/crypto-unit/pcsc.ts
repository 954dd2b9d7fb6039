/**
 * A real reader through PC/SC (S13e): speaks to pcscd over its own socket, so that nothing has to be compiled. One socket
 * is one context; the card is held for us alone, and loses its power when we let go.
 */
import type { CardConnection, CardReader } from '#libs/chip-card-protocol/reader.ts';
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { concat } from '#libs/kernel/bytes.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { OctetStream } from './octet-stream.ts';
import {
  PCSC,
  PCSC_VERSION,
  type PcscReader,
  READERS_OCTETS,
  numberAt,
  numbers,
  pcscMessage,
  readerName,
  readersOf,
} from './pcsc-messages.ts';

export const PCSCD_SOCKET = '/run/pcscd/pcscd.comm';

const [SCOPE_SYSTEM, SHARE_EXCLUSIVE, PROTOCOL_T1, UNPOWER] = [2, 1, 2, 2];
const PCI_OCTETS = 16;
/** Longest answer that pcscd lets through: an extended APDU and what goes around it. */
const ANSWER_MAX = 65_548;

/** pcscd does not answer, refuses, or has no such reader. `code` is stable. */
export class PcscFailed extends CardGone {
  override readonly code: 'PCSC_SILENT' | 'PCSC_REFUSED' | 'PCSC_NO_READER';

  constructor(code: PcscFailed['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The readers that pcscd knows. */
export async function pcscReaders(socketPath = PCSCD_SOCKET): Promise<readonly PcscReader[]> {
  const context = await Context.open(socketPath);
  try {
    return await context.readers();
  } finally {
    context.close();
  }
}

/** The reader whose name begins so; the first one with a card in it where the text is empty. */
export function pcscReader(name: string, socketPath = PCSCD_SOCKET): CardReader {
  return {
    powerOn: async () => {
      const context = await Context.open(socketPath);
      try {
        const known = await context.readers();
        const found = known.find((one) => (name === '' ? one.cardPresent : one.name.startsWith(name)));
        if (found === undefined)
          throw new PcscFailed('PCSC_NO_READER', `pcscd has no reader ${name || 'with a card'}.`);
        return await context.connect(found.name);
      } catch (error) {
        context.close();
        throw error;
      }
    },
  };
}

class Context {
  readonly #stream: OctetStream;
  readonly #context: number;

  private constructor(stream: OctetStream, context: number) {
    this.#stream = stream;
    this.#context = context;
  }

  static async open(socketPath: string): Promise<Context> {
    const socket = await connectLocal(socketPath).catch(() => {
      throw new PcscFailed('PCSC_SILENT', `No PC/SC daemon listens at ${socketPath}; start pcscd.`);
    });
    const stream = new OctetStream(socket);
    const { major, minor } = PCSC_VERSION;
    held(await ask(stream, PCSC.VERSION, numbers(major, minor, 0)), 8);
    const established = held(await ask(stream, PCSC.ESTABLISH, numbers(SCOPE_SYSTEM, 0, 0)), 8);
    return new Context(stream, numberAt(established, 4));
  }

  async readers(): Promise<readonly PcscReader[]> {
    await this.#stream.write(pcscMessage(PCSC.READERS, new Uint8Array()));
    return readersOf(await this.#stream.take(READERS_OCTETS));
  }

  async connect(name: string): Promise<CardConnection> {
    const wanted = concat(numbers(this.#context), readerName(name), numbers(SHARE_EXCLUSIVE, PROTOCOL_T1, 0, 0, 0));
    const connected = await ask(this.#stream, PCSC.CONNECT, wanted);
    if (numberAt(connected, connected.length - 4) !== 0) throw new CardGone(`there is no card in reader ${name}`);
    const card = numberAt(connected, connected.length - 12);
    return {
      transmit: (apdu) => this.#transmit(card, apdu),
      powerOff: async () => {
        await ask(this.#stream, PCSC.DISCONNECT, numbers(card, UNPOWER, 0)).catch(() => undefined); // gone already
        this.close();
      },
    };
  }

  async #transmit(card: number, apdu: Uint8Array): Promise<Uint8Array> {
    const request = numbers(card, PROTOCOL_T1, PCI_OCTETS, apdu.length, PROTOCOL_T1, PCI_OCTETS, ANSWER_MAX, 0);
    await this.#stream.write(concat(pcscMessage(PCSC.TRANSMIT, request), apdu));
    const answer = await this.#stream.take(request.length);
    if (numberAt(answer, 28) !== 0) throw new CardGone('the card was taken out of its PC/SC reader');
    return this.#stream.take(numberAt(answer, 24));
  }

  close(): void {
    this.#stream.end();
  }
}

async function ask(stream: OctetStream, command: number, body: Uint8Array): Promise<Uint8Array> {
  await stream.write(pcscMessage(command, body));
  return stream.take(body.length);
}

/** The result stands at this offset, 0 for success. */
function held(answer: Uint8Array, resultAt: number): Uint8Array {
  const result = numberAt(answer, resultAt);
  if (result !== 0) throw new PcscFailed('PCSC_REFUSED', `pcscd refused with ${result.toString(16).padStart(8, '0')}.`);
  return answer;
}
