/** Our test server as a process that can be killed -9 and started again on its file and its port. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const FIXTURE = new URL('./server.fixture.ts', import.meta.url);

export class ServerProcess {
  readonly #file: string;
  #child: ChildProcess | null = null;
  #port = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const child = fork(FIXTURE, [this.#file, String(this.#port)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.#child = child;
    const [told] = (await once(child, 'message')) as [{ port: number }];
    this.#port = told.port;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}
