/**
 * The log as strangers read it (c2sp.org/tlog-tiles): its newest checkpoint, the tiles under it, and the salted
 * commitments that are its entries. Nothing here tells what an event says.
 */
import { Controller, Get, Header, Inject, NotFoundException, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { parseTilePath } from '#libs/seal/tile.ts';
import { LOG_RECORD } from './api/trust-list.resolver.ts';
import type { LogRecord } from './record.ts';

const NO_SNIFF = ['x-content-type-options', 'nosniff'] as const;
/** A tile never changes; what is not there may come. */
const FOR_EVER = 'public, max-age=31536000, immutable';

@Controller('log')
export class LogController {
  readonly #record: LogRecord;

  constructor(@Inject(LOG_RECORD) record: LogRecord) {
    this.#record = record;
  }

  /** A C2SP signed note; where the genesis asks for witnesses, the newest one that enough of them cosigned. */
  @Get('checkpoint')
  @Header('cache-control', 'no-cache')
  @Header(...NO_SNIFF)
  checkpoint(): StreamableFile {
    const { sealer, cosigner } = this.#record;
    const newest = cosigner.latest ?? sealer.latest;
    if (newest === null) throw absent('NOT_SEALED', 'Nothing of the log is sealed yet; ask again in a moment.');
    return file(Buffer.from(newest.note), 'text/plain; charset=utf-8');
  }

  @Get('tile/*')
  @Header(...NO_SNIFF)
  async tile(@Param('*') path: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    const place = parseTilePath(path);
    const octets = place === null ? null : await this.#record.sealer.tile(place);
    if (octets === null) {
      void reply.header('cache-control', 'no-store');
      throw absent('NO_SUCH_TILE', 'The newest checkpoint has no such tile; see c2sp.org/tlog-tiles.');
    }
    void reply.header('cache-control', FOR_EVER);
    return file(octets, 'application/octet-stream');
  }
}

function file(octets: Uint8Array, type: string): StreamableFile {
  return new StreamableFile(octets, { type, length: octets.length });
}

function absent(code: string, message: string): NotFoundException {
  return new NotFoundException({ code, message });
}
