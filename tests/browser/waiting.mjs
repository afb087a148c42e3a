/** Polls until `check` gives something true, and returns it; at the end its last word is the error. */
export async function until(description, check, timeout = 15_000) {
  const end = Date.now() + timeout;
  let last;
  do {
    try {
      last = await check();
      if (last) return last;
    } catch (error) {
      last = error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  throw new Error(`not within ${timeout} ms: ${description} (last: ${JSON.stringify(last)})`);
}
