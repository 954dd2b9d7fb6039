/** INSTALL: checks all of it, stores certificate and station together or neither, and is in operation (S21b, S23b, S26b). */
import { isRevoked, parseRevocationList, revocationListSignatureHolds } from '#libs/certificates/crl.ts';
import { verifyCardChain } from '#libs/certificates/chain.ts';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { AnswerOf, RequestOf } from '#libs/personalization-protocol/messages.ts';
import type { InstallCase } from '../install-law.ts';
import { KeyHandle } from '../key-memory.ts';
import type { ModuleMemory, Operation } from '../module-memory.ts';
import { type ModuleParts, octetsOf } from '../module-parts.ts';
import { statementOf } from './certificate-of.ts';

type Asked = RequestOf<'Install'>;

export function install({ image, law }: ModuleParts, asked: Asked): AnswerOf<'Installed'> | Refusal {
  const memory = image.read();
  const it = caseOf(memory, asked, law.cardChain);
  if (isRefusal(it)) return it;
  const refusal = judge(law.install, it);
  if (refusal !== null) return refusal;
  const operation = operationOf(it, asked);
  image.write({
    ...memory,
    state: 'operating',
    genesis: it.pending.genesis,
    pending: null,
    operation,
    crlNumber: it.crl.number,
    floor: it.floor,
  });
  return { type: 'Installed', ...statementOf(memory, operation) };
}

function caseOf(memory: ModuleMemory, asked: Asked, chainLaw: ModuleParts['law']['cardChain']): InstallCase | Refusal {
  const { pending } = memory;
  if (pending === null) return refuse('NO_PENDING_KEY', 'No key waits for a certificate; have one made first.');
  const chain = verifyCardChain(
    { root: octetsOf(memory.manufacturerRoot), customerCa: asked.customerCa, cardCa: asked.cardCa },
    chainLaw,
  );
  if (isRefusal(chain)) return chain;
  const crl = parseRevocationList(asked.crl);
  if (isRefusal(crl)) return crl;
  const certificate = parseModuleCertificate(asked.certificate);
  if (isRefusal(certificate)) return certificate;
  return {
    memory,
    pending,
    pendingSpki: KeyHandle.open(pending.privateKey).publicKey(),
    cardCa: chain.cardCa,
    crl,
    crlSignatureHolds:
      revocationListSignatureHolds(crl, chain.customerCa.spki) && equal(crl.issuer, chain.customerCa.name),
    cardRevoked: isRevoked(crl, chain.cardCa.serial),
    certificate,
    statement: asked.stationStatement,
    chainEnds: Math.min(chain.customerCa.notAfter, chain.cardCa.notAfter, certificate.notAfter),
    floor: Math.max(
      memory.floor,
      crl.thisUpdate,
      chain.customerCa.notBefore,
      chain.cardCa.notBefore,
      certificate.notBefore,
    ),
  };
}

function operationOf(it: InstallCase, asked: Asked): Operation {
  return {
    privateKey: it.pending.privateKey,
    certificate: toBase64url(asked.certificate),
    cardCa: toBase64url(asked.cardCa),
    orderHash: it.pending.orderHash,
    stationKey: toBase64url(asked.stationStatement.stationKey),
    stationNextKey: toBase64url(asked.stationStatement.stationNextKey),
  };
}
