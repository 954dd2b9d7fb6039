/** Who allowed it, step by step: the platform tells the steps, and each tick was computed here. */
import type { ReactNode } from 'react';
import { Link } from '../../app/Link.tsx';
import { KeyClass } from '../../parts/KeyClass.tsx';
import { NameOf, Named } from '../../parts/Named.tsx';
import { type ProofState, ProofTick } from '../../parts/Proof.tsx';
import { Time } from '../../parts/Time.tsx';
import { CheckIcon, ChipIcon, DocumentIcon, PeopleIcon, ROOM_ICONS, SealIcon } from '../../parts/icons.tsx';
import { duration, inFours } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { type Certificate, type Found, type Reconstruction, tickOf } from './shown.ts';
import css from './WhoAllowed.module.css';

interface WhoAllowedProps {
  readonly certificate: Certificate;
  readonly reconstruction: Reconstruction | null;
  readonly found: Found | null;
}

const text = words.certificate;

export function WhoAllowed({ certificate, reconstruction, found }: WhoAllowedProps) {
  const { order } = certificate.links;
  if (order === null) return null;
  return (
    <section className={css.column}>
      <h2>{text.whoAllowed}</h2>
      <ol className={css.steps}>
        <Step icon={<DocumentIcon />} at={order.firstAt} title={<OrderLink id={order.id} />}>
          <p>
            {text.requestedBy(order.requester)} <NameOf kind="person" id={order.requester} />
          </p>
          <Ticks
            of={[
              ['orderId', text.ticks.orderId],
              ['namesModule', text.ticks.namesModule],
            ]}
            found={found}
          />
        </Step>
        <Step
          icon={<PeopleIcon />}
          at={order.approvers.at(-1)?.at ?? null}
          title={approvedTitle(found, order.approvers.length)}
        >
          <Approvers approvers={order.approvers} found={found} />
          <Ticks of={[['quorum', text.ticks.quorum]]} found={found} />
        </Step>
        {reconstruction !== null && (
          <>
            <Step icon={<ROOM_ICONS.cards />} at={reconstruction.occurredAt} title={text.cardSigned(certificate.card)}>
              <p>{text.logEntry(reconstruction.logNumber)}</p>
              <Ticks
                of={[
                  ['namesOrder', text.ticks.namesOrder],
                  ['window', text.ticks.window],
                  ['namesStation', text.ticks.namesStation],
                  ['validity', text.ticks.validity],
                ]}
                found={found}
              />
            </Step>
            <Step icon={<ChipIcon />} at={certificate.installedAt} title={installedTitle(reconstruction)}>
              <p>{installedText(reconstruction)}</p>
            </Step>
            <Step icon={<SealIcon />} at={reconstruction.recordedAt} title={text.recorded}>
              <p>
                <Link to={`/audit/${reconstruction.issuedAt}`}>{text.issuedEvent}</Link>
              </p>
            </Step>
          </>
        )}
      </ol>
      <p className={css.computed}>{found === null ? words.checking : <Computed ms={found.ms} />}</p>
    </section>
  );
}

interface ApproversProps {
  readonly approvers: readonly { readonly person: string; readonly class: string; readonly at: string }[];
  readonly found: Found | null;
}

function Approvers({ approvers, found }: ApproversProps) {
  return approvers.map((approver) => (
    <p key={approver.person} className={css.approver}>
      <KeyClass value={approver.class} /> <Named kind="person" id={approver.person} />{' '}
      <Time at={approver.at} show="clock" />
      <ProofTick state={signedBy(found, approver.person)} what={text.signed} />
    </p>
  ));
}

function Computed({ ms }: { readonly ms: number }) {
  return (
    <>
      <CheckIcon size={14} /> {text.computed(duration(ms))}
    </>
  );
}

function OrderLink({ id }: { readonly id: string }) {
  return <Link to={`/inbox/${id}`}>{text.order(inFours(id.slice(0, 8)))}</Link>;
}

function approvedTitle(found: Found | null, told: number): string {
  const policy = found?.story?.policy;
  return policy == null ? text.approvedTold(told) : text.approved(found?.story?.signers.length ?? 0, policy.persons);
}

function signedBy(found: Found | null, person: string): ProofState {
  if (found === null) return 'checking';
  return found.story?.signers.some((one) => one.person === person) === true ? 'proved' : 'failed';
}

function installedTitle({ installedAt }: Reconstruction): string {
  return installedAt === null ? text.notInstalled : text.installed;
}

function installedText({ equalsModule, doubt }: Reconstruction): string {
  if (doubt !== null) return doubt;
  return equalsModule === null ? text.moduleSilent : equalsModule ? text.moduleEqual : text.moduleDiffers;
}

interface StepProps {
  readonly icon: ReactNode;
  readonly title: ReactNode;
  readonly at: string | null;
  readonly children: ReactNode;
}

function Step({ icon, title, at, children }: StepProps) {
  return (
    <li className={css.step}>
      <span className={css.icon}>{icon}</span>
      <div className={css.title}>
        <h3>{title}</h3>
        {at !== null && <Time at={at} show="clock" />}
      </div>
      <div className={css.body}>{children}</div>
    </li>
  );
}

type TickName = Parameters<typeof tickOf>[1];

function Ticks({ of, found }: { readonly of: readonly (readonly [TickName, string])[]; readonly found: Found | null }) {
  return (
    <ul className={css.ticks}>
      {of.map(([name, what]) => (
        <li key={name}>
          <ProofTick state={tickOf(found, name)} what={words.event.proved} /> {what}
        </li>
      ))}
    </ul>
  );
}
