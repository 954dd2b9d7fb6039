/** The page of passkeys: files of our own and nothing from anywhere else, never inside another page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get } from '@nestjs/common';
import { Quiet, quietStyle } from './quiet-page.ts';

const FOLDER = join(import.meta.dirname, 'passkey');

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
    return quietStyle();
  }
}

function fileOf(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}
