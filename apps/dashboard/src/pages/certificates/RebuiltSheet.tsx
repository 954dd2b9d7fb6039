/** The certificate built again from the record, on paper: hashed here, each octet traced to its source, comparable with a file. */
import { Button, FileButton } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { Fault } from '../../api/fault.ts';
import { usePageKeys } from '../../app/keys.ts';
import { type ReadCertificate, firstDifference, fromPem, readCertificate } from '../../checks/certificate.ts';
import { fromBase64url, toHex } from '../../checks/octets.ts';
import { Failed } from '../../parts/Notice.tsx';
import { Key } from '../../parts/Key.tsx';
import { SectionHead, Sheet } from '../../parts/Sheet.tsx';
import { RebuildIcon } from '../../parts/icons.tsx';
import { inFours } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { ByteMap } from './ByteMap.tsx';
import type { Reconstruction } from './shown.ts';
import css from './RebuiltSheet.module.css';

interface RebuiltSheetProps {
  readonly fingerprint: string;
  readonly reconstruction: Reconstruction | null;
  readonly fault: Fault | null;
  readonly again: () => void;
}

const text = words.certificate;

export function RebuiltSheet({ fingerprint, reconstruction, fault, again }: RebuiltSheetProps) {
  const leaf = useLeaf(reconstruction?.pem ?? null);
  const [other, setOther] = useState<{ readonly name: string; readonly der: Uint8Array<ArrayBuffer> } | null>(null);
  usePageKeys(useMemo(() => ({ r: again }), [again]));
  const isEqual = leaf?.fingerprint === fingerprint;
  const difference = leaf === null || other === null ? null : firstDifference(leaf.der, other.der);
  return (
    <Sheet as="column" failed={leaf !== null && !isEqual}>
      <SectionHead title={text.rebuilt}>
        <span className={css.aside}>{text.rebuiltFrom}</span>
      </SectionHead>
      {fault !== null && <Failed fault={fault} retry={again} />}
      {leaf !== null && (
        <>
          <Answer isEqual={isEqual && difference === null} octets={leaf.der.length} differsAt={difference} />
          <p className={css.against}>{other === null ? text.againstFingerprint : text.againstFile(other.name)}</p>
          <ByteMap leaf={leaf} other={other?.der ?? null} />
          <div className={css.buttons}>
            <Button
              variant="default"
              size="xs"
              leftSection={<RebuildIcon size={15} />}
              rightSection={<Key>R</Key>}
              onClick={again}
            >
              {text.again}
            </Button>
            <FileButton
              onChange={(file) => file !== null && void readFile(file).then(setOther)}
              accept=".pem,.der,.crt,.cer"
            >
              {(props) => (
                <Button variant="default" size="xs" {...props}>
                  {text.compare}
                </Button>
              )}
            </FileButton>
          </div>
          <h3 className={css.hash}>{text.sha256}</h3>
          <p className="mono">{inFours(toHex(fromBase64url(leaf.fingerprint) ?? new Uint8Array()))}</p>
        </>
      )}
    </Sheet>
  );
}

interface AnswerProps {
  readonly isEqual: boolean;
  readonly octets: number;
  readonly differsAt: number | null;
}

function Answer({ isEqual, octets, differsAt }: AnswerProps) {
  if (isEqual)
    return (
      <p className={css.answer}>
        <span className={css.equal}>=</span> {text.equal(octets)}
      </p>
    );
  return (
    <p className={css.answer} data-differs role="alert">
      ≠ {differsAt === null ? text.otherHash : text.differs(differsAt)}
    </p>
  );
}

function useLeaf(pem: string | null): ReadCertificate | null {
  const [leaf, setLeaf] = useState<ReadCertificate | null>(null);
  useEffect(() => {
    setLeaf(null);
    const [der] = pem === null ? [] : fromPem(pem);
    if (der !== undefined) void readCertificate(der).then(setLeaf);
  }, [pem]);
  return leaf;
}

/** The first certificate of a PEM file, or the octets of a DER file. */
async function readFile(file: File): Promise<{ readonly name: string; readonly der: Uint8Array<ArrayBuffer> }> {
  const der = fromPem(await file.text())[0] ?? new Uint8Array(await file.arrayBuffer());
  return { name: file.name, der };
}
