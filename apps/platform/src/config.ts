/** What the platform is told at its start; whoever starts it reads the environment, the platform does not. */
import type { Founding } from '#libs/domain/log/log.ts';
import type { NameFiles } from './names.ts';
import type { WitnessAddress } from './seal/cosigner.ts';

export interface PlatformConfig {
  /** Address to listen on; 127.0.0.1 unless told otherwise. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Folder of event log, checkpoints, followers' positions and keys; owned by one process. */
  readonly folder: string;
  /** Address of the PostgreSQL log; null where the log is the event file in the folder. */
  readonly events: string | null;
  /** Address of the PostgreSQL database of the views; null or left out where they are a file in the folder. */
  readonly views?: string | null;
  /** What the first event of an empty log says; null where the log must already have one. */
  readonly founding: Founding | null;
  /** Ed25519 private key that signs checkpoints, PEM. */
  readonly logKeyFile: string;
  /** P-256 private key that signs trust lists, PEM. */
  readonly listKeyFile: string;
  /** The customer signing CA's newest CRL, DER, as the manufacturer sent it. */
  readonly crlFile: string;
  /** Ed25519 private key that is to take the log key's place, PEM; signs beside it as long as the file is there. */
  readonly nextLogKeyFile?: string;
  /** Where witnesses are asked that `witnesses.json` in the folder does not name. */
  readonly witnesses?: readonly WitnessAddress[];
  /** Folder of those of other manufacturers: any name that ends in `.crl`. */
  readonly crlFolder?: string;
  /** What people call persons and machines; nothing where it is left out. */
  readonly names?: NameFiles;
  /** Who may read /metrics: this machine alone unless told. */
  readonly metrics?: 'loopback' | 'open';
  /** Where traces go, OTLP over HTTP; nowhere where it is null or left out. */
  readonly traces?: string | null;
  /** `production` refuses a demo deployment. */
  readonly nodeEnv: string;
}
