import { UserError } from "../../infra/errors";
import { tryExec } from "../../infra/exec";
import type { Platform } from "../platform-schema";
import { Webhook } from "./webhook";

/** Variable that holds the secret where it is not in the stack's config, as in a pod. */
const SECRET_VARIABLE = "FLINKTIDE_ALERTS_SECRET";

/**
 * The webhook that a platform's settings name, with its secret from the stack's config; undefined where they name
 * none. Throws UserError where the secret can't be had.
 *
 * @param folder of the stack files
 */
export async function webhookOf(
  { alerts }: Platform,
  environment: string,
  { folder, env }: { folder: string; env: Record<string, string> },
): Promise<Webhook | undefined> {
  const { webhook: url, secretKey } = alerts;
  if (url === undefined) return undefined;
  if (secretKey === undefined) return new Webhook({ url, environment });
  const given = process.env[SECRET_VARIABLE];
  if (given !== undefined) return new Webhook({ url, environment, secret: given });
  const args = ["config", "get", secretKey, "-s", environment];
  const { code, stdout, stderr } = await tryExec("pulumi", args, { cwd: folder, env });
  if (code === 0) return new Webhook({ url, environment, secret: stdout.trimEnd() });
  throw new UserError(
    `The secret ${secretKey} of stack ${environment} can't be read: ${stderr.trim()}. ` +
      `Fix: run: pulumi config set --secret ${secretKey} -s ${environment}; or give it as ${SECRET_VARIABLE}`,
  );
}
