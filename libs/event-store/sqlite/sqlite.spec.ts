/** The SQLite engine keeps the contract. */
import { keepsTheContract } from '../contract/contract.ts';
import { sqliteHarness } from './sqlite.harness.ts';

keepsTheContract('sqlite', sqliteHarness);
