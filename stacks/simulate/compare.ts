import { step } from "../../infra/progress";
import { flinktidePolicy } from "../../policies/scaling/policy";
import type { Tenant } from "../../policies/tenant";
import { choose } from "./choose";
import { contestant, type Contestant } from "./contestant";
import { resultOf, type ResultSettings } from "./json";
import { loadTraces } from "./load-traces";
import type { Settings } from "./options";
import { timelinePoints, type Output } from "./output";
import { CONTESTANTS } from "./registry";
import { renderHtml } from "./report/html";
import { runTrace, type TraceRun } from "./runs";
import { OURS } from "./summary";
import { renderTables } from "./table";
import { fitted, plantOf } from "./tenant-plant";

/** Every policy asked for on every trace asked for; with a tenant, on its cluster, and its windows for flinktide. */
export async function compare(settings: Settings, tenant?: Tenant): Promise<Output> {
  const chosen = choose("--policy", settings.policies, CONTESTANTS);
  const policies = tenant === undefined ? chosen : chosen.map((one) => withWindows(one, tenant));
  const plant = { ...(tenant === undefined ? {} : plantOf(tenant)), ...settings.plant };
  const traces = await loadTraces(settings, (trace) =>
    tenant === undefined ? trace : fitted(trace, tenant, settings.plant),
  );
  const runs: TraceRun[] = [];
  for (const trace of traces) {
    const options = { plant, timelinePoints: timelinePoints(settings) };
    const run = () => runTrace(trace, policies, options);
    runs.push(await step(`${trace.name}: ${policies.length} policies`, run));
  }
  const result = resultOf(runs, policies, resultSettings(settings));
  const title = "What each rule makes of the same load";
  return {
    table: renderTables(result),
    json: result,
    page: () => renderHtml({ title, result, runs, policies }),
  };
}

function withWindows(one: Contestant, tenant: Tenant): Contestant {
  return one.name === OURS ? contestant(flinktidePolicy(tenant)) : one;
}

/** The settings that decide the figures. */
export function resultSettings({ days, seed, price, plant }: Settings): ResultSettings {
  return { days: days ?? null, seed, price, plant };
}
