import { z } from "zod";
import { readJournal } from "../journal";
import { why as explainTenant } from "../narrate/why";
import { readOrders } from "../orders";
import { common, readArguments, tenantName } from "./arguments";
import { lastStatus, tenantOf, type World } from "./world";

export const WHY = {
  name: "why",
  usage: "why TENANT",
  summary: "why a tenant is as it is now",
  help: `Usage: npm run conductor -- why TENANT [OPTIONS]

Tells what runs for a tenant, since when and because of what, what is measured, what holds it back, and what the clock
brings next.

  --env ENV  environment (default dev)`,
};

const schema = z.object({ ...common, tenant: tenantName });

/** Entries of the journal that are looked at; what explains the present is among the newest. */
const ENTRIES = 500;

export async function why(argv: readonly string[], world: World): Promise<number> {
  const given = readArguments(WHY, {}, schema, argv, world.out);
  if (given === undefined) return 0;
  const tenant = await tenantOf(world, given.env, given.tenant);
  const paths = world.paths(given.env);
  const now = world.now();
  const status = await lastStatus(world, given.env);
  const view = status?.tenants.find((other) => other.tenant === tenant.name);
  const { entries } = await readJournal(paths.journal(tenant.name), { last: ENTRIES });
  const orders = await readOrders(paths.orders(tenant.name), now);
  world.out(explainTenant(view, entries, orders, now, tenant));
  return 0;
}
