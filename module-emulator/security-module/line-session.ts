/** One session on the personalization line, seen from the module: TLS, then one request after the other (S17a, S18a, S26a). */
import type { Duplex } from 'node:stream';
import { pemChain } from '#libs/certificates/pem.ts';
import { judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, never } from '#libs/kernel/refusal.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import {
  type Answer,
  type Request,
  frameOf,
  parseRequest,
  refusedAnswer,
} from '#libs/personalization-protocol/messages.ts';
import { COMMANDS } from './command-law.ts';
import { certificateOf } from './commands/certificate-of.ts';
import { discard } from './commands/discard.ts';
import { identify } from './commands/identify.ts';
import { install } from './commands/install.ts';
import { lastReset, reset } from './commands/reset.ts';
import { resetNonce } from './commands/reset-nonce.ts';
import { makeKey } from './commands/make-key.ts';
import { type ModuleParts, identityHandle, octetsOf } from './module-parts.ts';

/** How long the module waits for the next request before it gives the line up. */
const IDLE_MS = 120_000;

/** One request to one answer; `exporter` is that of the session it came over. */
export function execute(parts: ModuleParts, request: Request, exporter: Uint8Array): Answer | Refusal {
  const refusal = judge(parts.law.command, { row: COMMANDS[request.type], state: parts.image.read().state });
  if (refusal !== null) return refusal;
  switch (request.type) {
    case 'Identify':
      return identify(parts);
    case 'MakeKey':
      return makeKey(parts, request, exporter);
    case 'Install':
      return install(parts, request);
    case 'Discard':
      return discard(parts);
    case 'CertificateOf':
      return certificateOf(parts);
    case 'ResetNonce':
      return resetNonce(parts);
    case 'Reset':
    case 'Transfer':
      return reset(parts, request);
    case 'LastReset':
      return lastReset(parts);
    default:
      return never(request);
  }
}

/** Serves until the line is gone, garbage comes, or the module is personalized; null when it ended in order. */
export async function serveLine(parts: ModuleParts, duplex: Duplex): Promise<Refusal | null> {
  const { identity } = parts.image.read();
  const chain = identity === null ? [] : [octetsOf(identity.certificate), octetsOf(identity.identityCa)];
  const session = await identityHandle(parts.image.read()).serveLine(duplex, pemChain(chain));
  if (isRefusal(session)) return session;
  const line = new FrameLine(session.socket);
  for (;;) {
    const frame = await line.receive(IDLE_MS);
    if (isRefusal(frame)) return frame.code === 'LINE_CLOSED' ? null : frame;
    const request = parseRequest(frame);
    const answer = isRefusal(request) ? request : execute(parts, request, session.exporter);
    await line.send(frameOf(isRefusal(answer) ? refusedAnswer(answer) : answer));
    if (!isRefusal(answer) && answer.type === 'Installed') {
      await line.finish(); // the unit is isolated from the module, which operates from here on
      return null;
    }
  }
}
