/** Holds a folder's lock until it is killed. */
import { lockFolder } from './folder-lock.ts';

process.on('disconnect', () => process.exit());
lockFolder(process.argv[2] ?? '');
process.send?.('held');
setInterval(() => undefined, 1000);
