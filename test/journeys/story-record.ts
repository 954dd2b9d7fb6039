/**
 * The record of one told story, kept with every private key that went into it: what an attacker would hold who owns
 * everything, the officers, the devices and the platform. Forgers start from here.
 */
import { type KeyObject, createPrivateKey } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCard, openManufacturer, openModule } from '#apps/keyledger/src/demo/images.ts';
import { SERIALS } from '#apps/keyledger/src/demo/names.ts';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import type { Terminal } from '#apps/keyledger/src/terminal.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type CardMemory, privateKey } from '#module-emulator/chip-card/memory.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { memoryImage } from '#module-emulator/memory-image.ts';
import type { ModuleMemory } from '#module-emulator/security-module/module-memory.ts';
import { houseInProcess } from './house-in-process.ts';

export interface StoryRecord {
  /** A data folder with nothing in it but event file and checkpoints. */
  readonly folder: string;
  readonly events: readonly StoredEvent[];
  readonly fingerprint: string;
  /** The key that approves. */
  readonly personKey: (who: Who) => KeyObject;
  /** The credential that signs in. */
  readonly signInKey: (who: Who) => KeyObject;
  readonly logKey: KeyObject;
  /** The newest checkpoint that the station's witness cosigned, as the platform keeps it; over all events. */
  readonly cosigned: string;
  readonly card: CardMemory;
  readonly cardKey: KeyObject;
  /** The module of the story and the one that stayed in its box. */
  readonly module: ModuleMemory;
  readonly spareModule: ModuleMemory;
  readonly moduleKey: KeyObject;
  readonly stationKey: KeyObject;
  /** By which unit and station sign their reports. */
  readonly credentials: Readonly<Record<'unit' | 'station', KeyObject>>;
  readonly manufacturer: Manufacturer;
  /** What `verify` said while the platform was still running: its exit code. */
  readonly verifiedLive: number;
  readonly drop: () => void;
}

export async function storyRecord(): Promise<StoryRecord> {
  const folder = mkdtempSync(join(tmpdir(), 'kl-record-'));
  const it = await houseInProcess();
  try {
    const { fingerprint } = await tellStory(it.world);
    const { places, people } = it.house.deployment;
    await sealed(places.platform.checkpoints, (await it.events()).length);
    const cosigned = await cosignedOver(places.platform.cosigned, (await it.events()).length);
    const verifiedLive = await verify({ folder: it.folder }, heard().terminal);
    mkdirSync(join(folder, 'platform'));
    for (const file of [places.platform.events, `${places.platform.events}-wal`, places.platform.checkpoints])
      cpSync(file, join(folder, 'platform', file.slice(places.platform.folder.length + 1)));
    const [card, module, spareModule] = [
      openCard(places).read(),
      openModule(places, SERIALS[0]).read(),
      openModule(places, SERIALS[1]).read(),
    ];
    return {
      folder,
      events: await it.events(),
      fingerprint,
      personKey: (who) => people.person(who).keys[0]!,
      signInKey: (who) => people.person(who).signIn,
      cosigned,
      logKey: createPrivateKey(readFileSync(places.platform.logKey)),
      card,
      cardKey: privateKey(card.signingKey),
      module,
      spareModule,
      moduleKey: privateKey(module.operation!.privateKey),
      stationKey: createPrivateKey(readFileSync(places.station.key)),
      credentials: {
        unit: createPrivateKey(readFileSync(places.unit.credential)),
        station: createPrivateKey(readFileSync(places.station.credential)),
      },
      manufacturer: new Manufacturer(memoryImage(openManufacturer(places).read()), systemClock),
      verifiedLive,
      drop: () => rmSync(folder, { recursive: true, force: true }),
    };
  } finally {
    await it.close();
  }
}

/** Answers when the last event stands under a stored checkpoint. */
async function sealed(file: string, events: number): Promise<void> {
  const last = () => readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '{}';
  while ((JSON.parse(last()) as { size: number }).size < events)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

async function cosignedOver(file: string, events: number): Promise<string> {
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '{"size":0}';
    if ((JSON.parse(text) as { size: number }).size >= events) return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A terminal that is read by a test. */
export function heard(json = false): {
  readonly terminal: Terminal;
  readonly lines: string[];
  readonly data: object[];
  readonly warnings: string[];
} {
  const [lines, data, warnings]: [string[], object[], string[]] = [[], [], []];
  const terminal: Terminal = {
    json,
    line: (text) => void (json || lines.push(text)),
    data: (value) => void (json && data.push(value)),
    warn: (text) => void warnings.push(text),
    progress: () => undefined,
  };
  return { terminal, lines, data, warnings };
}
