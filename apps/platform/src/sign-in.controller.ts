/** The page where people sign in by a provider: files of our own; the provider sends the browser back to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get } from '@nestjs/common';
import { Quiet, quietStyle } from './quiet-page.ts';

const FOLDER = join(import.meta.dirname, 'sign-in-page');

@Controller('sign-in')
export class SignInController {
  @Get()
  @Quiet('text/html')
  page(): string {
    return fileOf('sign-in.html');
  }

  @Get('sign-in.js')
  @Quiet('text/javascript')
  script(): string {
    return fileOf('sign-in.js');
  }

  @Get('sign-in.css')
  @Quiet('text/css')
  style(): string {
    return quietStyle();
  }
}

function fileOf(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}
