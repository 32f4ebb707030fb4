import { z } from "zod";
import type { ExecResult } from "../exec";
import { KubernetesApiError, type KubernetesApi } from "./api";
import { messageOf, openChannels } from "./channels";

const STDOUT = 1;
const STDERR = 2;
/** What became of the command, once it has ended. */
const OUTCOME = 3;

const outcomeSchema = z.object({
  status: z.enum(["Success", "Failure"]),
  message: z.string().default(""),
  reason: z.string().optional(),
  details: z
    .object({
      causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })),
    })
    .partial()
    .optional(),
});

export interface Container {
  namespace: string;
  pod: string;
  container: string;
}

/**
 * Runs a program in a container, without a shell and without input, and gives its output, whatever its exit code. -1
 * where it could not be started. Throws KubernetesApiError where the API server refuses or the connection is lost.
 */
export async function podExec(
  api: KubernetesApi,
  { namespace, pod, container }: Container,
  command: readonly string[],
): Promise<ExecResult> {
  const query = new URLSearchParams({ container, stdout: "true", stderr: "true" });
  for (const word of command) query.append("command", word);
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec`;
  const socket = await openChannels(api, `${path}?${query}`);
  const streams = new Map<number, Buffer[]>([STDOUT, STDERR, OUTCOME].map((n) => [n, []]));
  await new Promise<void>((resolve) => {
    socket.on("message", (data) => {
      const { channel, bytes } = messageOf(data);
      streams.get(channel)?.push(bytes);
    });
    // An error is followed by the end.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.resume();
  });
  const text = (channel: number) => Buffer.concat(streams.get(channel) ?? []).toString("utf8");
  const code = codeOf(text(OUTCOME));
  if (code === undefined) {
    throw new KubernetesApiError(
      `GET ${api.access.server}${path}`,
      undefined,
      `the connection to ${pod} was lost while ${command[0]} ran`,
    );
  }
  const { message } = code;
  return { code: code.code, stdout: text(STDOUT), stderr: text(STDERR) || message };
}

/** undefined where the end of the command was not seen. */
function codeOf(outcome: string): { code: number; message: string } | undefined {
  if (outcome === "") return undefined;
  const { status, message, reason, details } = outcomeSchema.parse(JSON.parse(outcome));
  if (status === "Success") return { code: 0, message: "" };
  const exit = details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  return reason === "NonZeroExitCode" ? { code: Number(exit), message } : { code: -1, message };
}
