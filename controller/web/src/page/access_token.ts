/**
 * The token of servers that ask for one (`auth.room_token`) stands in the fragment of the address,
 * `/r/ROOM#token=…`: browsers send it neither to the server nor in referrers.
 */
export function tokenOfHash(hash: string): string | null {
  // A + is meant as one: people make such links by hand, of tokens that are Base64.
  const fields = new URLSearchParams(hash.replace(/^#/, '').replace(/\+/g, '%2B'));
  return fields.get('token') || null;
}

/** The fragment that carries `token`; empty without one. */
export function hashOfToken(token: string | null): string {
  return token === null || token === '' ? '' : `#token=${encodeURIComponent(token)}`;
}

/** What else the page goes to takes the token along. */
export function withToken(path: string, hash: string): string {
  return path + hashOfToken(tokenOfHash(hash));
}

/** What to send to others: whoever has the link can join. */
export function roomLink(at: Pick<Location, 'origin' | 'pathname' | 'hash'>): string {
  return withToken(at.origin + at.pathname, at.hash);
}
