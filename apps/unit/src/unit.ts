/** The personalization unit: a mobile computer with a chip card and a line. It does the work that approved orders give it. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cryptoUnit } from '#libs/crypto-unit/drivers.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { type Shown, serveDisplay, shows } from '#libs/local/display.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { Outbox } from '#libs/platform-client/outbox.ts';
import { ReportLine } from '#libs/platform-client/report-line.ts';
import { startTraces } from '#libs/trace/collector.ts';
import type { UnitConfig } from './config.ts';
import { Manufacturers } from './manufacturers.ts';
import type { UnitParts } from './parts.ts';
import { Plugged } from './plugged.ts';
import { Satchel } from './satchel.ts';
import { WorkLoop } from './work-loop.ts';

export interface Running {
  readonly address: string;
  readonly close: () => Promise<void>;
}

export interface UnitOptions {
  readonly clock?: Clock;
  readonly say?: (line: string) => void;
}

export async function startUnit(config: UnitConfig, options: UnitOptions = {}): Promise<Running> {
  const endTraces = startTraces({ endpoint: config.traces ?? null, part: config.unit });
  const parts = partsOf(config, options);
  const desk = new WorkLoop(parts);
  const unlisten = parts.client.listen('subscription { workChanged }', () => void desk.look());
  void desk.look();
  const display = config.display === undefined ? null : await serveDisplay(config.display, () => unitShows(parts));
  const close = async (): Promise<void> => {
    unlisten();
    await display?.close();
    await desk.stop();
    await parts.client.close();
    await endTraces();
  };
  return { address: config.unit, close };
}

/** By the name that the order of its enrolment has for the credential. */
function unitShows({ credential }: UnitParts): readonly Shown[] {
  const named = thumbprint(publicJwk(createPublicKey(credential)));
  return [shows('credential', fromBase64url(named) ?? new Uint8Array(16))];
}

function partsOf(config: UnitConfig, options: UnitOptions): UnitParts {
  const clock = options.clock ?? systemClock;
  const credential = createPrivateKey(readFileSync(config.credentialFile));
  const aud = config.pins.genesis;
  const token = () => bearerToken({ aud, exp: clock.seconds() + BEARER_LIFE, sub: `unit:${config.unit}` }, credential);
  const client = new PlatformClient({ url: config.platformUrl, token });
  const say = options.say ?? (() => undefined);
  const line = new ReportLine({ client, by: `unit:${config.unit}`, genesis: aud, credential, clock });
  const refused = ({ code }: Refusal): void => say(`a report that had waited was refused: ${code}`);
  return {
    config,
    clock,
    client,
    credential,
    reports: new Outbox({ file: join(config.folder, 'outbox.json'), line, refused }),
    plugged: new Plugged(join(config.folder, 'plugged.json')),
    satchel: config.worksOffline === true ? new Satchel(join(config.folder, 'satchel.json')) : null,
    manufacturers: new Manufacturers(join(config.folder, 'manufacturers.json'), aud, say),
    readerWith: (card) => {
      const address = config.cards[card];
      const reader = address === undefined ? null : cryptoUnit(address);
      return isRefusal(reader) ? null : reader;
    },
    say,
  };
}
