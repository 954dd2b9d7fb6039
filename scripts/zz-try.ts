import { attack } from '#apps/keyledger/src/verbs/attack.ts';
import { terminal } from '#apps/keyledger/src/terminal.ts';
process.exitCode = await attack({ count: Number(process.argv[2]), json: false, name: process.argv[3] }, terminal(false));
