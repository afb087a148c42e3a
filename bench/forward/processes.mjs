// Processes that are measured or that measure: started, ended by their own id, read from /proc.
import { spawn, execFileSync } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const alive = new Set();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** Starts a program with its output in `log`. */
export function start(command, { log, env = {}, cwd } = {}) {
  const output = openSync(log, 'a');
  const child = spawn(command[0], command.slice(1), {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    cwd,
  });
  child.ended = new Promise((done) => child.on('exit', (code) => done(code ?? -1)));
  child.on('error', (error) => console.error(`${command[0]}: ${error.message}`));
  alive.add(child);
  child.ended.then(() => alive.delete(child));
  return child;
}

/** Ends it in order, or at once after a while. */
export async function stop(child) {
  if (!alive.has(child)) return;
  child.kill('SIGTERM');
  await Promise.race([child.ended, sleep(STOP_LIMIT_MS)]);
  if (alive.has(child)) child.kill('SIGKILL');
  await child.ended;
}

function takesConnections(host, port) {
  return new Promise((done) => {
    const socket = connect({ host, port });
    const finish = (taken) => (socket.destroy(), done(taken));
    socket.on('connect', () => finish(true)).on('error', () => finish(false));
  });
}

/** Waits until a server takes connections; an error with its log if it never does. */
export async function listening(child, host, port, log) {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await sleep(50)) {
    if (!alive.has(child)) break;
    if (await takesConnections(host, port)) return;
  }
  throw new Error(`no server at ${host}:${port}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

/** Ids of a process's children. */
export function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => {
      try {
        return statOf(other).parent === pid;
      } catch {
        return false; // it has ended meanwhile
      }
    });
}

function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // from the third on
  return { parent: Number(fields[1]), user: Number(fields[11]) / TICKS, system: Number(fields[12]) / TICKS };
}

// Of all its threads, in seconds; exact, where /proc/PID/stat counts hundredths: how long they ran, and how long they
// waited for a processor that somebody else had.
function schedulerTimes(pid) {
  const sum = { ran: 0, queued: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [ran, queued] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
      sum.ran += ran / 1e9;
      sum.queued += queued / 1e9;
    } catch {
      // it has ended meanwhile
    }
  }
  return sum;
}

/** CPU time in seconds that processes have used so far: in all, and the kernel's split of it by sampling. `queued`: while
 * they could have run, but did not. */
export function cpuOf(pids) {
  const sum = { total: 0, queued: 0, user: 0, system: 0, memory: 0 };
  for (const pid of pids) {
    const { user, system } = statOf(pid);
    sum.user += user;
    sum.system += system;
    const { ran, queued } = schedulerTimes(pid);
    sum.total += ran;
    sum.queued += queued;
    sum.memory += Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
  }
  return sum;
}
