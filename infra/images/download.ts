import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import axios from "axios";

/** A site that has not answered by then counts as out of reach. */
const ANSWER_TIMEOUT_MS = 5_000;
/** A download that stands still this long is given up. */
const STALL_TIMEOUT_MS = 30_000;

/**
 * Downloads a file and checks it against the `<url>.sha512` beside it. False when the site can't be reached or does
 * not have the file, so that the caller can take another source. Throws when the checksum does not match.
 */
export async function downloadVerified(url: string, target: string): Promise<boolean> {
  try {
    const sum = await axios.get<string>(`${url}.sha512`, {
      timeout: ANSWER_TIMEOUT_MS,
      responseType: "text",
    });
    const digest = await download(url, target);
    if (sum.data.replace(/\s/g, "").toLowerCase().includes(digest)) return true;
  } catch (error) {
    if (axios.isAxiosError(error) || error instanceof StallError) return false;
    throw error;
  }
  throw new Error(`${url} does not match its sha512: the download is damaged or was tampered with`);
}

class StallError extends Error {}

/** Streams a file to disk and gives its SHA-512 in hex. */
async function download(url: string, target: string): Promise<string> {
  const stall = new AbortController();
  const answer = await axios.get<NodeJS.ReadableStream>(url, {
    timeout: ANSWER_TIMEOUT_MS,
    responseType: "stream",
  });
  const hash = createHash("sha512");
  const stalled = () => stall.abort(new StallError(`${url} stands still`));
  let timer = setTimeout(stalled, STALL_TIMEOUT_MS);
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(stalled, STALL_TIMEOUT_MS);
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(answer.data, count, fs.createWriteStream(target), { signal: stall.signal });
  } catch (error) {
    throw new StallError(`${url} broke off: ${String(error)}`);
  } finally {
    clearTimeout(timer);
  }
  return hash.digest("hex");
}
