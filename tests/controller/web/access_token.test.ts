import assert from 'node:assert/strict';
import test from 'node:test';
import {
  hashOfToken,
  roomLink,
  tokenOfHash,
  withToken,
} from '../../../controller/web/src/page/access_token.js';

test('a token comes out of the address as it went in', () => {
  for (const token of ['sesame', 'a+b/c==', 'ä &=#%', '50%']) {
    assert.equal(tokenOfHash(hashOfToken(token)), token);
  }
});

test('a link made by hand may have a plus in its token', () => {
  assert.equal(tokenOfHash('#token=a+b=='), 'a+b==');
});

test('no token and an empty one are the same', () => {
  assert.equal(tokenOfHash(''), null);
  assert.equal(tokenOfHash('#'), null);
  assert.equal(tokenOfHash('#token='), null);
  assert.equal(tokenOfHash('#chat'), null);
  assert.equal(hashOfToken(null), '');
  assert.equal(hashOfToken(''), '');
});

test('the token goes along from page to page, and nothing else of the fragment does', () => {
  assert.equal(withToken('/r/tea', '#token=sesame&x=1'), '/r/tea#token=sesame');
  assert.equal(withToken('/', '#token=a%2Fb'), '/#token=a%2Fb');
  assert.equal(withToken('/r/tea', '#x=1'), '/r/tea');
});

test('a copied link lets its reader in', () => {
  const at = { origin: 'https://sfu.example', pathname: '/r/tea' };
  assert.equal(roomLink({ ...at, hash: '#token=sesame' }), 'https://sfu.example/r/tea#token=sesame');
  assert.equal(roomLink({ ...at, hash: '' }), 'https://sfu.example/r/tea');
});
