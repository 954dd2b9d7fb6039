/** Officers as a browser test needs them: with a passkey that a page of theirs enrolled, or with a machine of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeys } from '#apps/keyledger/src/officer/keys.ts';
import { approve } from '#apps/keyledger/src/verbs/approve.ts';
import { beginView, learn } from '#apps/keyledger/src/verbs/view.ts';
import type { ApprovalKey, ApproverSet } from '#libs/kernel/approver-set.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import type { HouseInProcess } from '#test/journeys/house-in-process.ts';
import type { PeopleBench } from '#test/journeys/people-bench.ts';
import { heard } from '#test/journeys/story-record.ts';
import type { DashboardBench } from './dashboard-bench.ts';

const PASSPHRASE = 'correct horse battery staple';

/** Enrolled on the platform's page; it counts as soon as an approver set in force names it. */
export async function passkeyOf({ browser, origin }: DashboardBench, person: string): Promise<ApprovalKey> {
  await browser.goTo(`${origin}/passkey`);
  await browser.fill('person', person);
  await browser.click('enrol');
  await browser.until(`document.getElementById('key').textContent !== ''`);
  return JSON.parse((await browser.text('key')).split('\nThumbprint ')[0] ?? '') as ApprovalKey;
}

/** The persons of the set in force, some with a further key. */
export function withKeys(
  { inForce }: PeopleBench,
  keys: Readonly<Record<string, ApprovalKey>>,
): ApproverSet['persons'] {
  return inForce.persons.map((one) => {
    const more = keys[one.id];
    return more === undefined ? one : { ...one, keys: [...one.keys, more] };
  });
}

/** The policy in force, with another quorum for these kinds. */
export function withQuorum(
  { inForce }: PeopleBench,
  quorums: Readonly<Record<string, { readonly persons: number; readonly classA: number }>>,
): ApproverSet['policy'] {
  return inForce.policy.map((rule) => ({ ...rule, ...quorums[rule.kind] }));
}

/** An approver with keys on his own machine, where `keyledger approve` runs. */
export class OwnMachine {
  readonly #it: HouseInProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'kl-own-'));
  readonly #keys: string;
  readonly id: string;
  readonly #made: ReturnType<typeof makeKeys>;

  constructor(it: HouseInProcess, id: string) {
    this.#it = it;
    this.id = id;
    this.#keys = join(this.#folder, 'keys');
    this.#made = makeKeys({ officer: id, folder: this.#keys, data: it.folder, passphrase: PASSPHRASE });
  }

  /** As the approver set names him. */
  get person(): ApproverSet['persons'][number] {
    return { id: this.id, roles: ['approver'], keys: [{ ...this.#made.approval, class: 'A' }] };
  }

  /** He may sign in, and his machine follows this deployment from its founding on; it looks at the devices named. */
  async enrolled(bench: PeopleBench, devices: readonly object[] = []): Promise<void> {
    const { signIn } = this.#made;
    const enrolment = {
      kind: 'enrol-operator',
      operator: this.id,
      roles: ['approver'],
      credential: thumbprint(signIn),
    };
    await bench.changes(await bench.ordered(enrolment), signIn);
    const { platformUrl: url, deployment } = this.#it.house;
    const given = { folder: this.#keys, url };
    const asks = () => Promise.resolve(PASSPHRASE);
    const codes = [await beginView({ ...given, genesis: deployment.genesis }, asks, heard().terminal)];
    for (const one of devices)
      codes.push(await learn({ ...given, devices: this.#it.folder, ...one }, asks, heard().terminal));
    if (codes.some((code) => code !== 0)) throw new Error(`the view of ${this.id} was not begun: ${codes.join()}`);
  }

  /** What the command says, and what it ends with; he confirms only where it shows what he means to sign. */
  async approves(order: string, means: string, url = this.#it.house.platformUrl) {
    const { terminal, lines, warnings } = heard();
    const asks = (question: string) =>
      Promise.resolve(
        question.startsWith('Passphrase') ? PASSPHRASE : warnings.join('\n').includes(means) ? 'approve' : 'no',
      );
    const code = await approve({ folder: this.#keys, url, order }, asks, terminal);
    return { code, shown: [...warnings, ...lines].join('\n') };
  }

  drop(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
