#!/usr/bin/env node
/** `npx keyledger <verb>`: the command line, by way of ready.mjs like every other entry. */
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

process.argv.splice(2, 0, '--import', new URL('./ts.mjs', import.meta.url).href, here('../apps/keyledger/src/main.ts'));
await import('./ready.mjs');
