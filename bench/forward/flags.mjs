// What both benchmarks take from the command line.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const OPTIONS = {
  bin: { type: 'string', default: 'build/release-bench/bin' },
  output: { type: 'string' },
  seconds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
};

export const USAGE = `  SCENARIO...      only these
  --quick          a few scenarios, short windows
  --seconds N      length of each steady window
  --json FILE      the figures for programs
  --output FOLDER  drawings, reports and logs
  --bin FOLDER     built programs
`;

export function readFlags(name, usage, more = {}) {
  let flags;
  try {
    const { values, positionals } = parseArgs({ options: { ...OPTIONS, ...more }, allowPositionals: true });
    flags = { ...values, only: positionals };
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exit(2);
  }
  if (flags.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const folder = resolve(flags.output ?? `build/artifacts/${name}`);
  mkdirSync(folder, { recursive: true });
  const seconds = Number(flags.seconds ?? (flags.quick ? 6 : 7));
  return { ...flags, bin: resolve(flags.bin), folder, seconds };
}
