/** What Chromium says over its DevTools protocol, as far as it is read here, and where it listens. */
import type { ChildProcess } from 'node:child_process';

const START_MS = 45_000;

export interface Told {
  readonly id?: number;
  /** Of what was not asked for. */
  readonly method?: string;
  readonly params?: Noticed;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** As far as it is read: what a page complains of, and what it asks for. */
export interface Noticed {
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
  readonly entry?: { readonly level: string; readonly text: string; readonly url?: string };
  readonly type?: string;
  readonly args?: readonly { readonly value?: unknown }[];
  readonly request?: { readonly url: string; readonly postData?: string };
  /** Of a request that is held. */
  readonly requestId?: string;
  readonly responseStatusCode?: number;
  readonly responseHeaders?: readonly { readonly name: string; readonly value: string }[];
}

/** Chromium says on its standard error where it listens. */
export function addressOf(child: ChildProcess): Promise<string> {
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
