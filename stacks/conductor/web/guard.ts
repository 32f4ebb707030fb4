import type { IncomingMessage } from "node:http";
import { Refusal } from "./reply";
import { carriesToken } from "./token";

/** Names of this machine that lead nowhere else. */
const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Refuses a request under a name that isn't ours: a foreign page whose name was made to point here (DNS rebinding)
 * could else read everything.
 *
 * @param host the address that the server was told to listen on
 */
export function requireOwnHost({ headers }: IncomingMessage, host: string): void {
  const name = hostname(headers.host ?? "");
  const own = [...LOCAL, host.includes(":") ? `[${host}]` : host.toLowerCase()];
  if (name !== undefined && own.includes(name)) return;
  throw new Refusal(403, `The conductor is not reached under this name. Use ${own[1]}.`);
}

/** Refuses what a page of another origin sends. Programs, which send no origin, pass. */
export function requireSameOrigin({ headers }: IncomingMessage): void {
  const { origin, host, "sec-fetch-site": site } = headers;
  const same = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  const fetched = site === undefined || site === "same-origin" || site === "none";
  if (!same || !fetched) throw new Refusal(403, "Only the conductor's own page may ask for this.");
}

/** Refuses with 401 who doesn't show the token. */
export function requireToken({ headers }: IncomingMessage, token: string): void {
  if (carriesToken(headers.authorization, token)) return;
  const fault = headers.authorization === undefined ? "The token is missing" : "The token is wrong";
  throw new Refusal(401, `${fault}. It is in the file that the conductor names when it starts.`, {
    "WWW-Authenticate": "Bearer",
  });
}

function hostname(host: string): string | undefined {
  // Without this, a user name or a path would be taken for none.
  if (!/^[\w.[\]:-]+$/.test(host)) return undefined;
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
}
