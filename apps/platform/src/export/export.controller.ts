/** `GET /export/<format>`: the trail as lines, for a SIEM on another machine and for the dashboard. Nothing waits for its reader. */
import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Param, type OnModuleDestroy, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { SiemFormat } from '#libs/siem/formats.ts';
import { askedExport } from './asked.ts';
import { Exports, type Turned } from './exports.ts';

const TYPES: Readonly<Record<SiemFormat, string>> = {
  ocsf: 'application/x-ndjson; charset=utf-8',
  cloudevents: 'application/x-ndjson; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};
const PROBE_MS = 30_000;

@Controller('export')
export class ExportController implements OnModuleDestroy {
  readonly #exports: Exports;

  constructor(@Inject(Exports) exports: Exports) {
    this.#exports = exports;
  }

  @Get(':format')
  async export(
    @Param('format') wanted: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { authorization } = request.headers;
    const admitted = await this.#exports.admit({ authorization, address: request.ip });
    if ('status' in admitted) return turned(reply, admitted);
    const asked = askedExport(wanted, request.query as Parameters<typeof askedExport>[1]);
    if (isRefusal(asked)) return turned(reply, { status: 400, refusal: asked });
    if (request.method !== 'GET') return void reply.code(200).type(TYPES[asked.format]).send();
    const refused = await this.#exports.start(admitted, asked, ({ log, until }) => {
      reply.hijack();
      return begun(reply.raw, {
        'content-type': TYPES[asked.format],
        'content-disposition': `attachment; filename="keyledger-events.${asked.format === 'csv' ? 'csv' : `${asked.format}.ndjson`}"`,
        'keyledger-log': log,
        ...(until === null ? {} : { 'keyledger-up-to': until }),
      });
    });
    if (refused !== null) turned(reply, refused);
  }

  onModuleDestroy(): Promise<void> {
    return this.#exports.close();
  }
}

function begun(out: ServerResponse, headers: Readonly<Record<string, string>>): ServerResponse {
  out.socket?.setKeepAlive(true, PROBE_MS);
  out.writeHead(200, { ...headers, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  out.flushHeaders();
  return out;
}

function turned(reply: FastifyReply, { status, refusal: { code, message }, retryAfter }: Turned): void {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.code(status).header('cache-control', 'no-store').send({ code, message });
}
