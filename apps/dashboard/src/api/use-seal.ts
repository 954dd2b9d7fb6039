/** How far the record is sealed: the public checkpoint, its signature checked here, and the witnesses who cosigned it. */
import { useEffect, useState } from 'react';
import { Deployment, SealNow } from '../app/shell.graphql.ts';
import { isObject, parseCanonical } from '../checks/canonical.ts';
import { isSignedBy, noteKeyOf, readCheckpoint } from '../checks/note.ts';
import { useNow } from '../clock.ts';
import { useAsk } from './use-ask.ts';

const EVERY_MS = 4000;

export interface Seal {
  /** Events under the newest checkpoint. */
  readonly size: number;
  /** The log key of the founding signed it. */
  readonly isSigned: boolean;
  /** Names under it that are not the log's own. */
  readonly cosigners: readonly string[];
  /** Names that the founding has. */
  readonly witnesses: readonly string[];
  readonly quorum: number;
}

export interface WitnessNow {
  readonly name: string;
  /** Events under the checkpoint that it cosigned last; null where it did not since the platform started. */
  readonly size: number | null;
  readonly at: string | null;
  /** Code of what kept it; null where nothing did. */
  readonly problem: string | null;
}

export interface SealTold {
  readonly witnesses: readonly WitnessNow[];
  readonly sealedAt: string | null;
  /** Why nothing is decided now; null while all is well. */
  readonly standstill: string | null;
}

/** As the platform tells it: who cosigned when, and what kept who did not. */
export function useSealTold(): SealTold | null {
  const { data, again } = useAsk(SealNow, {});
  const tick = useNow(EVERY_MS);
  useEffect(() => again(), [tick, again]);
  return data?.seal ?? null;
}

/** With the witnesses in force, as the platform tells it: those of the founding, and who was let in since. */
export function withWitnesses(seal: Seal | null, told: SealTold | null): Seal | null {
  if (seal === null || told === null) return seal;
  const witnesses = told.witnesses.map(({ name }) => name);
  return { ...seal, witnesses, cosigners: seal.cosigners.filter((name) => witnesses.includes(name)) };
}

export function useSeal(): Seal | null {
  const founding = useAsk(Deployment, {}, { once: true }).data?.deployment.founding;
  const [seal, setSeal] = useState<Seal | null>(null);
  useEffect(() => {
    if (founding === undefined) return;
    let isWanted = true;
    const look = async (): Promise<void> => {
      const found = await readSeal(founding).catch(() => null);
      if (isWanted && found !== null) setSeal((before) => (before?.size === found.size ? before : found));
    };
    void look();
    const timer = setInterval(() => void look(), EVERY_MS);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [founding]);
  return seal;
}

async function readSeal(founding: string): Promise<Seal | null> {
  const answer = await fetch('/log/checkpoint', { cache: 'no-store' });
  const checkpoint = answer.ok ? readCheckpoint(await answer.text()) : null;
  if (checkpoint === null) return null;
  const { logKey, witnesses, quorum } = namedIn(founding);
  const key = await noteKeyOf(logKey);
  const cosigners = new Set(checkpoint.signatures.map(({ name }) => name).filter((name) => name !== checkpoint.origin));
  const isSigned = key !== null && (await isSignedBy(checkpoint, key));
  return { size: checkpoint.size, isSigned, cosigners: [...cosigners], witnesses, quorum };
}

function namedIn(founding: string): { logKey: string; witnesses: readonly string[]; quorum: number } {
  const value = parseCanonical(founding);
  const { logKey, witnessPolicy } = isObject(value ?? undefined) ? (value as Readonly<Record<string, unknown>>) : {};
  const { witnesses = [], quorum = 0 } = (witnessPolicy ?? {}) as { witnesses?: readonly string[]; quorum?: number }; // of the founding, hashed at its pin
  return { logKey: String(logKey), quorum, witnesses: witnesses.map((line) => line.split('+')[0] ?? line) };
}
