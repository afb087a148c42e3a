import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, '../..');

function existing(what, file, remedy) {
  if (!existsSync(file)) throw new Error(`${what} ${file} does not exist: ${remedy}`);
  return file;
}

const binDir = path.resolve(process.env.STELLWERK_BIN_DIR ?? path.join(source, 'build/asan/bin'));

export const settings = {
  server: existing('server', path.join(binDir, 'stellwerk'), 'build it, or set STELLWERK_BIN_DIR'),
  webRoot: path.join(source, 'controller/web/dist'),
  chromium: process.env.STELLWERK_CHROMIUM ?? '/usr/bin/chromium',
  firefox: process.env.STELLWERK_FIREFOX ?? '/usr/bin/firefox-esr',
  artifacts: path.resolve(
    process.env.STELLWERK_ARTIFACTS ?? path.join(source, 'build/browser-artifacts'),
  ),
};

existing('folder', path.join(here, 'node_modules'), 'run `npm ci` in tests/browser');
existing('page', path.join(settings.webRoot, 'index.html'), 'run `npm run build` in controller/web');
mkdirSync(settings.artifacts, { recursive: true });
