/**
 * The public proofs: what strangers need to check this deployment without asking its leave. Each is signed by whoever
 * vouches for it; that it lies here proves nothing.
 */
import { readFileSync } from 'node:fs';
import { Controller, Get, Header, Inject, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { name } from '#libs/kernel/template.ts';
import { LIST_KEY, LOG_RECORD } from './api/trust-list.resolver.ts';
import { CONFIG } from './api/work.resolver.ts';
import type { PlatformConfig } from './config.ts';
import { Desk } from './desk.ts';
import type { LogRecord } from './record.ts';
import { type ListSource, trustListOf } from './trust-list.ts';

const NO_SNIFF = ['x-content-type-options', 'nosniff'] as const;

@Controller()
export class ProofsController {
  readonly #desk: Desk;
  readonly #record: LogRecord;
  readonly #listKey: ListSource['listKey'];
  readonly #config: PlatformConfig;

  constructor(
    @Inject(Desk) desk: Desk,
    @Inject(LOG_RECORD) record: LogRecord,
    @Inject(LIST_KEY) listKey: ListSource['listKey'],
    @Inject(CONFIG) config: PlatformConfig,
  ) {
    this.#desk = desk;
    this.#record = record;
    this.#listKey = listKey;
    this.#config = config;
  }

  /** A station's trust list, compact JWS; each entry carries what the station checks. */
  @Get('trust-lists/:file')
  @Header('cache-control', 'no-cache')
  @Header(...NO_SNIFF)
  async trustList(@Param('file') wanted: string): Promise<StreamableFile> {
    const station = name(wanted.replace(/\.jws$/, ''), 'station');
    const { board, clock } = this.#desk;
    if (isRefusal(station) || !wanted.endsWith('.jws')) throw absent('STATION_UNKNOWN', 'Ask for <station>.jws.');
    const list = await trustListOf({ board, clock, record: this.#record, listKey: this.#listKey }, station);
    if (isRefusal(list)) throw absent(list.code, list.message);
    return file(list, 'application/jose');
  }

  /** The customer signing CA's newest revocation list as its issuer sent it, DER (RFC 5280). */
  @Get('crl/customer-signing.crl')
  @Header('cache-control', 'no-cache')
  @Header(...NO_SNIFF)
  revocations(): StreamableFile {
    return file(readFileSync(this.#config.crlFile), 'application/pkix-crl');
  }
}

function file(content: string | Uint8Array, type: string): StreamableFile {
  const octets = Buffer.from(content);
  return new StreamableFile(octets, { type, length: octets.length });
}

function absent(code: string, message: string): NotFoundException {
  return new NotFoundException({ code, message });
}
