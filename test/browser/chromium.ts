/** A real Chromium over its DevTools protocol, with a virtual authenticator; nothing but a socket stands in between. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { WebSocket } from 'ws';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where a browser lies: KEYLEDGER_CHROMIUM, or the first on the PATH; null where there is none. */
export function chromiumHere(): string | null {
  const named = process.env['KEYLEDGER_CHROMIUM'];
  if (named !== undefined) return existsSync(named) ? named : null;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null;
}

interface Told {
  readonly id?: number;
  /** Of what was not asked for. */
  readonly method?: string;
  readonly params?: Noticed;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** As far as it is read: what a page complains of, and what it asks for. */
interface Noticed {
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
  readonly entry?: { readonly level: string; readonly text: string; readonly url?: string };
  readonly type?: string;
  readonly args?: readonly { readonly value?: unknown }[];
  readonly request?: { readonly url: string };
}

const START_MS = 15_000;

export class Browser {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (told: Told) => void>();
  #session: string | null = null;
  #last = 0;
  #origin: string | null = null;
  #complaints: string[] = [];

  private constructor(parts: { child: ChildProcess; folder: string; socket: WebSocket }) {
    this.#child = parts.child;
    this.#folder = parts.folder;
    this.#socket = parts.socket;
    this.#socket.on('message', (data: Buffer) => {
      const told = JSON.parse(data.toString('utf8')) as Told;
      if (told.method !== undefined) this.#notice(told.method, told.params ?? {});
      this.#waiting.get(told.id ?? 0)?.(told);
      this.#waiting.delete(told.id ?? 0);
    });
  }

  /** One page, and an authenticator that is touched and unlocked whenever it is asked. */
  static async open(file: string): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'kl-browser-'));
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage'];
    const child = spawn(file, [...flags, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank']);
    const socket = new WebSocket(await addressOf(child));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const browser = new Browser({ child, folder, socket });
    const { targetId } = await browser.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.#send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = String(sessionId);
    await browser.#send('WebAuthn.enable', {});
    const internal = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true };
    const options = { ...internal, isUserVerified: true, automaticPresenceSimulation: true };
    await browser.#send('WebAuthn.addVirtualAuthenticator', { options });
    return browser;
  }

  async goTo(url: string): Promise<void> {
    await this.#send('Page.navigate', { url });
    await this.until(`document.readyState === 'complete' && location.href === ${JSON.stringify(url)}`);
  }

  /** The value of an expression in the page, promises awaited; a user's gesture goes with it. */
  async value<T>(expression: string): Promise<T> {
    const how = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = (await this.#send('Runtime.evaluate', how)) as {
      result?: { value: T };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    };
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result?.value as T;
  }

  async until(expression: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < START_MS; waitedMs += 25) {
      if (await this.value<boolean>(expression)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`the page never came to ${expression}`);
  }

  /** From now on every error of a page, and every request to another origin, is a complaint. */
  async watch(origin: string): Promise<void> {
    this.#origin = origin;
    for (const domain of ['Runtime', 'Log', 'Network', 'Page']) await this.#send(`${domain}.enable`, {});
  }

  /** Those since it was asked last. */
  complaints(): readonly string[] {
    return this.#complaints.splice(0);
  }

  /** How the page is looked at: pixels, and dark or light. */
  async look(width: number, height: number, scheme: 'light' | 'dark'): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 500,
    });
    await this.#send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  /** PNG of what is seen. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  }

  #notice(method: string, { exceptionDetails, entry, type, args, request }: Noticed): void {
    if (this.#origin === null) return;
    if (method === 'Runtime.exceptionThrown')
      this.#complaints.push(exceptionDetails?.exception?.description ?? exceptionDetails?.text ?? 'an exception');
    if (method === 'Runtime.consoleAPICalled' && (type === 'error' || type === 'warning'))
      this.#complaints.push((args ?? []).map(({ value }) => String(value)).join(' '));
    if (method === 'Log.entryAdded' && entry?.level === 'error')
      this.#complaints.push(`${entry.text} ${entry.url ?? ''}`);
    const url = method === 'Network.requestWillBeSent' ? (request?.url ?? '') : '';
    if (/^(https?|wss?):/.test(url) && new URL(url).host !== new URL(this.#origin).host)
      this.#complaints.push(`a request to ${url}`);
  }

  async fill(id: string, text: string): Promise<void> {
    await this.value(`void (document.getElementById(${JSON.stringify(id)}).value = ${JSON.stringify(text)})`);
  }

  async click(id: string): Promise<void> {
    await this.value(`document.getElementById(${JSON.stringify(id)}).click()`);
  }

  text(id: string): Promise<string> {
    return this.value(`document.getElementById(${JSON.stringify(id)}).textContent`);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#socket.terminate();
    this.#child.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #send(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      const session = this.#session === null ? {} : { sessionId: this.#session };
      this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    });
  }
}

/** Chromium says on its standard error where it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the browser did not start: ${said.slice(-500)}`)), START_MS);
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString('utf8');
      const match = /DevTools listening on (ws:\/\/\S+)/.exec(said);
      if (match?.[1] === undefined) return;
      clearTimeout(timer);
      resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the browser ended: ${said.slice(-500)}`)));
  });
}
