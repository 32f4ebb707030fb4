import * as fs from "node:fs/promises";
import { UserError } from "../../../infra/errors";
import type { Tenant } from "../../../policies/tenant";
import { nearest } from "../../simulate/choose";
import { isStale } from "../narrate/freshness";
import type { conductorPaths } from "../paths";
import { conductorViewSchema, type ConductorView } from "../tenant-view";

/** What a subcommand works on. */
export interface World {
  /** The tenants of an environment. */
  catalog: (environment: string) => Promise<readonly { tenant: Tenant }[]>;
  paths: (
    environment: string,
  ) => Pick<ReturnType<typeof conductorPaths>, "journal" | "orders" | "status">;
  now: () => Date;
  /** Prints to standard output; a line break is added. */
  out: (text: string) => void;
}

/** The tenants of an environment, or the one of a name. Throws UserError with those there are. */
export async function tenantsOf(
  { catalog }: World,
  environment: string,
  name?: string,
): Promise<Tenant[]> {
  const tenants = (await catalog(environment)).map(({ tenant }) => tenant);
  if (tenants.length === 0) {
    throw new UserError(
      `Environment ${environment} has no tenant whose stack file can be used. ` +
        "Fix: give another one with --env, or add a tenant as docs/tenant.md shows.",
    );
  }
  const found = tenants.filter((tenant) => name === undefined || tenant.name === name);
  if (found.length > 0) return found;
  const known = tenants.map((tenant) => tenant.name);
  const near = nearest(name ?? "", known);
  throw new UserError(
    `Environment ${environment} has no tenant ${name} whose stack file can be used${near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "."} ` +
      `There are: ${known.join(", ")}.`,
  );
}

/** The one tenant of a name. Throws UserError with those there are. */
export async function tenantOf(world: World, environment: string, name: string): Promise<Tenant> {
  const [tenant] = await tenantsOf(world, environment, name);
  if (tenant === undefined) throw new Error(`no tenant ${name}`);
  return tenant;
}

/** What the conductor published last; undefined where it has not, or where another version wrote it. */
export async function lastStatus(
  { paths }: World,
  environment: string,
): Promise<ConductorView | undefined> {
  try {
    const text = await fs.readFile(paths(environment).status, "utf8");
    return conductorViewSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** True where a conductor has published within the last seconds. */
export function isAlive(status: ConductorView | undefined, now: Date): boolean {
  return status !== undefined && !isStale(status.atMs, now.getTime());
}
