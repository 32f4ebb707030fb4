import { kubernetesApi } from "../../infra/kubernetes/api";
import { CoordinationLease } from "../../infra/kubernetes/coordination-lease";
import { isInKubernetes, parseObjectUrl } from "../../infra/kubernetes/object-url";
import { StoredLease } from "../../infra/lease/lease";
import { LeaseFiles } from "../../infra/lease/lease-files";
import { identityOf } from "../../infra/process-identity";

/**
 * A process that wants a lease, in a folder or a cluster, until it has lost it. Prints every 10 ms whether it holds it,
 * as JSON lines with the machine's monotonic clock, which all processes share.
 */
const [place = "", ttlMs = "", renewMs = "", host] = process.argv.slice(2);
const identity = identityOf(process.pid);
if (identity === undefined) throw new Error("this process can't be seen");

let lost = "";
const store = isInKubernetes(place)
  ? new CoordinationLease(kubernetesApi, parseObjectUrl(place, "the lease"))
  : new LeaseFiles(place);
const lease = new StoredLease(store, {
  // On another host, nobody can prove that it has ended.
  identity: host === undefined ? identity : { ...identity, host },
  ...{ ttlMs: Number(ttlMs), renewMs: Number(renewMs) },
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
