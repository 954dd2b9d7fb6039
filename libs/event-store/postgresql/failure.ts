/** PostgreSQL's errors, and those of the wire to it, in the words of the port. */
import { EventStoreError, type EventStoreErrorCode, isEventStoreError } from '../event-store.ts';
import { type PostgresAddress, shownAddress } from './address.ts';

/** The wire broke or fell silent: whether the server did what it was told is not known. */
export class WireLost extends Error {
  /** Whether the question had gone out. */
  readonly asked: boolean;

  constructor(message: string, asked: boolean, cause?: unknown) {
    super(message, { cause });
    this.asked = asked;
  }
}

/** The five characters of SQLSTATE; undefined for what is no answer of the server. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined &&
    /^[0-9A-Z]{5}$/.test(code) &&
    typeof error === 'object' &&
    error !== null &&
    'severity' in error
    ? code
    : undefined;
}

/** After one of these the server is gone or going: nothing is known of what it had begun. */
export function endsTheWire(error: unknown): boolean {
  return error instanceof WireLost || /^(08|57P)/.test(sqlState(error) ?? '');
}

/** A row that stands there already, or a gap before one: what was taken for granted of a stream was wrong. */
export function contradicts(error: unknown): boolean {
  return ['23505', 'P0001', '40001', '40P01'].includes(sqlState(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const READINGS: readonly { readonly begins: string; readonly as: EventStoreErrorCode; readonly says: string }[] = [
  { begins: '28', as: 'AccessDenied', says: 'lets this role not in; see role and password' },
  { begins: '42501', as: 'AccessDenied', says: 'does not allow this to its role' },
  { begins: '25006', as: 'AccessDenied', says: 'may only be read here, it is a standby' },
  { begins: '3D000', as: 'Unavailable', says: 'has no such database; make it first' },
  { begins: '3F000', as: 'Corrupt', says: 'holds no event log; found one first' },
  { begins: '42P01', as: 'Corrupt', says: 'holds no event log; found one first' },
  {
    begins: '53100',
    as: 'Unavailable',
    says: 'cannot grow, the disk of the server is full; nothing of this group was stored',
  },
  { begins: '53', as: 'Unavailable', says: 'has no room for this, too many use the server' },
  { begins: '57014', as: 'Unavailable', says: 'was told by somebody else to stop this question' },
  { begins: '57P', as: 'Unavailable', says: 'is starting or stopping; wait until the server stands' },
  { begins: 'XX001', as: 'Corrupt', says: 'is damaged; keep it for examination and restore a backup' },
  { begins: 'XX002', as: 'Corrupt', says: 'is damaged; keep it for examination and restore a backup' },
];

/** One clear sentence for an error of the server or of the wire, without the address's password; a defect as it is. */
export function asEventStoreError(error: unknown, address: PostgresAddress): unknown {
  if (isEventStoreError(error)) return error;
  const where = `The event log at ${shownAddress(address)}`;
  if (error instanceof WireLost)
    return new EventStoreError('Unavailable', `${where} ${error.message}.`, { cause: error });
  const state = sqlState(error);
  if (state === undefined) return error;
  const { as, says } = READINGS.find(({ begins }) => state.startsWith(begins)) ?? {
    as: 'Unavailable',
    says: `failed with SQLSTATE ${state}`,
  };
  return new EventStoreError(as, `${where} ${says}.`, { cause: error });
}
