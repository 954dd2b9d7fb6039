/**
 * One personalization of one module under one order, as the unit reports it step by step (S09b, S18a to S21a, S26a).
 * After an interruption the unit starts again and goes on where the card and the module stand; a failure is the end.
 */
import type { Fact } from '#libs/kernel/decider.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Judgement, type Report, judged, reporting } from '../report.ts';

export interface Start {
  readonly order: string;
  readonly serial: string;
  readonly unit: string;
  readonly technician: string;
}

export interface ModuleKey {
  readonly spki: string;
  readonly salt: string;
  readonly epoch: number;
  readonly birth: 'personalization' | 'manufacture';
  /** What the module attested, and its identity key's signature on it, base64url. */
  readonly attestation: string;
  readonly attestationSignature: string;
}

/** The one primary fact of an issue: what the card says it signed, with its log entry as bytes. */
export interface IssuedCertificate {
  readonly card: string;
  readonly cardKey: string;
  readonly number: number;
  readonly entry: string;
  readonly fingerprint: string;
}

export type PersonalizationStarted = Fact<'PersonalizationStarted', Start>;
/** `identity` is the fingerprint of the module's identity certificate, `unitTime` what it signed of the unit's clock. */
export type ModuleIdentified = Fact<
  'ModuleIdentified',
  { readonly identity: string; readonly exporter: string; readonly unitTime: number }
>;
export type ModuleKeyReceived = Fact<'ModuleKeyReceived', ModuleKey>;
export type CertificateIssued = Fact<'CertificateIssued', IssuedCertificate>;
export type CertificateInstalled = Fact<
  'CertificateInstalled',
  { readonly fingerprint: string; readonly statement: string; readonly signature: string }
>;
export type PersonalizationCompleted = Fact<'PersonalizationCompleted', { readonly lineCleared: true }>;
/** Only a device reports a failure; what merely stays away is overdue. */
export type PersonalizationFailed = Fact<'PersonalizationFailed', { readonly code: string; readonly message: string }>;
/** Not reported: our own clock says so. */
export type PersonalizationOverdue = Fact<'PersonalizationOverdue', { readonly at: string }>;
type Ending = PersonalizationCompleted | PersonalizationFailed;
type Step = PersonalizationStarted | ModuleIdentified | ModuleKeyReceived | CertificateIssued | CertificateInstalled;
export type PersonalizationReport = Step | Ending;
export type PersonalizationEvent = PersonalizationReport | PersonalizationOverdue;

export type PersonalizationCommand =
  Report<PersonalizationReport> | { readonly do: 'MarkOverdue'; readonly at: string };

export interface Run {
  readonly is: 'started' | 'identified' | 'keyed' | 'issued' | 'installed' | 'completed' | 'failed';
  readonly unit: string;
  readonly identity: string | null;
  readonly spki: string | null;
  readonly fingerprint: string | null;
  readonly installed: boolean;
  /** Code of the failure that ended it. */
  readonly failure: string | null;
  readonly wasOverdue: boolean;
}
export type PersonalizationState = { readonly is: 'none' } | Run;

export const personalizationStream = (order: string, serial: string): string => `personalization-${order}-${serial}`;

const REPORTED = [
  'PersonalizationStarted',
  'ModuleIdentified',
  'ModuleKeyReceived',
  'CertificateIssued',
  'CertificateInstalled',
  'PersonalizationCompleted',
  'PersonalizationFailed',
] as const;

export const personalizationDecider = reporting<PersonalizationState, PersonalizationCommand, PersonalizationEvent>(
  REPORTED,
  {
    initial: { is: 'none' },
    decide: (command, state) => {
      switch (command.do) {
        case 'Report':
          return report(command, state);
        case 'MarkOverdue':
          if (state.is === 'none' || hasEnded(state))
            return refuse('NOT_OVERDUE', 'No personalization is under way; nothing is owed.');
          return state.wasOverdue ? [] : [{ type: 'PersonalizationOverdue', data: { at: command.at } }];
        default:
          return never(command);
      }
    },
    evolve: (state, event) => {
      if (event.type === 'PersonalizationStarted') return started(event.data, state);
      if (state.is === 'none') return state;
      switch (event.type) {
        case 'ModuleIdentified':
          return { ...state, is: 'identified', identity: event.data.identity };
        case 'ModuleKeyReceived':
          return { ...state, is: state.fingerprint === null ? 'keyed' : 'issued', spki: event.data.spki };
        case 'CertificateIssued':
          return { ...state, is: 'issued', fingerprint: event.data.fingerprint };
        case 'CertificateInstalled':
          return { ...state, is: 'installed', installed: true };
        case 'PersonalizationCompleted':
          return { ...state, is: 'completed' };
        case 'PersonalizationFailed':
          return { ...state, is: 'failed', failure: event.data.code };
        case 'PersonalizationOverdue':
          return { ...state, wasOverdue: true };
        default:
          return never(event);
      }
    },
  },
);

