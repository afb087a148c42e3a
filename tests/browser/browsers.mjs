import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { probeScript } from './probe.mjs';
import { settings } from './settings.mjs';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--use-fake-device-for-media-stream=fps=15',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

const FIREFOX_PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'app.update.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'toolkit.telemetry.enabled': false,
};

const LOAD_MS = 20_000;

function needed(browser, file) {
  if (!existsSync(file)) throw new Error(`${browser} is not at ${file}: \`./dev test\` installs it`);
  return file;
}

/**
 * A page of either browser: goto, evaluate, fill, click, press, text, screenshot, resize, close.
 * `foreign` lists requests that went to any other host than the page's own.
 */
class ChromiumPage {
  foreign = [];
  messages = [];

  constructor(page) {
    this.page = page;
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (this.host && url.protocol.startsWith('http') && url.host !== this.host) {
        this.foreign.push(request.url());
      }
    });
    page.on('pageerror', (error) => this.messages.push(`error: ${error.message}`));
    page.on('console', (message) => this.messages.push(`${message.type()}: ${message.text()}`));
  }

  goto(url) {
    this.host = new URL(url).host;
    return this.page.goto(url, { timeout: LOAD_MS });
  }
  reload() {
    return this.page.reload({ timeout: LOAD_MS });
  }
  evaluate(work, parameter) {
    return this.page.evaluate(work, parameter);
  }
  fill(selector, text) {
    return this.page.fill(selector, text, { timeout: LOAD_MS });
  }
  click(selector) {
    return this.page.click(selector, { timeout: LOAD_MS });
  }
  select(selector, value) {
    return this.page.selectOption(selector, value, { timeout: LOAD_MS });
  }
  resize(width, height) {
    return this.page.setViewportSize({ width, height });
  }
  screenshot(path) {
    return this.page.screenshot({ path });
  }
  close() {
    return this.page.context().close();
  }
}

class FirefoxPage {
  foreign = [];
  messages = [];

  constructor(page) {
    this.page = page;
    page.on('pageerror', (error) => this.messages.push(`error: ${error.message}`));
    page.on('console', (message) => this.messages.push(`${message.type()}: ${message.text()}`));
  }

  goto(url) {
    return this.page.goto(url, { timeout: LOAD_MS });
  }
  reload() {
    return this.page.reload({ timeout: LOAD_MS });
  }
  evaluate(work, parameter) {
    return this.page.evaluate(work, parameter);
  }
  async fill(selector, text) {
    await this.page.locator(selector).setTimeout(LOAD_MS).fill(text);
  }
  async click(selector) {
    await this.page.locator(selector).setTimeout(LOAD_MS).click();
  }
  select(selector, value) {
    return this.page.select(selector, value);
  }
  resize(width, height) {
    return this.page.setViewport({ width, height });
  }
  screenshot(path) {
    return this.page.screenshot({ path });
  }
  close() {
    return this.page.close();
  }
}

/** `executable`, with more `environment`: what starts it, if it is not to run just like that. */
export async function launchChromium({ executable, flags = [], environment = {} } = {}) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: executable ?? needed('Chromium', settings.chromium),
    args: [...CHROMIUM_FLAGS, ...flags],
    env: { ...process.env, ...environment },
  });
  return {
    /** A page with storage of its own, as another person's browser would have. */
    async newPage({ camera, bypassContentSecurity = false } = {}) {
      const context = await browser.newContext({
        bypassCSP: bypassContentSecurity,
        viewport: { width: 1280, height: 800 },
        locale: 'en-GB',
      });
      await context.addInitScript(probeScript(camera));
      return new ChromiumPage(await context.newPage());
    },
    close: () => browser.close(),
  };
}

/**
 * Firefox gathers the addresses of the default route only, and pairs none of them with a loopback
 * candidate: its server needs an address beside 127.0.0.1. `in_namespace.sh` gives it one that leads nowhere.
 */
export function addressForFirefox() {
  const own = Object.values(networkInterfaces())
    .flat()
    .find(({ family, internal }) => (family === 'IPv4' || family === 4) && !internal);
  return own ? ['--rtc-address', own.address] : [];
}

/** `bypassContentSecurity`: its pages may run workers that the test brings along. */
export async function launchFirefox({ bypassContentSecurity = false } = {}) {
  const { default: puppeteer } = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: needed('Firefox', settings.firefox),
    headless: true,
    extraPrefsFirefox: {
      ...FIREFOX_PREFERENCES,
      ...(bypassContentSecurity && { 'security.csp.enable': false }),
    },
    defaultViewport: { width: 1280, height: 800 },
  });
  return {
    async newPage({ camera } = {}) {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(probeScript(camera));
      return new FirefoxPage(page);
    },
    close: () => browser.close(),
  };
}
