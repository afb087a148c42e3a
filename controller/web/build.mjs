// Bundles the page into dist/: index.html, assets/ with a hash in every name, and the icon.
import { build, context } from 'esbuild';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const page = path.join(root, 'src/page');
const dist = path.join(root, 'dist');
const staging = path.join(root, 'dist.new');
const watch = process.argv.includes('--watch');

/** Writes what stands around the bundle once its hashed names are known. */
async function finish(metafile, folder) {
  const names = Object.keys(metafile.outputs).map((file) => path.basename(file));
  const template = await readFile(path.join(page, 'index.html'), 'utf8');
  const html = template
    .replace('%SCRIPT%', `/assets/${names.find((name) => /^page-.*\.js$/.test(name))}`)
    .replace('%STYLE%', `/assets/${names.find((name) => /^page-.*\.css$/.test(name))}`);
  await cp(path.join(page, 'favicon.svg'), path.join(folder, 'favicon.svg'));
  await writeFile(path.join(folder, 'index.html'), html);
}

function options(folder) {
  return {
    entryPoints: { page: path.join(page, 'main.tsx') },
    outdir: path.join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: !watch,
    sourcemap: watch ? 'inline' : false,
    legalComments: 'eof',
    metafile: true,
    logLevel: 'warning',
  };
}

if (watch) {
  await mkdir(dist, { recursive: true });
  const onEnd = {
    name: 'finish',
    setup: (plugin) => plugin.onEnd((result) => result.metafile && finish(result.metafile, dist)),
  };
  await (await context({ ...options(dist), plugins: [onEnd] })).watch();
} else {
  // A failed build leaves the page of the last good one in place.
  await rm(staging, { recursive: true, force: true });
  const result = await build(options(staging));
  await finish(result.metafile, staging);
  await rm(dist, { recursive: true, force: true });
  await rename(staging, dist);
}
