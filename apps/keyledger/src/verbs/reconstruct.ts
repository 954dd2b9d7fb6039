/** `keyledger reconstruct <fingerprint>`: builds a certificate again from the event file alone, and says why it was issued (S29b). */
import { writeFileSync } from 'node:fs';
import { pemChain } from '#libs/certificates/pem.ts';
import { isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Reconstruction, reconstructCertificate } from '#libs/proof/reconstruct.ts';
import { shortPosition } from '../story/teller.ts';
import type { Terminal } from '../terminal.ts';
import { couldNotRun, eventPlace, readableEvents, withEventFile } from './event-file.ts';

export interface ReconstructOptions {
  readonly folder: string;
  /** SHA-256 of the certificate: base64url, hex, or a beginning of at least 8 characters that is unique. */
  readonly fingerprint: string;
  /** File for the PEM chain; the terminal where it is left out. */
  readonly out?: string;
}

/** Refused for what was asked, not for the state of the log. */
const BAD_QUESTION = ['FINGERPRINT_TOO_SHORT', 'FINGERPRINT_AMBIGUOUS'];

/** 0: rebuilt. 1: the log knows no such certificate, does not hold, or the module holds another one. 2: could not run. */
export async function reconstruct(
  { folder, fingerprint, out }: ReconstructOptions,
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  const rebuilt = await withEventFile(eventPlace(folder), async (reader) => ({
    result: await reconstructCertificate(readableEvents(reader.rows()), fingerprint),
  }));
  if (isRefusal(rebuilt)) return couldNotRun(terminal, rebuilt);
  const { result } = rebuilt;
  if (isRefusal(result)) {
    const { code, message } = result;
    if (BAD_QUESTION.includes(code)) return couldNotRun(terminal, result);
    terminal.line(`${code}: ${message}`);
    terminal.data({ rebuilt: false, code, message });
    return 1;
  }
  const pem = pemChain(result.chain);
  if (out !== undefined && !written(out, pem))
    return couldNotRun(terminal, refuse('OUT_UNWRITABLE', `The file ${out} cannot be written.`));
  for (const line of evidenceLines(result)) terminal.line(line);
  if (out === undefined) terminal.line(pem.trimEnd());
  else terminal.line(`Certificate with its chain: ${out}`);
  terminal.data({ rebuilt: true, ...result.evidence, equalsModule: result.equalsModule, doubt: result.doubt, pem });
  return result.equalsModule === false || result.doubt !== null ? 1 : 0;
}

function written(file: string, pem: string): boolean {
  try {
    writeFileSync(file, pem);
    return true;
  } catch {
    return false; // no such folder, no permission, a full disk: the caller says which file
  }
}

function evidenceLines({ evidence: it, equalsModule, doubt }: Reconstruction): readonly string[] {
  const at = (position: string) => `@${shortPosition(position)}`;
  const approvers = it.approvedBy.map(
    ({ person, keyClass, position }) => `${person} (class ${keyClass}, ${at(position)})`,
  );
  return [
    `Certificate ${it.fingerprint} of ${it.serial}, for station ${it.station}.`,
    ...it.text.map((line) => `  ${line}`),
    ...(it.inclusion === '' ? [] : [`${it.serial} stands in that list; proof, checked: ${it.inclusion}`]),
    `Requested by ${it.requestedBy} (${at(it.requestedAt)}), approved by ${approvers.join(' and ')}.`,
    `Issued by chip card ${it.card}, number ${it.logNumber} of its log (${at(it.issuedAt)})${it.accepted ? '' : ', CONTESTED'}.`,
    ENFORCED_BY[it.enforcement],
    `Under a lease of ${it.leasedAt}; issued at ${it.occurredAt} by the unit’s clock, recorded at ${it.recordedAt}.`,
    ...(it.withdrawnAt === null
      ? []
      : [
          it.leasedAt <= it.withdrawnAt
            ? `The order was withdrawn at ${it.withdrawnAt}, and the card could not know: its lease was from before.`
            : `The order was withdrawn at ${it.withdrawnAt}, and the lease is from later: whoever holds the lease key must explain it.`,
        ]),
    MODULE_SAYS[String(equalsModule)] ?? '',
    ...(doubt === null
      ? []
      : [
          `DOUBT: behind it the log does not hold, at position ${shortPosition(doubt.position)}: ${doubt.code}: ${doubt.why}`,
        ]),
    `${it.demo ? 'DEMO deployment' : 'Deployment'} ${it.genesis}`,
  ];
}

const ENFORCED_BY = {
  device: 'Enforcement device: the card checked order and quorum itself.',
  host: 'Enforcement HOST: an agent checked order and quorum; the key signs for whoever has its PIN. The policy let that in.',
} as const;

const MODULE_SAYS: Readonly<Record<string, string>> = {
  true: 'Equal: the module signed that it holds exactly this certificate.',
  false: 'NOT EQUAL: the module signed that it holds another certificate.',
  'not yet': 'Not yet installed: the module has not signed that it holds it.',
};
