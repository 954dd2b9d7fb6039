/** Export: what matches, as CSV, NDJSON, OCSF or CloudEvents; how far it is, a way to stop it, and how it ended. */
import { Button, Menu } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useViewer } from '../../api/session.ts';
import { usePageKeys } from '../../app/keys.ts';
import { DownloadIcon } from '../../parts/icons.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { words } from '../../words/words.ts';
import css from './Search.module.css';
import { type Format, exportTrail } from './export.ts';
import type { EventFilter } from './filter.ts';

const SUFFIXES: Readonly<Record<Format, string>> = {
  csv: 'csv',
  ndjson: 'ndjson',
  ocsf: 'ocsf.ndjson',
  cloudevents: 'cloudevents.ndjson',
};
const SAID_EVERY_MS = 250;

interface Exporting {
  /** How far it is, or how it ended. */
  readonly said: string;
  /** Null while none is on its way. */
  readonly running: AbortController | null;
  readonly take: (format: Format) => Promise<void>;
}

function useExport(filter: EventFilter | null): Exporting {
  const { token } = useViewer();
  const [said, setSaid] = useState('');
  const [running, setRunning] = useState<AbortController | null>(null);
  const latest = useRef<AbortController | null>(null);
  useEffect(() => () => latest.current?.abort(), []);

  const take = async (format: Format): Promise<void> => {
    const stop = new AbortController();
    latest.current = stop;
    setRunning(stop);
    let [count, shownAt] = [0, 0];
    const progress = (it: { readonly count: number; readonly share: number | null }): void => {
      count = it.count;
      if (performance.now() - shownAt < SAID_EVERY_MS) return;
      shownAt = performance.now();
      setSaid(words.audit.exporting(it.count, it.share));
    };
    try {
      const made = await exportTrail({ token, format, filter, signal: stop.signal, progress });
      if (!('file' in made)) return setSaid(made.message);
      const { file, position, cut } = made;
      saveFile(`keyledger-events${cut === null ? '' : '.not-whole'}.${SUFFIXES[format]}`, file);
      const why = cut === '' ? words.audit.wireBroke : cut;
      setSaid(
        why === null ? words.audit.exported(made.count, position) : words.audit.exportCut(made.count, position, why),
      );
    } catch {
      setSaid(words.audit.stopped(count)); // a person stopped it
    } finally {
      setRunning(null);
    }
  };
  return { said, running, take };
}

export function ExportMenu({ filter }: { readonly filter: EventFilter | null }) {
  const { said, running, take } = useExport(filter);
  const [isOpen, setOpen] = useState(false);
  usePageKeys(useMemo(() => ({ x: () => setOpen(true) }), []));
  return (
    <>
      <span className={css.said} role="status">
        {said}
      </span>
      {running !== null ? (
        <Button variant="default" size="xs" onClick={() => running.abort()}>
          {words.audit.stop}
        </Button>
      ) : (
        <Menu shadow="none" position="bottom-end" opened={isOpen} onChange={setOpen}>
          <Menu.Target>
            <Button variant="default" size="xs" leftSection={<DownloadIcon size={15} />}>
              {words.audit.export}
            </Button>
          </Menu.Target>
          <Menu.Dropdown className={css.menu}>
            {words.audit.formats.map(([format, label]) => (
              <Menu.Item key={format} onClick={() => void take(format)}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
