/** Headers of our own pages: nothing from anywhere else, never inside another page, kept by nobody. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Header } from '@nestjs/common';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export function Quiet(type: string): MethodDecorator {
  const headers: readonly (readonly [string, string])[] = [
    ['content-type', `${type}; charset=utf-8`],
    ['content-security-policy', POLICY],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'no-referrer'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'publickey-credentials-get=(self), publickey-credentials-create=(self)'],
    ['cache-control', 'no-store'],
  ];
  return (target, key, descriptor) => {
    for (const [name, value] of headers) Header(name, value)(target, key, descriptor);
  };
}

/** One look for all of them. */
export function quietStyle(): string {
  return readFileSync(join(import.meta.dirname, 'quiet-page.css'), 'utf8');
}
