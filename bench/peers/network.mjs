// A network of the benchmark's own: ports are free there, and nothing of others' servers gets out. Beside lo it has one
// more interface, for there are servers that make no candidates of loopback addresses.
import { execFileSync, spawnSync } from 'node:child_process';

export const ADDRESS = '10.77.0.1';
const INSIDE = 'STELLWERK_PEERS_INSIDE';
const COMMANDS = [
  'ip link set lo up',
  'ip link add media type veth peer name far',
  `ip addr add ${ADDRESS}/24 dev media`,
  'ip link set media up',
  'ip link set far up',
];

/** Starts this program anew in such a network; returns only there. */
export function enterOwnNetwork() {
  if (process.env[INSIDE]) {
    execFileSync('sh', ['-c', COMMANDS.join(' && ')]);
    return;
  }
  const options = process.getuid() === 0 ? ['--net'] : ['--map-root-user', '--net'];
  const again = spawnSync('unshare', [...options, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exit(again.status ?? 1);
}
