/**
 * TLS 1.3 on the line over any Duplex: the module is the server with its identity certificate, the unit
 * an anonymous client. No resumption, no PSK, no 0-RTT; P-256 keeps the flight short at V.24 speed (S17a).
 */
import { constants } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type TLSSocket, type TlsOptions, connect, createServer } from 'node:tls';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export const LINE_EXPORTER = 'EXPORTER-keyledger-line-v1';

/** At 9,600 baud a handshake takes some six seconds. */
const HANDSHAKE_MS = 30_000;

/** One end of an established session. */
export interface SecureSession {
  readonly socket: TLSSocket;
  /** 32 octets of RFC 8446 §7.5 keying material, equal at both ends of one session and nowhere else. */
  readonly exporter: Uint8Array;
  /** The peer's certificates as it sent them, leaf first, DER; empty for an anonymous peer. */
  readonly peerCertificates: readonly Uint8Array[];
}

export interface OwnCertificate {
  /** Certificate chain, leaf first, PEM. */
  readonly chainPem: string;
  /** PKCS #8, PEM. */
  readonly keyPem: string;
}

export const TLS_SETTINGS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ecdhCurve: 'P-256',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;

const HANDSHAKE_FAILED = refuse('LINE_HANDSHAKE', 'No TLS 1.3 session could be set up over the line.');

export function peerCertificatesOf(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  let at = socket.getPeerCertificate(true);
  while (at?.raw !== undefined && chain.length < 4) {
    chain.push(Uint8Array.from(at.raw));
    if (at.issuerCertificate === at) break;
    at = at.issuerCertificate;
  }
  return chain;
}

function sessionOf(socket: TLSSocket, label: string): SecureSession {
  const exporter = Uint8Array.from(socket.exportKeyingMaterial(32, label, Buffer.alloc(0)));
  return { socket, exporter, peerCertificates: peerCertificatesOf(socket) };
}

/** The server's end over one Duplex; a server of its own for every session, so that nothing is shared between two. */
export function acceptSession(duplex: Duplex, options: TlsOptions, label: string): Promise<SecureSession | Refusal> {
  return new Promise((resolve) => {
    const fail = (): void => {
      duplex.destroy();
      resolve(HANDSHAKE_FAILED);
    };
    duplex.once('close', fail);
    duplex.once('error', fail);
    const server = createServer({ ...TLS_SETTINGS, ...options, handshakeTimeout: HANDSHAKE_MS });
    server.once('tlsClientError', fail);
    server.once('secureConnection', (socket) => {
      duplex.off('close', fail);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => duplex.destroy());
      resolve(sessionOf(socket, label));
    });
    server.emit('connection', duplex);
  });
}

/** Nothing more comes over it, and no event will say so again: nobody need wait for a handshake. */
function isOver(duplex: Duplex): boolean {
  return duplex.destroyed || duplex.readableEnded;
}

/** The client's end. It trusts no name and no CA of the system: whoever calls checks the peer's certificates himself. */
export function openSession(
  duplex: Duplex,
  own: OwnCertificate | null,
  label: string,
): Promise<SecureSession | Refusal> {
  if (isOver(duplex)) return Promise.resolve(HANDSHAKE_FAILED);
  return new Promise((resolve) => {
    const socket = connect({
      ...TLS_SETTINGS,
      ...(own === null ? {} : { cert: own.chainPem, key: own.keyPem }),
      socket: duplex,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const fail = (): void => {
      clearTimeout(timer);
      socket.destroy();
      duplex.destroy();
      resolve(HANDSHAKE_FAILED);
    };
    const timer = setTimeout(fail, HANDSHAKE_MS);
    socket.once('close', fail);
    socket.on('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.off('close', fail);
      socket.once('close', () => duplex.destroy());
      resolve(sessionOf(socket, label));
    });
  });
}

/** The module's end of the line. Refuses LINE_HANDSHAKE. */
export function moduleServer(duplex: Duplex, own: OwnCertificate): Promise<SecureSession | Refusal> {
  return acceptSession(duplex, { cert: own.chainPem, key: own.keyPem }, LINE_EXPORTER);
}

/** The unit's end of the line. Refuses LINE_HANDSHAKE. */
export function unitClient(duplex: Duplex): Promise<SecureSession | Refusal> {
  return openSession(duplex, null, LINE_EXPORTER);
}
