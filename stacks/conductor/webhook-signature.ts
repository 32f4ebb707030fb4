import { createHmac, timingSafeEqual } from "node:crypto";

/** Names of the headers, as a Node server gives them. */
export const TIMESTAMP_HEADER = "x-flinktide-timestamp";
export const SIGNATURE_HEADER = "x-flinktide-signature";

/** A post older than this is refused: it may be somebody's who recorded it. */
const MAX_AGE_SECONDS = 300;

/** `sha256=` and the HMAC-SHA256 of `<timestamp>.<body>` in hex. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

export interface SignedPost {
  secret: string;
  /** Header X-Flinktide-Timestamp: seconds since the epoch. */
  timestamp: string;
  /** Header X-Flinktide-Signature. */
  signature: string;
  /** As it came, before it is parsed. */
  body: string;
  /** Milliseconds since the epoch. */
  nowMs: number;
}

/** For a receiver of alerts: whether a post comes from who has the secret, and was made within 5 minutes of now. */
export function verifySignature({
  secret,
  timestamp,
  signature,
  body,
  nowMs,
}: SignedPost): boolean {
  if (!/^\d+$/.test(timestamp)) return false;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > MAX_AGE_SECONDS) return false;
  const [given, right] = [signature, signatureOf(secret, timestamp, body)].map((text) =>
    Buffer.from(text),
  ) as [Buffer, Buffer];
  return given.length === right.length && timingSafeEqual(given, right);
}
