import { z } from "zod";
import { counted } from "../../simulate/print";
import { readJournal } from "../journal";
import { zoneOf } from "../narrate/clock";
import { workOf } from "../narrate/freshness";
import { narrateLog } from "../narrate/log";
import { common, readArguments, tenantName, wholeNumber } from "./arguments";
import { lastStatus, tenantOf, type World } from "./world";

const LAST = "20";

export const LOG = {
  name: "log",
  usage: "log TENANT [--last N] [--json]",
  summary: "what was done for a tenant, and why",
  help: `Usage: npm run conductor -- log TENANT [OPTIONS]

Tells what the conductor did for a tenant and why, the newest last, from its journal.

  --last N   so many of the newest (default ${LAST})
  --json     the journal's entries as they are, one a line
  --env ENV  environment (default dev)`,
};

const schema = z.object({
  ...common,
  tenant: tenantName,
  last: wholeNumber(1, 1_000_000).prefault(LAST),
  json: z.boolean().default(false),
});

export async function log(argv: readonly string[], world: World): Promise<number> {
  const options = { last: { type: "string" }, json: { type: "boolean" } } as const;
  const given = readArguments(LOG, options, schema, argv, world.out);
  if (given === undefined) return 0;
  const { env, last, json } = given;
  const tenant = await tenantOf(world, env, given.tenant);
  const file = world.paths(env).journal(tenant.name);
  if (json) {
    const { entries } = await readJournal(file, { last });
    for (const entry of entries) world.out(JSON.stringify(entry));
    return 0;
  }
  // An update has two entries and becomes one line.
  const { entries, unreadable } = await readJournal(file, { last: 2 * last });
  const status = await lastStatus(world, env);
  const view = status?.tenants.find((other) => other.tenant === tenant.name);
  const works = workOf(view, world.now().getTime()) !== undefined;
  const underWay = works ? status?.fence : undefined;
  const zone = zoneOf(tenant);
  const text = narrateLog(entries, { zone, last, underWay });
  world.out(text === "" ? `The journal of ${tenant.name} is empty: nothing was done yet.` : text);
  if (unreadable > 0) {
    world.out(
      `${counted(unreadable, "line")} of ${file} can't be read, torn or of another version.`,
    );
  }
  return 0;
}
