/** A certificate built again from events, and what is said of it when the log holds less than the whole story. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseIdentity } from '#libs/certificates/authority.ts';
import { signRaw, verifyRaw } from '#libs/certificates/ecdsa.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { hashId, keyFromSpki } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { encodeInstalled } from '#libs/personalization-protocol/installed-statement.ts';
import {
  type Log,
  altered,
  dataOf,
  entryIn,
  inserted,
  nth,
  numbered,
  reportedAnew,
  octets,
} from '#test/journeys/forgery.ts';
import { type StoryRecord, storyRecord } from '#test/journeys/story-record.ts';
import { type Reconstruction, reconstructCertificate } from './reconstruct.ts';

let record: StoryRecord;
let log: Log;

beforeAll(async () => {
  record = await storyRecord();
  log = record.events;
}, 180_000);

afterAll(() => record?.drop());

async function rebuilt(from: Log, fingerprint = record.fingerprint): Promise<Reconstruction> {
  const result = await reconstructCertificate(numbered(reportedAnew(from, record.credentials)), fingerprint);
  if (isRefusal(result)) throw new Error(`${result.code}: ${result.message}`);
  return result;
}

const before = (type: string): Log => log.slice(0, log.indexOf(nth(log, type)));

/** The judgement behind the first report of a type turned into a contest. */
function contested(type: string): Log {
  const judgement = log[log.indexOf(nth(log, type)) + 1]!;
  const data = { fact: type, code: 'SOME_REASON', message: 'Nobody believes it.' };
  return log
    .slice(0, log.indexOf(judgement) + 1)
    .map((one) => (one === judgement ? { ...one, type: 'ReportContested', data } : one));
}

describe('a certificate from the log', () => {
  test('S29b equals the one in the module, with its chain and who approved it', async () => {
    const { der, chain, equalsModule, doubt, evidence } = await rebuilt(log);
    expect(toBase64url(der)).toBe(record.module.operation?.certificate);
    expect(chain.map(toBase64url).slice(1, 2)).toEqual([record.module.operation?.cardCa]);
    expect(chain).toHaveLength(4);
    expect([equalsModule, doubt]).toEqual([true, null]);
    expect(evidence).toMatchObject({
      card: 'C-0042',
      logNumber: 1,
      enforcement: 'device',
      serial: 'ATM-000013',
      requestedBy: 'P-CLARA',
      accepted: true,
    });
    expect(evidence.approvedBy.map(({ person }) => person)).toEqual(['P-ANNA', 'P-BO']);
    expect(evidence.text[0]).toContain('Personalize ATM-000013');
    expect(evidence.text).toContainEqual(
      expect.stringMatching(/^Withdrawn or expired after a card got its lease .* may still bring/),
    );
    expect(evidence.text).toContain('Needs 2 persons, 2 on their own machines.');
    expect(log.find(({ position }) => position === evidence.issuedAt)?.type).toBe('CertificateIssued');
  });

  test('S08c is from a connection at the machine itself: who plugged in where, and the module’s own signature over that line', () => {
    const { serial, technician } = dataOf(nth(log, 'LineAttached')) as Record<string, string>;
    const { identity, exporter, unitTime } = dataOf(nth(log, 'ModuleIdentified'));
    const { attestation, attestationSignature } = dataOf(nth(log, 'ModuleKeyReceived'));
    const certificate = octets(dataOf(nth(log, 'ModuleInitialized')).identityCertificate);
    const known = parseIdentity(certificate);
    if (isRefusal(known)) throw new Error(known.code);
    expect([serial, technician, hashId(certificate)]).toEqual([record.module.serial, 'T-TOM', identity]);
    const said = decodeAttestation(octets(attestation));
    if (isRefusal(said)) throw new Error(said.code);
    expect([said.serial, toBase64url(said.exporter)]).toEqual([known.serial, exporter]); // no other line has it
    expect([0, 1, 2]).toContain(Number(said.unitTime) - Number(unitTime)); // the key is made after the identity was shown
    expect(verifyRaw(octets(attestation), octets(attestationSignature), keyFromSpki(known.spki))).toBe(true);
    expect(known.serial).toBe(record.module.serial);
  });

  test('S29b is there before the module has said that it holds it', async () => {
    expect((await rebuilt(before('CertificateInstalled'))).equalsModule).toBe('not yet');
  });

  test('S29b is there when its report was contested, and says so', async () => {
    const { evidence, equalsModule } = await rebuilt(contested('CertificateIssued'));
    expect([evidence.accepted, equalsModule]).toEqual([false, 'not yet']);
  });

  test('is told from another one that the module signed that it holds', async () => {
    const other = new Uint8Array(32).fill(9);
    const { serial, epoch, orderHash } = entryIn(nth(log, 'CertificateIssued'));
    const statement = encodeInstalled({ serial, epoch, orderHash, certificateHash: other });
    const data = {
      fingerprint: toBase64url(other),
      statement: toBase64url(statement),
      signature: toBase64url(signRaw(statement, record.moduleKey)),
    };
    const forged = altered(contested('CertificateInstalled'), nth(log, 'CertificateInstalled'), () => data);
    expect((await rebuilt(forged)).equalsModule).toBe(false);
  });

  test('is rebuilt from what holds, with the doubt named that follows', async () => {
    const { doubt } = await rebuilt(
      altered(log, nth(log, 'SigningKeyCompromised'), (data) => ({ ...data, order: 'A'.repeat(43) })),
    );
    expect(doubt).toMatchObject({ type: 'SigningKeyCompromised', code: 'ORDER_UNKNOWN' });
  });

  test('is not there where the log stops to hold before it, and where it was never issued', async () => {
    const broken = altered(log, nth(log, 'UnitEnrolled'), (data) => ({ ...data, order: 'A'.repeat(43) }));
    expect(await reconstructCertificate(numbered(broken), record.fingerprint)).toMatchObject({ code: 'LOG_NOT_HELD' });
    expect(await reconstructCertificate(log, 'B'.repeat(43))).toMatchObject({
      code: 'CERTIFICATE_UNKNOWN',
      message: expect.stringContaining(`the newest that it knows is ${record.fingerprint} of ATM-000013`),
    });
    expect(await reconstructCertificate([], record.fingerprint)).toMatchObject({
      code: 'CERTIFICATE_UNKNOWN',
      message: expect.stringContaining('it knows none'),
    });
    expect(await reconstructCertificate(log, record.fingerprint.slice(0, 7))).toMatchObject({
      code: 'FINGERPRINT_TOO_SHORT',
    });
  });

  test('no event holds the certificate itself', () => {
    const der = octets(record.module.operation?.certificate);
    const spki = toBase64url(octets(dataOf(nth(log, 'ModuleKeyReceived')).spki));
    const text = inserted(log, null)
      .map(({ data }) => JSON.stringify(data))
      .join('\n');
    expect(text).toContain(spki);
    expect(text).not.toContain(toBase64url(der.slice(0, 300)));
  });
});
