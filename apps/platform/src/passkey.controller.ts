/** The page of passkeys: three files of our own and nothing from anywhere else, never inside another page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';

const FOLDER = join(import.meta.dirname, 'passkey');

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

function Quiet(type: string): MethodDecorator {
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

@Controller('passkey')
export class PasskeyController {
  @Get()
  @Quiet('text/html')
  page(): string {
    return fileOf('passkey.html');
  }

  @Get('passkey.js')
  @Quiet('text/javascript')
  script(): string {
    return fileOf('passkey.js');
  }

  @Get('passkey.css')
  @Quiet('text/css')
  style(): string {
    return fileOf('passkey.css');
  }
}

function fileOf(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}
