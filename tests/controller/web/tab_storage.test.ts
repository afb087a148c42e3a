import assert from 'node:assert/strict';
import test from 'node:test';
import { SessionStore, type KeyValueStore } from '../../../controller/web/src/client/session_store.js';
import { TabStorage } from '../../../controller/web/src/client/tab_storage.js';

/** The sessionStorage of one tab; `duplicate` does what browsers do. */
class Tab implements KeyValueStore {
  constructor(readonly values = new Map<string, string>()) {}
  getItem = (key: string): string | null => this.values.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.values.set(key, value);
  removeItem = (key: string): void => void this.values.delete(key);
  duplicate(): Tab {
    return new Tab(new Map(this.values));
  }
}

function open(tab: KeyValueStore): { storage: TabStorage; hide(): void; show(): void } {
  const page = new EventTarget();
  return {
    storage: new TabStorage(tab, page),
    hide: () => void page.dispatchEvent(new Event('pagehide')),
    show: () => void page.dispatchEvent(new Event('pageshow')),
  };
}

const ada = { identity: 'a', secret: 's' };

test('a reload finds the session', () => {
  const tab = new Tab();
  const page = open(tab);
  new SessionStore('r', page.storage).save(ada);
  page.hide();
  assert.deepEqual(new SessionStore('r', open(tab).storage).load(), ada);
});

test('a duplicated tab finds nothing, before and after a reload of the first', () => {
  const tab = new Tab();
  const page = open(tab);
  new SessionStore('r', page.storage).save(ada);
  assert.equal(new SessionStore('r', open(tab.duplicate()).storage).load(), null);
  page.hide();
  const reloaded = new SessionStore('r', open(tab).storage);
  assert.deepEqual(reloaded.load(), ada);
  assert.equal(new SessionStore('r', open(tab.duplicate()).storage).load(), null);
  assert.deepEqual(reloaded.load(), ada);
});

test('a session that was only read survives the next reload, too', () => {
  const tab = new Tab();
  const first = open(tab);
  new SessionStore('r', first.storage).save(ada);
  first.hide();
  const second = open(tab);
  new SessionStore('r', second.storage).load();
  second.hide();
  assert.deepEqual(new SessionStore('r', open(tab).storage).load(), ada);
});

test('a page that comes back from the cache hides its session again', () => {
  const tab = new Tab();
  const page = open(tab);
  const session = new SessionStore('r', page.storage);
  session.save(ada);
  page.hide();
  page.show();
  assert.equal(tab.values.size, 0);
  assert.deepEqual(session.load(), ada);
});

test('who left is not handed over', () => {
  const tab = new Tab();
  const page = open(tab);
  const session = new SessionStore('r', page.storage);
  session.save(ada);
  session.clear();
  page.hide();
  assert.equal(tab.values.size, 0);
});

test('storage that is full does not disturb the page as it goes', () => {
  const full = (): never => {
    throw new Error('full');
  };
  const page = open({ getItem: () => null, setItem: full, removeItem: full });
  page.storage.setItem('k', 'v');
  page.hide();
  page.show();
  assert.equal(page.storage.getItem('k'), 'v');
});
