/** `keyledger card serve`: an emulated card in the virtual reader of this machine's PC/SC stack. */
import { Command, InvalidArgumentError } from 'commander';
import { VPCD_PORT, insertIntoVpcd } from '#module-emulator/chip-card/vpcd.ts';
import { assertNotProduction } from '#module-emulator/not-production.ts';
import { cardOfImage, freshCard } from '../demo/lone-card.ts';
import type { Terminal } from '../terminal.ts';
import { type Common, runs } from '../verb.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Serve extends Common {
  readonly vpcd: Address;
  readonly image?: string;
}

function addressOf(text: string): Address {
  const [, host, port] = /^(?:([A-Za-z0-9.-]{1,255}):)?([0-9]{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError(`It is HOST:PORT, for example localhost:${VPCD_PORT}.`);
  return { host: host ?? 'localhost', port: Number(port) };
}

export function cardCommand(stopped: () => Promise<void>): Command {
  const card = new Command('card').description('an emulated chip card by itself');
  card
    .command('serve')
    .description(
      'put a card into the virtual reader of vsmartcard-vpcd until Ctrl-C, or until the reader lets go of it; then ask it with opensc-tool',
    )
    .requiredOption('--vpcd <host:port>', `where vpcd listens, for example localhost:${VPCD_PORT}`, addressOf)
    .option(
      '--image <file>',
      'image of a card in a data folder that stands still; else a fresh card that nobody issued',
    )
    .option('--json', 'one JSON object a line')
    .action(
      runs((options: Serve, { environment, terminal }) => {
        assertNotProduction(environment.nodeEnv);
        return serve(options, terminal, stopped());
      }),
    );
  return card;
}

async function serve({ vpcd, image }: Serve, terminal: Terminal, stop: Promise<void>): Promise<number> {
  const { number, card, release } = image === undefined ? freshCard() : cardOfImage(image);
  try {
    const inserted = await insertIntoVpcd(card, vpcd);
    terminal.line(`Card ${number} is in the virtual reader at ${vpcd.host}:${vpcd.port}; Ctrl-C takes it out.`);
    terminal.data({ card: number, vpcd: `${vpcd.host}:${vpcd.port}` });
    await Promise.race([stop, inserted.takenOut]);
    await inserted.close();
    return 0;
  } finally {
    release();
  }
}
