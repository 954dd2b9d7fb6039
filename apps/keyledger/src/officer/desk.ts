/** What an officer's machine asks the platform, and sends it: everything asked is checked here, everything sent is signed. */
import type { KeyObject } from 'node:crypto';
import type { SetLink } from '#libs/approval/set-chain.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { PlatformClient, type Receipt } from '#libs/platform-client/platform-client.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import type { ToldCard } from './view.ts';

export interface SigningIn {
  readonly url: string;
  readonly genesis: string;
  readonly operator: string;
  readonly role: OperatorRole;
  readonly key: KeyObject;
}

interface Chain {
  readonly founding: string;
  readonly adopted: readonly { document: string; bytes: string; approvals: readonly Proof[] }[];
}

export class OfficerDesk {
  readonly #client: PlatformClient;

  private constructor(client: PlatformClient) {
    this.#client = client;
  }

  static async open({ url, genesis, operator, role, key }: SigningIn): Promise<OfficerDesk | Refusal> {
    const session = await signIn({ url, genesis, operator, roles: [role], key, clock: systemClock, life: 300 });
    return isRefusal(session) ? session : new OfficerDesk(new PlatformClient({ url, token: () => session.token }));
  }

  async chain(): Promise<{ readonly founding: string; readonly links: readonly SetLink[] }> {
    const asked = '{ approverSets { founding adopted { document bytes approvals { protected signature } } } }';
    const { approverSets } = await this.#client.ask<{ approverSets: Chain }>(asked);
    const links = approverSets.adopted.map(({ document, bytes: order, approvals }) => ({ document, order, approvals }));
    return { founding: approverSets.founding, links };
  }

  async card(card: string): Promise<ToldCard | null> {
    const members = 'card spki birth birthSignature deviceSpki deviceSignature';
    const asked = `query ($card: String!) { cardBirth(card: $card) { ${members} } }`;
    return (await this.#client.ask<{ cardBirth: ToldCard | null }>(asked, { card })).cardBirth;
  }

  async station(station: string): Promise<{ stationKey: string; nextKey: string } | null> {
    const asked = 'query ($station: String!) { station(station: $station) { stationKey nextKey } }';
    type Told = { station: { stationKey: string; nextKey: string } | null };
    return (await this.#client.ask<Told>(asked, { station })).station;
  }

  /** The bytes of an order, as the platform has them. */
  async order(id: string): Promise<string | null> {
    const asked = 'query ($id: ID!) { order(id: $id) { bytes } }';
    return (await this.#client.ask<{ order: { bytes: string } | null }>(asked, { id })).order?.bytes ?? null;
  }

  send(
    operation: 'approveOrder' | 'declineOrder' | 'withdrawOrder',
    order: string,
    proof: Proof,
  ): Promise<Receipt | Refusal> {
    const types = { id: 'ID!', order: 'ID!', proof: 'ProofInput!' };
    return this.#client.submit(operation, types, { id: uuidv7(), order, proof });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
