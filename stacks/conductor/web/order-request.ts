import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { UserError } from "../../../infra/errors";
import { complaint, problemsOf, type Problem } from "../../../policies/problem";
import { parseUntil, type Order } from "../orders";
import { Refusal } from "./reply";

/** What somebody asks for on the page. */
export type OrderRequest = Order & { tenant: string };

/** Bytes of a body, at most. */
const MOST_BYTES = 4096;

const NO_COUNT = complaint("it is not a whole number above 0", "give one, such as 4");
const NO_INSTANT = complaint("it is not an instant in UTC", "write it as 2026-11-21T18:00:00Z");

const emptySchema = z.strictObject({});
/** A hold as policies/decision.ts has it, with sentences for people. */
const holdBodySchema = z.strictObject({
  taskManagers: z.int(NO_COUNT).positive(NO_COUNT),
  until: z.iso.datetime(NO_INSTANT),
});

/**
 * Reads what is ordered from a request whose path says the tenant and the order. The body is JSON: `{"taskManagers":
 * 6, "until": "2026-11-21T10:00:00Z"}` for a hold, `{}` or nothing for the others. Throws Refusal: 413 for too long a
 * body, 400 for a bad one.
 */
export async function readOrderRequest(
  request: IncomingMessage,
  tenant: string,
  order: Order["order"],
): Promise<OrderRequest> {
  const body = parseJson(await readBody(request));
  if (order !== "hold") {
    checked(emptySchema, body);
    return { tenant, order };
  }
  const hold = checked(holdBodySchema, body);
  requireLater(hold.until);
  return { tenant, order, hold };
}

/** Never holds more than the limit; the rest of a longer body is let pass, so that the sender reads the answer. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const tooLong = new Refusal(413, `The body is too long: at most ${MOST_BYTES} bytes.`, {
    Connection: "close",
  });
  if (Number(request.headers["content-length"] ?? 0) > MOST_BYTES)
    throw discarded(request, tooLong);
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
      else reject(discarded(request, tooLong));
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
    request.on("close", () => reject(new Refusal(400, "The body ended early.")));
  });
}

function discarded(request: IncomingMessage, refusal: Refusal): Refusal {
  request.removeAllListeners("data");
  request.resume();
  return refusal;
}

function parseJson(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `The body is not JSON (${(error as Error).message}).`);
  }
}

function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw unusable(problemsOf(result.error, body));
}

function requireLater(until: string): void {
  try {
    parseUntil(until, new Date(), "UTC");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw unusable(error.problems.map((problem) => ({ ...problem, path: "until" })));
  }
}

function unusable(problems: readonly Problem[]): Refusal {
  return new Refusal(400, new UserError("The order can't be used:", problems).message);
}
