import { UserError } from "../../infra/errors";
import type { CollectorSpec } from "../../policies/collector";

/** Collectors run on Docker only so far. Throws UserError where there is one. */
export function requireNoCollectors(collectors: readonly CollectorSpec[]): void {
  if (collectors.length === 0) return;
  const names = collectors.map(({ name }) => name).join(", ");
  throw new UserError(
    `collectors (${names}): there are none on Kubernetes yet; nothing was changed. ` +
      "Fix: remove them here, and run them on Docker or by a deployment of your own.",
  );
}
