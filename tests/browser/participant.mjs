import assert from 'node:assert/strict';
import path from 'node:path';
import { settings } from './settings.mjs';
import { until } from './waiting.mjs';

/** A person who uses the page. */
export class Participant {
  constructor(page, name) {
    this.page = page;
    this.name = name;
  }

  /** Opens the room's link, types the name and joins; `people` gets the newcomer first of all. */
  static async join(browser, origin, room, name, people, options) {
    const person = new Participant(await browser.newPage(options), name);
    people.push(person);
    await person.page.goto(`${origin}/r/${room}`);
    await person.page.fill('input[name=name]', name);
    await until(`${name}'s camera in the mirror`, () => person.has('.mirror video.live'));
    await person.page.click('.lobby-form button[type=submit]');
    await person.connected();
    return person;
  }

  has(selector) {
    return this.page.evaluate((wanted) => document.querySelector(wanted) !== null, selector);
  }

  count(selector) {
    return this.page.evaluate((wanted) => document.querySelectorAll(wanted).length, selector);
  }

  text(selector) {
    return this.page.evaluate(
      (wanted) => [...document.querySelectorAll(wanted)].map((element) => element.textContent),
      selector,
    );
  }

  connected(timeout) {
    return until(
      `${this.name} is connected`,
      () => this.has('.call[data-phase=connected]'),
      timeout,
    );
  }

  inbound() {
    return this.page.evaluate(() => globalThis.__probe.inbound());
  }

  firstFrames() {
    return this.page.evaluate(() => globalThis.__probe.firstFrames());
  }

  /** The names on the others' tiles. */
  seen() {
    return this.text('.tile[data-identity]:not([data-own]) .nameplate-text');
  }

  async identityOf(name) {
    return this.page.evaluate((wanted) => {
      const tiles = [...document.querySelectorAll('.tile[data-kind=camera]:not([data-own])')];
      const tile = tiles.find((one) => one.querySelector('.nameplate-text').textContent === wanted);
      return tile?.dataset.identity;
    }, name);
  }

  /** Exactly `others` are shown with a moving picture each, and each is heard. */
  async perceives(others, { timeout = 20_000 } = {}) {
    const names = others.map(({ name }) => name).sort();
    await until(
      `${this.name} has tiles of ${names}`,
      async () => JSON.stringify((await this.seen()).sort()) === JSON.stringify(names),
      timeout,
    );
    await until(
      `${this.name} shows live pictures of ${names}`,
      async () => (await this.count('.tile:not([data-own]) video.live')) === names.length,
      timeout,
    );
    const before = await this.inbound();
    await until(
      `${this.name} decodes ${names.length} videos and hears ${names.length} voices`,
      async () => {
        const after = await this.inbound();
        const earlier = (stream) =>
          before.find(({ kind, mid }) => kind === stream.kind && mid === stream.mid);
        const moving = after.filter(
          (stream) =>
            stream.kind === 'video' &&
            stream.framesDecoded > (earlier(stream)?.framesDecoded ?? 0) + 5,
        );
        const heard = after.filter(
          (stream) => stream.kind === 'audio' && stream.energy > (earlier(stream)?.energy ?? 0),
        );
        this.lastSeen = { moving: moving.length, heard: heard.length };
        return moving.length >= names.length && heard.length >= names.length;
      },
      timeout,
    ).catch((error) => {
      throw new Error(`${error.message}; counted ${JSON.stringify(this.lastSeen)}`);
    });
  }

  async openChat() {
    if (!(await this.has('.chat'))) await this.page.click('[data-control=chat]');
  }

  async say(text, to = '') {
    await this.openChat();
    await this.page.select('.chat-to select', to);
    await this.page.fill('input[name=message]', text);
    await this.page.click('.chat-form button[type=submit]');
  }

  /** Nothing was blocked by the content security policy, and no other host was asked. */
  async assertKeepsToItself() {
    assert.deepEqual(await this.page.evaluate(() => globalThis.__probe.violations), []);
    assert.deepEqual(this.page.foreign, []);
    assert.deepEqual(this.page.messages.filter((message) => message.startsWith('error')), []);
  }

  screenshot(name) {
    return this.page.screenshot(path.join(settings.artifacts, `${name}.png`));
  }
}
