import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Server } from './server.mjs';
import { settings } from './settings.mjs';

/**
 * Runs a scenario with a server and browsers that are ended in any case. When it fails, screenshots
 * of all who were there, and their consoles, are kept beside the server's log.
 */
export async function withServer(name, launchers, scenario, flags) {
  const server = await Server.start(name, flags);
  const browsers = [];
  const people = [];
  try {
    for (const launch of launchers) browsers.push(await launch());
    await scenario({ server, browsers, people });
  } catch (error) {
    for (const [index, person] of people.entries()) {
      const file = path.join(settings.artifacts, `${name}-failed-${index}`);
      writeFileSync(`${file}.txt`, (person.page ?? person).messages.join('\n'));
      await person.screenshot?.(`${name}-failed-${index}`).catch(() => {});
    }
    await Promise.allSettled(browsers.map((browser) => browser.close()));
    await server.stop().catch((fault) => {
      error.message += `\nand ${fault.message}`;
    });
    throw error;
  }
  await Promise.allSettled(browsers.map((browser) => browser.close()));
  await server.stop();
}

/**
 * Subtests that build on each other: the first that fails ends the scenario.
 * (By itself node:test would go on with the next one.)
 */
export function stepsOf(t) {
  return async (name, work) => {
    let failure = null;
    await t.test(name, async (step) => {
      try {
        await work(step);
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    if (failure) throw new Error(`step "${name}" failed: ${failure.message}`);
  };
}
