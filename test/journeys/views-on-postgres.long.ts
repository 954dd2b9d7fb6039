/** What the views are asked over GraphQL, once more with the views on PostgreSQL; what is about their file alone is left out. */
import { afterAll, jest } from '@jest/globals';
import { endViews, viewsOnPostgres } from '#test/kit/house-views.ts';
import { postgresMissing } from '#test/kit/postgres.ts';

jest.setTimeout(60_000);
const missing = postgresMissing();

if (missing === null) {
  viewsOnPostgres();
  await import('./views.spec.ts');
  await import('../platform/audit.spec.ts');
  afterAll(endViews, 60_000);
} else {
  process.stderr.write(`  the questions on postgresql were left out: ${missing}\n`);
  const { test } = await import('@jest/globals');
  test.skip(`the views on PostgreSQL (${missing})`, () => undefined);
}
