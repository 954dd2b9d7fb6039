/** Orders about people in a running house: written, asked, approved and carried out by the demo's people. */
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { type ApproverSet, approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import { nonce, uuidv7 } from '#libs/kernel/ids.ts';
import { type Order, orderBytes, orderId } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Receipt } from '#libs/platform-client/platform-client.ts';
import type { Deployment } from '#apps/keyledger/src/demo/found.ts';
import type { World } from '#apps/keyledger/src/story/world.ts';

/** Whose people these are, and where they ask. */
interface Where {
  readonly world: World;
  readonly house: { readonly deployment: Deployment };
}

export type Outcome = Receipt | Refusal;

export const codeOf = (outcome: Outcome): string => (isRefusal(outcome) ? outcome.code : 'done');
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export class PeopleBench {
  readonly #it: Where;
  inForce: ApproverSet;

  constructor(it: Where) {
    this.#it = it;
    this.inForce = it.house.deployment.people.approverSet;
  }

  submit(by: Who, operation: string, types: Record<string, string>, values: object): Promise<Outcome> {
    const given = { id: uuidv7(), ...values };
    return this.#it.world.callers.submit({ by, operation }, { id: 'ID!', ...types }, given);
  }

  written(particular: object): Uint8Array {
    const now = this.#it.world.clock.seconds();
    const common = {
      domain: 'keyledger/order/v1',
      genesis: this.#it.house.deployment.genesis,
      approverSet: approverSetHash(approverSetBytes(this.inForce)),
      site: 'headquarters',
      moduleClass: 'none',
      requester: 'P-CLARA',
      nonce: nonce(),
      notBefore: now - 60,
      notAfter: now + 3600,
      reportBy: now + 7200,
    };
    return orderBytes({ ...common, ...particular } as Order);
  }

  signed(who: Who, bytes: Uint8Array) {
    return signDetached('keyledger-approval+jws', bytes, this.#it.world.keyOf(who));
  }

  requested(bytes: Uint8Array): Promise<Outcome> {
    const values = { bytes: textOf(bytes), proof: this.signed('clara', bytes) };
    return this.submit('clara', 'requestOrder', { bytes: 'String!', proof: 'ProofInput!' }, values);
  }

  approves(who: Who, bytes: Uint8Array, proof = this.signed(who, bytes)): Promise<Outcome> {
    const values = { order: orderId(bytes), proof };
    return this.submit(who, 'approveOrder', { order: 'ID!', proof: 'ProofInput!' }, values);
  }

  /** Asked by Clara, approved by each of these; throws where one of it is refused. */
  async ordered(particular: object, by: readonly Who[] = ['anna', 'bo']): Promise<Uint8Array> {
    const bytes = this.written(particular);
    const outcomes = [await this.requested(bytes)];
    for (const who of by) outcomes.push(await this.approves(who, bytes));
    const refused = outcomes.find(isRefusal);
    if (refused !== undefined) throw new Error(`${refused.code}: ${refused.message}`);
    return bytes;
  }

  adopts(bytes: Uint8Array, set: ApproverSet): Promise<Outcome> {
    const values = { order: orderId(bytes), document: textOf(approverSetBytes(set)) };
    return this.submit('clara', 'adoptApproverSet', { order: 'ID!', document: 'String!' }, values);
  }

  /** Carries out an order about an operator. */
  changes(bytes: Uint8Array, credential?: object): Promise<Outcome> {
    const values = { order: orderId(bytes), credential: credential ?? null };
    return this.submit('clara', 'changeOperator', { order: 'ID!', credential: 'PublicKeyInput' }, values);
  }

  /** The set after the one in force, with more people or other rules. */
  later(change: Partial<ApproverSet> = {}): ApproverSet {
    const previous = approverSetHash(approverSetBytes(this.inForce));
    return { ...this.inForce, version: this.inForce.version + 1, previous, ...change };
  }

  adoption(set: ApproverSet): object {
    const { version, previous } = set;
    return { kind: 'adopt-approver-set', version, previous, set: approverSetHash(approverSetBytes(set)) };
  }

  /** Approved by Anna and Bo, and in force when this answers. */
  async adopted(set: ApproverSet): Promise<void> {
    const outcome = await this.adopts(await this.ordered(this.adoption(set)), set);
    if (isRefusal(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
    this.inForce = set;
  }
}
