/** Our test server in a process of its own, without security, on a file: to be killed. Says its port. */
import { TestDatabase } from './database.ts';
import { startNode } from './server.ts';

process.on('disconnect', () => process.exit());

const [file = '', port = '0'] = process.argv.slice(2);
const node = await startNode({ database: new TestDatabase(file), port: Number(port) });
process.send?.({ port: node.port });
