/** When there is nothing to show: what is the matter, and what to do. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Fault } from '../api/fault.ts';
import { words } from '../words/words.ts';
import css from './Notice.module.css';

interface NoticeProps {
  readonly title: string;
  readonly tone?: 'plain' | 'owed' | 'refused';
  readonly children?: ReactNode;
}

export function Notice({ title, tone = 'plain', children }: NoticeProps) {
  return (
    <div className={css.notice} data-tone={tone} role={tone === 'refused' ? 'alert' : undefined}>
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function NotFound() {
  return (
    <div className={css.page}>
      <Notice title={words.failed.notFound}>
        <p>{words.failed.notFoundHelp}</p>
      </Notice>
    </div>
  );
}

export function Failed({ fault, retry }: { readonly fault: Fault; readonly retry?: () => void }) {
  return (
    <Notice title={words.failed.title} tone="refused">
      <p>
        <span className="mono">{fault.code}</span> {fault.message}
      </p>
      {retry !== undefined && (
        <Button size="xs" variant="default" onClick={retry}>
          {words.failed.retry}
        </Button>
      )}
    </Notice>
  );
}