const OUT_OF_ORDER = refuse(
  'OUT_OF_ORDER',
  'The step was reported before the one that must precede it; report them in order.',
);
const AFTER_END = refuse('AFTER_END', 'The personalization had already ended; find out what the unit still did.');
const OTHER_UNIT = refuse('OTHER_UNIT', 'Another unit began this personalization; only that one may go on with it.');
const OTHER_MODULE = refuse(
  'OTHER_MODULE',
  'Another module was identified before under this serial; look for a swapped module.',
);
const OTHER_KEY = refuse(
  'OTHER_KEY',
  'A certificate was already issued for another module key under this order and serial.',
);
const SECOND_CERTIFICATE = refuse(
  'SECOND_CERTIFICATE',
  'A certificate was already issued under this order and serial; look for a cloned card.',
);
const OTHER_CERTIFICATE = refuse(
  'OTHER_CERTIFICATE',
  'The module installed another certificate than the one issued to it.',
);

function report(
  { fact, contest }: Report<PersonalizationReport>,
  state: PersonalizationState,
): readonly (PersonalizationEvent | Judgement)[] {
  if (contest === null && state.is !== 'none' && isRepeat(fact, state)) return [];
  return judged(fact, contest ?? contestOf(fact, state));
}

/** Said before and true already: the card returns its stored answer after an interruption, and the unit reports it again. */
function isRepeat(fact: PersonalizationReport, state: Run): boolean {
  switch (fact.type) {
    case 'CertificateIssued':
      return state.fingerprint === fact.data.fingerprint;
    case 'CertificateInstalled':
      return state.installed && state.fingerprint === fact.data.fingerprint;
    case 'PersonalizationCompleted':
      return state.is === 'completed';
    case 'PersonalizationFailed':
      return state.failure === fact.data.code;
    case 'PersonalizationStarted':
    case 'ModuleIdentified':
    case 'ModuleKeyReceived':
      return false;
    default:
      return never(fact);
  }
}

/**
 * What was received, issued and installed stays so after an interruption: whoever lost only a report may send it in a
 * later attempt, and need not do the step again.
 */
function contestOf(fact: PersonalizationReport, state: PersonalizationState): Refusal | null {
  if (state.is === 'none') return fact.type === 'PersonalizationStarted' ? null : OUT_OF_ORDER;
  if (fact.type === 'CertificateIssued' && state.fingerprint !== null) return SECOND_CERTIFICATE;
  if (hasEnded(state)) return AFTER_END;
  switch (fact.type) {
    case 'PersonalizationStarted':
      return fact.data.unit === state.unit ? null : OTHER_UNIT;
    case 'ModuleIdentified':
      if (state.is !== 'started') return OUT_OF_ORDER;
      return state.identity === null || state.identity === fact.data.identity ? null : OTHER_MODULE;
    case 'ModuleKeyReceived':
      if (state.is !== 'identified' && state.is !== 'keyed' && state.is !== 'issued') return OUT_OF_ORDER;
      if (state.installed) return OUT_OF_ORDER;
      return state.fingerprint === null || state.spki === fact.data.spki ? null : OTHER_KEY;
    case 'CertificateIssued':
      return state.spki === null ? OUT_OF_ORDER : null;
    case 'CertificateInstalled':
      if (state.fingerprint === null) return OUT_OF_ORDER;
      return state.fingerprint === fact.data.fingerprint ? null : OTHER_CERTIFICATE;
    case 'PersonalizationCompleted':
      return state.installed ? null : OUT_OF_ORDER;
    case 'PersonalizationFailed':
      return null;
    default:
      return never(fact);
  }
}

function hasEnded(state: Run): boolean {
  return state.is === 'completed' || state.is === 'failed';
}

/** A new attempt keeps what is known: the module, its key, and the certificate, if the card issued one. */
function started({ unit }: Start, before: PersonalizationState): Run {
  if (before.is !== 'none') return { ...before, is: 'started' };
  const nothing = { identity: null, spki: null, fingerprint: null, installed: false, failure: null };
  return { is: 'started', unit, ...nothing, wasOverdue: false };
}
