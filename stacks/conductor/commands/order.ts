import { z } from "zod";
import { UserError } from "../../../infra/errors";
import { complaint, type Problem } from "../../../policies/problem";
import type { Tenant } from "../../../policies/tenant";
import { Journal } from "../journal";
import { printAhead, zoneOf } from "../narrate/clock";
import { printHold } from "../narrate/entry";
import { startCommand } from "../narrate/freshness";
import { checkHold, giveOrder, parseUntil, type Order, type Orders } from "../orders";
import { common, readArguments, tenantName, wholeNumber, type Command } from "./arguments";
import { isAlive, lastStatus, tenantOf, tenantsOf, type World } from "./world";

export const PAUSE = {
  name: "pause",
  usage: "pause [TENANT]",
  summary: "change nothing for a tenant, or for all",
  help: `Usage: npm run conductor -- pause [TENANT] [OPTIONS]

From now on the conductor observes a tenant, but changes nothing; without a name, all tenants. An update that runs is
ended properly. It lasts until resume, also over a restart of the conductor.

  --env ENV  environment (default dev)`,
};

export const RESUME = {
  name: "resume",
  usage: "resume [TENANT]",
  summary: "take back a pause, or a hold",
  help: `Usage: npm run conductor -- resume [TENANT] [OPTIONS]

Takes back the pause of a tenant or, where it is not paused, its hold; without a name, of all tenants.

  --env ENV  environment (default dev)`,
};

export const HOLD = {
  name: "hold",
  usage: "hold TENANT --task-managers N --until T",
  summary: "keep a tenant at a size for a while",
  help: `Usage: npm run conductor -- hold TENANT --task-managers N --until T [OPTIONS]

Keeps a tenant at so many TaskManagers, whatever its windows say; its jobs are still sized by their load, within them.

  --task-managers N  how many
  --until T          18:00 (the next time it is, in the zone of the tenant's first window), 90m, 2h, or
                     2026-11-21T18:00:00+08:00
  --env ENV          environment (default dev)`,
};

const someSchema = z.object({ ...common, tenant: z.string().optional() });
const holdSchema = z.object({
  ...common,
  tenant: tenantName,
  "task-managers": wholeNumber(1, 1000),
  until: z.string(
    complaint("it is missing", "give a time such as 18:00, or a duration such as 2h"),
  ),
});

export function pause(argv: readonly string[], world: World): Promise<number> {
  return orderSome(PAUSE, { order: "pause" }, argv, world);
}

export function resume(argv: readonly string[], world: World): Promise<number> {
  return orderSome(RESUME, { order: "resume" }, argv, world);
}

async function orderSome(
  command: Command,
  order: Order,
  argv: readonly string[],
  world: World,
): Promise<number> {
  const given = readArguments(command, {}, someSchema, argv, world.out);
  if (given === undefined) return 0;
  await give(await tenantsOf(world, given.env, given.tenant), order, given.env, world);
  return 0;
}

export async function hold(argv: readonly string[], world: World): Promise<number> {
  const options = { "task-managers": { type: "string" }, until: { type: "string" } } as const;
  const given = readArguments(HOLD, options, holdSchema, argv, world.out);
  if (given === undefined) return 0;
  const tenant = await tenantOf(world, given.env, given.tenant);
  const taskManagers = given["task-managers"];
  const problems: Problem[] = [];
  const size = checkHold(tenant, taskManagers);
  if (size !== undefined) problems.push(size);
  const until = untilOf(given.until, world.now(), zoneOf(tenant), problems);
  if (until === undefined || problems.length > 0) {
    throw new UserError(`${tenant.name} can't be held so:`, problems);
  }
  const order: Order = { order: "hold", hold: { taskManagers, until: until.toISOString() } };
  await give([tenant], order, given.env, world);
  return 0;
}

function untilOf(text: string, now: Date, zone: string, problems: Problem[]): Date | undefined {
  try {
    return parseUntil(text, now, zone);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Orders the same for each of some tenants; what fails for one keeps it from no other. Throws UserError then. */
async function give(
  tenants: readonly Tenant[],
  order: Order,
  environment: string,
  world: World,
): Promise<void> {
  const paths = world.paths(environment);
  const now = world.now();
  const failed: string[] = [];
  for (const tenant of tenants) {
    const { name } = tenant;
    const place = { orders: paths.orders(name), journal: new Journal(paths.journal(name)) };
    try {
      world.out(tell(tenant, await giveOrder(place, order, "command", now), now));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push(`${name}: ${error.message}`);
    }
  }
  if (failed.length > 0) throw new UserError(failed.join("\n"));
  if (isAlive(await lastStatus(world, environment), now)) return;
  world.out(`No conductor runs now; it counts once one does: ${startCommand(environment)}`);
}

/** What is in force for a tenant after an order. */
function tell(tenant: Tenant, { paused, hold }: Orders, now: Date): string {
  const { name } = tenant;
  const zone = zoneOf(tenant);
  if (hold === undefined) {
    return paused ? `${name} is paused.` : `${name} goes by its windows and its load.`;
  }
  const ahead = printAhead(Date.parse(hold.until), now.getTime());
  const held = `${printHold(hold, zone)} ${zone} (${ahead})`;
  return paused ? `${name} is paused; once it is resumed, it is ${held}.` : `${name} is ${held}.`;
}
