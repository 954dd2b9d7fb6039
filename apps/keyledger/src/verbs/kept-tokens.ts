/** Sign-ins by a provider held against the ID tokens that lie beside the record, where they still do. */
import type { SideStore } from '#apps/platform/src/provider/side-store.ts';
import type { SignIn } from '#libs/domain/sign-in/sign-in.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Finding, findingAt } from '#libs/proof/finding.ts';
import { judgeKeptToken } from '#libs/proof/kept-token.ts';

export class KeptTokens {
  readonly #beside: SideStore;
  /** Sign-ins by a provider, and those among them whose ID token lies here and carries them. */
  readonly counts = { all: 0, carried: 0 };
  finding: Finding | null = null;

  constructor(beside: SideStore) {
    this.#beside = beside;
  }

  step(event: StoredEvent, genesis: string): void {
    const { operator, provider } = event.data as SignIn;
    if (event.type !== 'SignedIn' || provider === undefined) return;
    this.counts.all += 1;
    const kept = this.#beside.token(operator, provider.idToken);
    if (kept === null) return;
    const link = this.#beside.links().find((one) => one.link === provider.link);
    const linkKey = link === undefined ? null : fromBase64url(link.key);
    const refusal = judgeKeptToken(event, genesis, { ...kept, linkKey });
    if (refusal === null) this.counts.carried += 1;
    else this.finding ??= findingAt(event, refusal);
  }
}
