/** The manufacturers that a unit accepts beside the one it pins: each by its approved order, which it checked itself, durable. */
import { type SetLink, followSets } from '#libs/approval/set-chain.ts';
import { ascii, fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { acceptedRoot } from '#libs/personalization-protocol/manufacturer-law.ts';
import type { PlatformClient } from '#libs/platform-client/platform-client.ts';

/** What is asked along with the work: which there are. */
export const MANUFACTURERS = 'manufacturerKeys { root manufacturer }';

export interface NamedManufacturer {
  readonly root: string;
  /** Null for the one of the founding, whose identity CA the unit pins. */
  readonly manufacturer: string | null;
}

const EVIDENCE = `{
  manufacturerKeys { root certificate bytes approvals { protected signature } }
  approverSets { founding adopted { document bytes approvals { protected signature } } }
}`;

interface Evidence {
  readonly manufacturerKeys: readonly {
    readonly root: string;
    readonly certificate: string;
    readonly bytes: string | null;
    readonly approvals: readonly Proof[];
  }[];
  readonly approverSets: {
    readonly founding: string;
    readonly adopted: readonly (Pick<SetLink, 'document' | 'approvals'> & { readonly bytes: string })[];
  };
}

const OTHER_FOUNDING = refuse('FOUNDING_OTHER', 'The platform shows the founding of another deployment.');
const NOT_SHOWN = refuse('MANUFACTURER_NOT_SHOWN', 'The platform names a manufacturer and shows no root of this hash.');

export class Manufacturers {
  readonly #file: string;
  readonly #genesis: string;
  readonly #say: (line: string) => void;
  /** SPKI by the hash of the root, base64url. */
  #roots: Readonly<Record<string, string>>;
  readonly #refused = new Set<string>();

  /** One file of this unit alone. */
  constructor(file: string, genesis: string, say: (line: string) => void) {
    this.#file = file;
    this.#genesis = genesis;
    this.#say = say;
    const kept = readWhole(file);
    this.#roots = kept === null ? {} : (JSON.parse(Buffer.from(kept).toString('utf8')) as Record<string, string>); // our own file
  }

  /** SPKI of each root, DER. */
  get roots(): readonly Uint8Array[] {
    return Object.values(this.#roots).map((spki) => fromBase64url(spki) ?? new Uint8Array());
  }

  /** Takes up those that are new here; what does not hold is said once and left. */
  async learn(named: readonly NamedManufacturer[], client: PlatformClient): Promise<void> {
    const isNew = ({ root, manufacturer }: NamedManufacturer) =>
      manufacturer !== null && !Object.hasOwn(this.#roots, root) && !this.#refused.has(root);
    if (!named.some(isNew)) return;
    const evidence = await client.ask<Evidence>(EVIDENCE);
    const wanted = named.filter(isNew).map(({ root }) => root);
    for (const root of wanted) {
      const spki = this.#judged(evidence, root);
      if (isRefusal(spki)) this.#refuse(root, spki);
      else this.#keep(root, spki);
    }
  }

  #judged({ manufacturerKeys, approverSets }: Evidence, root: string): Uint8Array | Refusal {
    const shown = manufacturerKeys.find((one) => one.root === root);
    if (shown === undefined) return NOT_SHOWN;
    if (hashId(utf8(approverSets.founding)) !== this.#genesis) return OTHER_FOUNDING;
    const { approverSet } = JSON.parse(approverSets.founding) as { approverSet: string }; // its hash is pinned
    const links = approverSets.adopted.map(({ document, bytes: order, approvals }) => ({ document, order, approvals }));
    const first = { genesis: this.#genesis, setBytes: ascii(approverSet) };
    const later = links.map((_, at) => followSets(first, links.slice(0, at + 1)).setBytes);
    const certificate = fromBase64url(shown.certificate) ?? new Uint8Array();
    const order = ascii(shown.bytes ?? '');
    const held = { genesis: this.#genesis, sets: [first.setBytes, ...later] };
    const accepted = acceptedRoot({ certificate, order, approvals: shown.approvals }, held);
    if (isRefusal(accepted)) return accepted;
    return accepted.id === root ? accepted.spki : NOT_SHOWN;
  }

  #refuse(root: string, { code }: Refusal): void {
    this.#refused.add(root);
    this.#say(`manufacturer root ${root}: ${code}`);
  }

  #keep(root: string, spki: Uint8Array): void {
    const next = { ...this.#roots, [root]: toBase64url(spki) };
    replaceWhole(this.#file, utf8(JSON.stringify(next)));
    this.#roots = next;
  }
}
