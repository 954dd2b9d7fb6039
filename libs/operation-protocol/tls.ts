/**
 * Mutual TLS 1.3 between a security module in operation and its station, over any Duplex (S27a, S27b).
 * TLS proves who holds which key; whether that key is trusted is each party's own check afterwards.
 */
import type { Duplex } from 'node:stream';
import {
  type OwnCertificate,
  type SecureSession,
  acceptSession,
  openSession,
} from '#libs/personalization-protocol/tls.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';

export const SESSION_EXPORTER = 'EXPORTER-keyledger-session-v1';

/** The module's end: `chainPem` is the operational certificate and the card CA's. Refuses LINE_HANDSHAKE. */
export function sessionClient(duplex: Duplex, own: OwnCertificate): Promise<SecureSession | Refusal> {
  return openSession(duplex, own, SESSION_EXPORTER);
}

/**
 * The station's end, with a self-signed certificate on its station key. The module's certificates are
 * demanded and given out unjudged: the station's anchors are the card keys of its trust list alone.
 */
export function sessionServer(duplex: Duplex, own: OwnCertificate): Promise<SecureSession | Refusal> {
  const options = { cert: own.chainPem, key: own.keyPem, requestCert: true, rejectUnauthorized: false };
  return acceptSession(duplex, options, SESSION_EXPORTER);
}
