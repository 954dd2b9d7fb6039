/** `keyledger login`: signs in with a sign-in credential and prints the bearer token, and nothing else, for scripts. */
import { type KeyObject, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rfc3339Of, systemClock } from '#libs/kernel/clock.ts';
import { OPERATOR_ROLES, type OperatorRole } from '#libs/kernel/operator-roles.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import { Complaint } from '../config.ts';
import { knownDemo } from '../demo/known-demo.ts';
import type { Terminal } from '../terminal.ts';

/** Whose credential is taken: one's own, or that of a person of the demo. */
export interface Credentialed {
  /** Data folder of a demo: its people's credentials and its genesis are taken from there. */
  readonly folder: string;
  /** With a credential of one's own, all three. */
  readonly operator?: string | undefined;
  readonly key?: string | undefined;
  readonly genesis?: string | undefined;
}

export interface LoginOptions extends Credentialed {
  readonly as: string;
  readonly url: string;
  readonly minutes: number;
}

interface Credential {
  readonly operator: string;
  readonly key: KeyObject;
  readonly genesis: string;
}

/** 0: the token is printed. 1: the platform refused. */
export async function login(it: LoginOptions, terminal: Terminal): Promise<0 | 1> {
  const role = roleOf(it.as);
  const { operator, key, genesis } = credentialFor(it, role);
  const life = it.minutes * 60;
  const session = await signIn({ url: it.url, operator, roles: [role], key, genesis, clock: systemClock, life });
  if (isRefusal(session)) {
    terminal.warn(`${session.code}: ${session.message}`);
    terminal.data({ signedIn: false, code: session.code, message: session.message });
    return 1;
  }
  const until = rfc3339Of(session.until);
  terminal.warn(`Signed in as ${operator}, ${role}, until ${until}. Whoever has the token acts in your name.`);
  terminal.line(session.token);
  terminal.data({ signedIn: true, operator, roles: [role], until, session: session.session, token: session.token });
  return 0;
}

export function credentialFor(it: Credentialed, role: OperatorRole): Credential {
  return it.key === undefined ? demoCredential(it, role) : ownCredential(it, it.key);
}

function roleOf(text: string): OperatorRole {
  const role = OPERATOR_ROLES.find((one) => one === text);
  if (role !== undefined) return role;
  throw new Complaint('BAD_ROLE', `--as is one of ${OPERATOR_ROLES.join(', ')}.`);
}

function ownCredential({ operator, genesis }: Credentialed, file: string): Credential {
  if (operator === undefined || genesis === undefined)
    throw new Complaint(
      'BAD_CREDENTIAL',
      '--key needs --operator and --genesis: who you are, and which deployment you mean.',
    );
  try {
    return { operator, genesis, key: createPrivateKey(readFileSync(file)) };
  } catch {
    throw new Complaint('BAD_KEY_FILE', `The file ${file} holds no private key as PEM that can be read.`);
  }
}

/** The demo's person who has the role; the first in its cast unless one is named. */
function demoCredential({ folder, operator }: Credentialed, role: OperatorRole): Credential {
  const demo = knownDemo(folder);
  const person = demo.personWho(({ id, roles }) =>
    operator === undefined ? roles.some((one) => one === role) : id === operator,
  );
  if (person === null) throw new Complaint('OPERATOR_UNKNOWN', `The demo has no ${operator ?? role}.`);
  return { operator: person.id, key: person.signIn, genesis: demo.genesis };
}
