/** A wire between a client and its server that can lose answers, fall silent and be healed again. */
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export interface TcpWire {
  readonly port: number;
  /** The next answer of the server is lost, and its connection with it. */
  readonly loseAnswers: () => void;
  /** Nothing comes through either way, and nothing breaks off. */
  readonly mute: () => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

export async function tcpWire(toPort: number): Promise<TcpWire> {
  let mode: 'passes' | 'loses' | 'mute' = 'passes';
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(toPort, '127.0.0.1');
    const cut = (): void => {
      for (const end of [near, far]) end.destroy();
    };
    for (const end of [near, far]) {
      ends.add(end);
      end.setNoDelay(true);
      end.on('error', cut);
      end.on('close', () => {
        ends.delete(end);
        if (mode !== 'mute') cut();
      });
    }
    near.on('data', (octets) => (mode === 'mute' ? undefined : far.write(octets)));
    far.on('data', (octets) => {
      if (mode === 'passes') near.write(octets);
      if (mode === 'loses') cut();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const end of ends) end.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: (server.address() as AddressInfo).port,
    loseAnswers: () => (mode = 'loses'),
    mute: () => (mode = 'mute'),
    heal: () => {
      if (mode === 'mute') for (const end of ends) end.destroy(); // what was swallowed cannot be made up for
      mode = 'passes';
    },
    close,
  };
}
