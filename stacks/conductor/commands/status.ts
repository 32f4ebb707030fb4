import { z } from "zod";
import { UserError } from "../../../infra/errors";
import { startCommand } from "../narrate/freshness";
import { statusTable } from "../narrate/status-table";
import { common, readArguments } from "./arguments";
import { isAlive, lastStatus, type World } from "./world";

export const STATUS = {
  name: "status",
  usage: "status [--json]",
  summary: "all tenants in a table",
  help: `Usage: npm run conductor -- status [OPTIONS]

A row for each tenant: what is in force, what runs, how far behind it is, what is being done, when the clock changes it.
Exit code 1 where no conductor has reported within the last 30 s.

  --json     the status as the conductor wrote it
  --env ENV  environment (default dev)`,
};

const schema = z.object({ ...common, json: z.boolean().default(false) });

export async function status(argv: readonly string[], world: World): Promise<number> {
  const options = { json: { type: "boolean" } } as const;
  const given = readArguments(STATUS, options, schema, argv, world.out);
  if (given === undefined) return 0;
  const view = await lastStatus(world, given.env);
  if (view === undefined) {
    throw new UserError(
      `No conductor has told of environment ${given.env} in ${world.paths(given.env).status}. ` +
        `Fix: start one: ${startCommand(given.env)}`,
    );
  }
  const now = world.now();
  world.out(given.json ? JSON.stringify(view) : statusTable(view, now));
  return isAlive(view, now) ? 0 : 1;
}
