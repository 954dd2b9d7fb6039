/** Who signed, who is owed, how long there is, and what the reader may do about it. */
import type { Signer } from '../../checks/approval.ts';
import type { ReadSet } from '../../checks/approver-set.ts';
import { type ReadOrder, secondsOf } from '../../checks/order.ts';
import { useViewer } from '../../api/session.ts';
import { useNow } from '../../clock.ts';
import { KeyClass } from '../../parts/KeyClass.tsx';
import { type ProofState, ProofTick } from '../../parts/Proof.tsx';
import { Time } from '../../parts/Time.tsx';
import { duration } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { Against } from '../orders/Against.tsx';
import { CarryOut } from '../orders/CarryOut.tsx';
import { Deciding } from './Deciding.tsx';
import css from './Decision.module.css';
import type { ToldOrder } from './shown.ts';
import { type Owed, owedClasses, owedOf, ruleOf, standingOf } from './standing.ts';

interface DecisionProps {
  readonly told: ToldOrder;
  readonly order: ReadOrder;
  readonly set: ReadSet | null;
  readonly signers: readonly Signer[] | null;
  readonly again: () => void;
}

export function Decision({ told, order, set, signers, again }: DecisionProps) {
  const viewer = useViewer();
  const now = useNow(10_000);
  const { state, approvers, ending } = told;
  const rule = ruleOf(set, order) ?? told;
  const owed = owedOf(rule, approvers);
  const standing = standingOf(viewer, { order, state, approvers, set, now });
  return (
    <aside className={css.side}>
      <h2>{words.inbox.owedOf(owed.persons, rule.persons)}</h2>
      <ul className={css.persons}>
        {approvers.map((one) => (
          <li key={one.person}>
            <KeyClass value={one.class} />
            <div>
              <strong>{one.person}</strong>
              <span>
                {words.inbox.signedBy[one.class === 'A' ? 'A' : 'B']} <Time at={one.at} show="clock" />
              </span>
            </div>
            <ProofTick state={tick(signers, one.person)} what={words.inbox.signatureHolds} />
          </li>
        ))}
        {state === 'requested' && <OwedRows owed={owed} />}
      </ul>
      {state === 'requested' && <TimeLeft order={order} now={now} />}
      <Against told={told} order={order} />
      <section className={css.section}>
        <h2>{words.inbox.decision}</h2>
        <p className={css.why}>
          {ending === null
            ? standing.why
            : words.inbox.endedBy(ending.person, ending.how, duration(now - Date.parse(ending.at)))}
        </p>
        <Deciding told={told} order={order} standing={standing} owed={owed} again={again} />
      </section>
      <CarryOut order={order} state={state} again={again} />
    </aside>
  );
}

function tick(signers: readonly Signer[] | null, person: string): ProofState {
  if (signers === null) return 'checking';
  return signers.some((one) => one.person === person) ? 'proved' : 'failed';
}

function OwedRows({ owed }: { readonly owed: Owed }) {
  return owedClasses(owed).map((one, at) => (
    <li key={`owed ${at}`}>
      <KeyClass value={one} owed />
      <div>
        <strong>{words.inbox.owedClass[one]}</strong>
        <span>{words.inbox.owedHow[one]}</span>
      </div>
    </li>
  ));
}

/** What is left of the time in which the order may be used. */
function TimeLeft({ order, now }: { readonly order: ReadOrder; readonly now: number }) {
  const from = secondsOf(order, 'notBefore') * 1000;
  const to = secondsOf(order, 'notAfter') * 1000;
  const left = Math.max(0, Math.min(1, (to - now) / (to - from)));
  return (
    <div className={css.left}>
      <p>
        {words.inbox.timeLeft} <strong>{to > now ? duration(to - now) : words.inbox.runOut}</strong>
      </p>
      <svg width="100%" height="4" aria-hidden>
        <rect width="100%" height="4" fill="var(--line)" />
        <rect width={`${left * 100}%`} height="4" fill="var(--ink)" />
      </svg>
    </div>
  );
}
