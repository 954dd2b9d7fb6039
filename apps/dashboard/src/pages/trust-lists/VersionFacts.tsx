/** The version that is shown: when it was published, when the station had it in force, and the list to take along. */
import { Button } from '@mantine/core';
import { Facts } from '../../parts/Facts.tsx';
import { Fresh } from '../../parts/Fresh.tsx';
import { SectionHead } from '../../parts/Sheet.tsx';
import { Time } from '../../parts/Time.tsx';
import { DownloadIcon } from '../../parts/icons.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './TrustListPage.module.css';
import type { Version } from './history.ts';
import type { TrustListRow } from './shown.ts';

const text = words.trustList;

interface VersionFactsProps {
  readonly station: string;
  readonly version: Version | null;
  readonly view: TrustListRow;
  readonly jws: string | null;
}

export function VersionFacts({ station, version, view, jws }: VersionFactsProps) {
  const publishedAt = version === null ? view.publishedAt : new Date(version.publishedAt).toISOString();
  const enforced =
    version === null
      ? view.enforcedAt
      : version.enforcedAt === null
        ? null
        : new Date(version.enforcedAt).toISOString();
  const later = publishedAt === null || enforced === null ? null : Date.parse(enforced) - Date.parse(publishedAt);
  return (
    <section className={css.section}>
      <SectionHead title={text.version(number(version?.version ?? view.version))} />
      <Facts
        facts={[
          { label: text.published, value: publishedAt === null ? words.none : <Time at={publishedAt} /> },
          {
            label: text.inForce,
            value: enforced === null ? text.notInForce : <Time at={enforced} />,
            aside: later === null ? undefined : words.event.later(later),
          },
          { label: text.latest, value: number(view.version) },
          { label: words.fresh.label, value: <Fresh copy={view.handed} /> },
          ...(view.handed === null
            ? []
            : [{ label: words.fresh.goodUntil, value: <Time at={view.handed.notAfter} /> }]),
        ]}
      />
      {jws !== null && (
        <Button
          variant="default"
          size="xs"
          mt={12}
          leftSection={<DownloadIcon size={15} />}
          onClick={() => saveFile(`${station}.jws`, jws, 'application/jose')}
        >
          {text.asJws}
        </Button>
      )}
    </section>
  );
}
