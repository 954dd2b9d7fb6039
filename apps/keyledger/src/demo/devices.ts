/** All emulated devices of a demo in one process: chip cards, security modules, each behind its own socket, and the bench. */
import { displayAddress, serveDisplay } from '#libs/local/display.ts';
import { listenLocal } from '#libs/local/local-socket.ts';
import { ChipCard } from '#module-emulator/chip-card/card.ts';
import { cardShows } from '#module-emulator/chip-card/display.ts';
import { cardLaws } from '#module-emulator/chip-card/law.ts';
import { serveCard } from '#module-emulator/chip-card/serve.ts';
import { assertNotProduction } from '#module-emulator/not-production.ts';
import { benchAddress, cardAddress } from './addresses.ts';
import { serveBench } from './bench.ts';
import { DeviceRack } from './device-rack.ts';
import { openUnit } from './crypto-unit.ts';
import { devicesMade, openCard } from './images.ts';
import type { Places } from './places.ts';

export interface DevicesConfig {
  readonly places: Places;
  /** Folder of the sockets, mode 0700, its path short. */
  readonly sockets: string;
  /** Bits per second of the V.24 lines; 0 is unpaced. */
  readonly baud: number;
  readonly nodeEnv: string;
}

export async function startDevices(config: DevicesConfig): Promise<{ address: string; close: () => Promise<void> }> {
  assertNotProduction(config.nodeEnv);
  const { places, sockets } = config;
  const unit = await openUnit(places);
  const cards = await Promise.all(
    devicesMade(places).cards.flatMap((card) => {
      const image = openCard(places, card);
      const served = serveCard(new ChipCard(image, cardLaws, unit.keysOf(card)), cardAddress(sockets, card));
      return [served, serveDisplay(displayAddress(sockets, card), () => cardShows(image.read()))];
    }),
  );
  const rack = await DeviceRack.open(config);
  const bench = await listenLocal(benchAddress(sockets), (socket) => void serveBench(rack, socket));
  const close = async (): Promise<void> => {
    await bench.close();
    await Promise.all([rack.close(), ...cards.map((one) => one.close())]);
    unit.close();
  };
  return { address: bench.address, close };
}
