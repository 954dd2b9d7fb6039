/** The page that Prometheus reads. It names no person and no device, and is still nobody's business outside: this machine alone, unless told. */
import { Controller, Get, Inject, NotFoundException, Req, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG } from './api/work.resolver.ts';
import type { PlatformConfig } from './config.ts';
import { Metrics } from './operations/metrics.ts';

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;
/** What something in between says of whom it asks for: then this machine is not who asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

@Controller('metrics')
export class MetricsController {
  readonly #metrics: Metrics;
  readonly #isOpen: boolean;

  constructor(@Inject(Metrics) metrics: Metrics, @Inject(CONFIG) config: PlatformConfig) {
    this.#metrics = metrics;
    this.#isOpen = config.metrics === 'open';
  }

  @Get()
  async page(@Req() request: FastifyRequest): Promise<StreamableFile> {
    if (!this.#isOpen && !isOfThisMachine(request)) throw new NotFoundException();
    return new StreamableFile(Buffer.from(await this.#metrics.text(), 'utf8'), { type: this.#metrics.contentType });
  }
}

function isOfThisMachine({ socket, headers }: FastifyRequest): boolean {
  return LOOPBACK.test(socket.remoteAddress ?? '') && FORWARDED.every((one) => headers[one] === undefined);
}
