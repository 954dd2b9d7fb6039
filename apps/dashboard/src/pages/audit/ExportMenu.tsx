/** Export: what matches, as CSV, NDJSON or CloudEvents. */
import { Button, Menu } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useClient } from 'urql';
import { usePageKeys } from '../../app/keys.ts';
import { pinnedGenesis } from '../../checks/pin.ts';
import { DownloadIcon } from '../../parts/icons.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './Search.module.css';
import { EXPORT_MAX, type Format, exportEvents } from './export.ts';
import type { EventFilter } from './filter.ts';

const FILES: Readonly<Record<Format, readonly [suffix: string, type: string]>> = {
  csv: ['csv', 'text/csv'],
  ndjson: ['ndjson', 'application/x-ndjson'],
  cloudevents: ['cloudevents.ndjson', 'application/x-ndjson'],
};

export function ExportMenu({ filter }: { readonly filter: EventFilter | null }) {
  const client = useClient();
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isOpen, setOpen] = useState(false);
  usePageKeys(useMemo(() => ({ x: () => setOpen(true) }), []));
  const take = async (format: Format): Promise<void> => {
    setBusy(true);
    const made = await exportEvents(client, { filter, format, genesis: pinnedGenesis() ?? '' });
    setBusy(false);
    if ('code' in made) return setSaid(made.message);
    const [suffix, type] = FILES[format];
    saveFile(`keyledger-events.${suffix}`, made.text, type);
    setSaid(made.isCut ? words.audit.exportCut(number(EXPORT_MAX)) : words.audit.exported(made.count));
  };
  return (
    <>
      <span className={css.said} role="status">
        {said}
      </span>
      <Menu shadow="none" position="bottom-end" opened={isOpen} onChange={setOpen}>
        <Menu.Target>
          <Button variant="default" size="xs" loading={isBusy} leftSection={<DownloadIcon size={15} />}>
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
    </>
  );
}
