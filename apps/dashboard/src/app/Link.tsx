/** A link within the dashboard: the browser's own for everything but a plain click. */
import type { ComponentProps, MouseEvent } from 'react';
import { go } from './place.ts';

interface LinkProps extends ComponentProps<'a'> {
  readonly to: string;
}

export function Link({ to, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={to} onClick={follow} />;
}
