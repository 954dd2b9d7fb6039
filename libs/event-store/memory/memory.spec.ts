/** The memory engine keeps the contract. */
import { keepsTheContract } from '../contract/contract.ts';
import { memoryHarness } from './memory.harness.ts';

keepsTheContract('memory', memoryHarness);
