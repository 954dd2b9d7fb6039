/** Two real kill -9 under load on each real engine; the long test has twenty. */
import { expect, test } from '@jest/globals';
import { postgresMissing } from '#test/kit/postgres.ts';
import { killsOnKurrent, killsOnPostgres, killsOnSqlite } from './kills.ts';

test('sqlite loses and doubles nothing when the process that appends is killed twice', async () => {
  await expect(killsOnSqlite(2, 1)).resolves.toBeUndefined();
}, 180_000);

test('kurrentdb, on our test server, loses and doubles nothing when the process and then the server is killed', async () => {
  await expect(killsOnKurrent(2, 5)).resolves.toBeUndefined();
}, 300_000);

const missing = postgresMissing();
const title = 'postgresql loses and doubles nothing when the process and then the server is killed';
if (missing !== null) test.skip(`${title} (${missing})`, () => undefined);
else
  test(
    title,
    async () => {
      await expect(killsOnPostgres(2, 2)).resolves.toBeUndefined();
    },
    90_000,
  );
