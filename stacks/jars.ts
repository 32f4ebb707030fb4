import * as path from "node:path";
import { jobJar } from "../infra/jobs/build";
import { flinkRelease } from "../infra/toolchain/versions";
import { PROJECT_DIR } from "../infra/toolchain/paths";
import type { Tenant } from "../policies/tenant";

/** A jar's path from its setting: `wordcount` is the bundled job, anything else a path from the project folder. */
export function resolveJar(jar: string, tenant: Pick<Tenant, "flink">): string {
  return jar === "wordcount"
    ? jobJar(
        "wordcount",
        flinkRelease(tenant.flink.version),
        tenant.flink.image === undefined ? "image" : "jar",
      )
    : path.resolve(PROJECT_DIR, jar);
}
