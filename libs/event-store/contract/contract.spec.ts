/** Every engine keeps the contract, and behaves as the memory engine does under random use. */
import { kurrentHarness } from '../kurrentdb/kurrentdb.harness.ts';
import { memoryHarness } from '../memory/memory.harness.ts';
import { postgresHarness } from '../postgresql/postgresql.harness.ts';
import { sqliteHarness } from '../sqlite/sqlite.harness.ts';
import { keepTheContract } from './contract.ts';

keepTheContract({
  memory: memoryHarness,
  sqlite: sqliteHarness,
  postgresql: postgresHarness,
  kurrentdb: kurrentHarness,
});
