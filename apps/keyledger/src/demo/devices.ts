/** All emulated devices of a demo in one process: one chip card, some security modules, each behind its own socket. */
import { ChipCard } from '#module-emulator/chip-card/card.ts';
import { serveCard } from '#module-emulator/chip-card/serve.ts';
import { localAddress } from '#libs/local/local-socket.ts';
import { assertNotProduction } from '#module-emulator/not-production.ts';
import { startModule } from '#module-emulator/security-module/serve.ts';
import { openCard, openModule } from './images.ts';
import { SERIALS } from './names.ts';
import type { Places } from './places.ts';

export interface DevicesConfig {
  readonly places: Places;
  /** Folder of the sockets, mode 0700, its path short. */
  readonly sockets: string;
  /** Bits per second of the V.24 lines; 0 is unpaced. */
  readonly baud: number;
  readonly nodeEnv: string;
}

export interface DeviceAddresses {
  readonly card: string;
  /** By serial: the module's V.24 plug, and the socket towards the ATM that houses it. */
  readonly lines: Readonly<Record<string, string>>;
  readonly controls: Readonly<Record<string, string>>;
}

/** Every address follows from the folder, so that nobody has to be told. */
export function deviceAddresses(sockets: string): DeviceAddresses {
  const each = (what: string) =>
    Object.fromEntries(SERIALS.map((serial) => [serial, localAddress(sockets, `${serial}.${what}`)]));
  return { card: localAddress(sockets, 'card'), lines: each('line'), controls: each('atm') };
}

export async function startDevices(config: DevicesConfig): Promise<{ address: string; close: () => Promise<void> }> {
  assertNotProduction(config.nodeEnv);
  const { places, sockets, baud } = config;
  const addresses = deviceAddresses(sockets);
  const card = await serveCard(new ChipCard(openCard(places)), addresses.card);
  const modules = await Promise.all(
    SERIALS.map((serial) =>
      startModule({
        image: openModule(places, serial),
        lineAddress: addresses.lines[serial] ?? '',
        controlAddress: addresses.controls[serial] ?? '',
        baud,
      }),
    ),
  );
  const close = async (): Promise<void> => {
    await Promise.all([card.close(), ...modules.map((one) => one.close())]);
  };
  return { address: addresses.card, close };
}
