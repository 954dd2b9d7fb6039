/** Twenty real kill -9 under load on each real engine. */
import { expect, test } from '@jest/globals';
import { postgresMissing } from '#test/kit/postgres.ts';
import { killsOnKurrent, killsOnPostgres, killsOnSqlite } from './kills.ts';

test('sqlite loses and doubles nothing when the process that appends is killed twenty times', async () => {
  await expect(killsOnSqlite(20, 3)).resolves.toBeUndefined();
});

test('kurrentdb, on our test server, loses and doubles nothing when process and server are killed ten times each', async () => {
  await expect(killsOnKurrent(20, 6)).resolves.toBeUndefined();
});

const missing = postgresMissing();
const title = 'postgresql loses and doubles nothing when process and server are killed ten times each';
if (missing !== null) test.skip(`${title} (${missing})`, () => undefined);
else
  test(title, async () => {
    await expect(killsOnPostgres(20, 4)).resolves.toBeUndefined();
  });
