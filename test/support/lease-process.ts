import { identityOf } from "../../infra/process-identity";
import { FileLease } from "../../stacks/conductor/lease";

/**
 * A process that wants a lease until it has lost it. Prints every 10 ms whether it holds it, as JSON lines with the
 * machine's monotonic clock, which all processes share.
 */
const [folder = "", ttlMs = "", renewMs = ""] = process.argv.slice(2);
const identity = identityOf(process.pid);
if (identity === undefined) throw new Error("this process can't be seen");

let lost = "";
const lease = new FileLease({
  ...{ folder, identity, ttlMs: Number(ttlMs), renewMs: Number(renewMs) },
  onLost: (why) => (lost = why),
});

async function main(): Promise<void> {
  for (;;) {
    const held = lost === "" && (lease.held() || (await lease.acquire()));
    const line = {
      held: held && lease.held(),
      fence: lease.fence,
      lost,
      atNs: String(process.hrtime.bigint()),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
void main();
