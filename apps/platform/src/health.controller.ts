/** Whether the platform lives, and whether it serves: 200 or 503, and a body that says which part does not. */
import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';
import { healthOf } from './operations/health.ts';
import { Standing } from './operations/standing.ts';

@Controller('health')
export class HealthController {
  readonly #standing: Standing;

  constructor(@Inject(Standing) standing: Standing) {
    this.#standing = standing;
  }

  @Get('live')
  @HttpCode(200)
  live(): object {
    return { live: true };
  }

  @Get('ready')
  async ready(): Promise<object> {
    const health = await healthOf(this.#standing);
    if (!health.ready) throw new ServiceUnavailableException(health);
    return health;
  }
}
