import { randomBytes, timingSafeEqual, createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { syncFolder, writeDurably } from "../../../infra/durable-file";
import { UserError } from "../../../infra/errors";

const BYTES = 32;
/** What only its owner may read has none of these. */
const OTHERS = 0o077;

/**
 * The token that a file holds, made where there is none: 32 random bytes in base64url that only the file's owner may
 * read. Of several that make it at once, all get the same. Throws UserError where what is there is no token, or
 * where others may read it.
 */
export async function ensureToken(file: string): Promise<string> {
  return (await readToken(file)) ?? (await makeToken(file));
}

async function readToken(file: string): Promise<string | undefined> {
  const stat = await fs.stat(file).catch(absent);
  if (stat === undefined) return undefined;
  if ((stat.mode & OTHERS) !== 0) {
    throw new UserError(
      `others may read the token in ${file} (mode ${(stat.mode & 0o777).toString(8)}). Fix: remove it; a new one is made.`,
    );
  }
  const token = (await fs.readFile(file, "utf8")).trim();
  if (/^[\w-]{43,}$/.test(token)) return token;
  throw new UserError(`${file} holds no token. Fix: remove it; a new one is made.`);
}

async function makeToken(file: string): Promise<string> {
  const token = randomBytes(BYTES).toString("base64url");
  const mine = `${file}.${randomBytes(6).toString("hex")}`;
  await writeDurably(mine, `${token}\n`);
  try {
    // Unlike a rename, a link leaves what another has put there meanwhile.
    await fs.link(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await fs.unlink(mine);
  }
  await syncFolder(path.dirname(file));
  return (await readToken(file)) ?? token;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}

/** Whether an Authorization header carries the token. Takes as long for every wrong one. */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  // Of equal length, as the comparison demands.
  return token !== "" && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
