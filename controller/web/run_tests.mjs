// Type-checks everything, bundles tests/controller/web/*.test.ts (Node 18 reads no TypeScript) and runs them.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const tests = path.join(root, '../../tests/controller/web');
const out = path.join(root, '.tests');

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run([path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);

const sources = (await readdir(tests)).filter((name) => name.endsWith('.test.ts'));
await rm(out, { recursive: true, force: true });
await build({
  entryPoints: sources.map((name) => path.join(tests, name)),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node18',
  sourcemap: 'inline',
  logLevel: 'warning',
});
run([
  '--enable-source-maps',
  '--test',
  ...sources.map((name) => path.join(out, name.replace(/\.ts$/, '.mjs'))),
]);
