/** Every crypto unit of the table, raised over its own transport, with a card that is issued and active in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { UNIT_DRIVERS, type UnitKind, cryptoUnit } from '#libs/crypto-unit/drivers.ts';
import type { PolicyRule } from '#libs/kernel/approver-set.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { listenLocal, localAddress } from '#libs/local/local-socket.ts';
import { type SigningKeys, keysInside } from '#module-emulator/chip-card/keys.ts';
import { cardLaws } from '#module-emulator/chip-card/law.ts';
import { answerReader } from '#module-emulator/chip-card/serve.ts';
import { insertIntoVpcd } from '#module-emulator/chip-card/vpcd.ts';
import { answerFireWire } from '#module-emulator/crypto-unit/firewire-unit.ts';
import { answerPcCard } from '#module-emulator/crypto-unit/pc-card.ts';
import { pkcs11Keys } from '#module-emulator/crypto-unit/pkcs11-keys.ts';
import { softKeys } from '#module-emulator/crypto-unit/soft-keys.ts';
import { answerUsb } from '#module-emulator/crypto-unit/usb-unit.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { CardWorld } from '#test/attacks/card-world.ts';
import { pcscReaders } from '#libs/crypto-unit/pcsc.ts';
import { startPcsc, whyNoPcsc } from './pcsc-daemon.ts';
import { freshToken, whyNoToken } from './soft-token.ts';

/** A bank whose policy lets in what its keys are. */
export class UnitWorld extends CardWorld {
  #held: SigningKeys;

  constructor(keys: SigningKeys) {
    super();
    this.#held = keys;
  }

  override get keys(): SigningKeys {
    return this.#held;
  }

  override get policy(): readonly PolicyRule[] {
    return super.policy.map((rule) => ({ ...rule, enforcement: 'host' as const }));
  }
}

export interface RaisedUnit {
  readonly world: UnitWorld;
  readonly bench: CardBench;
  readonly reader: CardReader;
  /** Pulls the plug; null where there is none to pull. */
  readonly unplug: (() => Promise<void>) | null;
  readonly close: () => Promise<void>;
}

export type Kind = UnitKind | 'in process';
export const KINDS: readonly Kind[] = ['in process', ...(Object.keys(UNIT_DRIVERS) as UnitKind[])];

/** Why a unit cannot be raised on this machine; null where it can. */
export async function whyNot(kind: Kind): Promise<string | null> {
  if (kind === 'pcsc') return whyNoPcsc();
  return kind === 'pkcs11' ? whyNoToken() : null;
}

const ANSWERS: Readonly<Partial<Record<Kind, (card: CardReader, socket: Duplex) => unknown>>> = {
  iso: answerReader,
  pkcs11: answerReader,
  soft: answerReader,
  usb: answerUsb,
  pcmcia: answerPcCard,
  firewire: answerFireWire,
};

export async function raise(kind: Kind): Promise<RaisedUnit> {
  const folder = mkdtempSync(join(tmpdir(), 'kl-unit-'));
  const held = await keysOf(kind, folder);
  const world = new UnitWorld(held.keys);
  const bench = new CardBench(await world.active(), cardLaws, held.keys);
  const plugged = await plug(kind, bench.card, folder);
  const close = async (): Promise<void> => {
    await plugged.close();
    held.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { world, bench, reader: plugged.reader, unplug: kind === 'in process' ? null : plugged.unplug, close };
}

async function keysOf(kind: Kind, folder: string): Promise<{ keys: SigningKeys; close: () => void }> {
  if (kind === 'soft')
    return { keys: softKeys({ file: join(folder, 'key.pem'), pin: '4711' }), close: () => undefined };
  if (kind !== 'pkcs11') return { keys: keysInside, close: () => undefined };
  const token = freshToken();
  const keys = await pkcs11Keys(token.place);
  const close = (): void => {
    keys.close();
    token.remove();
  };
  return { keys, close };
}

interface Plugged {
  readonly reader: CardReader;
  readonly unplug: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function plug(kind: Kind, card: CardReader, folder: string): Promise<Plugged> {
  if (kind === 'in process') return { reader: card, unplug: async () => undefined, close: async () => undefined };
  if (kind === 'pcsc') return inVirtualReader(card);
  const answers = ANSWERS[kind];
  const listening = await listenLocal(localAddress(folder, 'unit'), (socket) => void answers?.(card, socket));
  return { reader: readerAt(`${kind}:${listening.address}`), unplug: listening.close, close: listening.close };
}

async function inVirtualReader(card: CardReader): Promise<Plugged> {
  const pcsc = await startPcsc();
  const inserted = await insertIntoVpcd(card, { host: '127.0.0.1', port: pcsc.port });
  while (!(await pcscReaders()).some(({ cardPresent }) => cardPresent));
  const close = async (): Promise<void> => {
    await inserted.close();
    await pcsc.close();
  };
  return { reader: readerAt(`pcsc:${pcsc.reader}`), unplug: inserted.close, close };
}

function readerAt(address: string): CardReader {
  const reader = cryptoUnit(address);
  if (isRefusal(reader)) throw new Error(reader.code);
  return reader;
}
