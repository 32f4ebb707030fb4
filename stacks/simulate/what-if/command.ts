import { step } from "../../../infra/progress";
import { flinktidePolicy } from "../../../policies/scaling/policy";
import { resultSettings } from "../compare";
import { resultOf } from "../json";
import { loadTraces } from "../load-traces";
import type { Settings } from "../options";
import { timelinePoints, type Output } from "../output";
import { renderHtml } from "../report/html";
import type { TraceRun } from "../runs";
import { fitted } from "../tenant-plant";
import { AFTER, BEFORE, runBoth, whatIfOf, type WhatIfInput } from "./compare";
import { whatIfSection } from "./html";
import { renderWhatIf } from "./print";
import { readTenant, type TenantVersion } from "./tenant-file";

/** flinktide under a tenant's file and under a changed one, on every trace asked for. */
export async function whatIf(settings: Settings, before: TenantVersion): Promise<Output> {
  const file = settings.whatIf ?? settings.tenant ?? "";
  const after = readTenant(file, settings.set);
  const input: WhatIfInput = {
    before,
    after,
    policyFor: flinktidePolicy,
    price: settings.price,
  };
  const traces = await loadTraces(settings, (trace) =>
    fitted(trace, before.tenant, settings.plant),
  );
  const runs: TraceRun[] = [];
  for (const trace of traces) {
    const options = { plant: settings.plant, timelinePoints: timelinePoints(settings) };
    runs.push(await step(`${trace.name}: before and after`, () => runBoth(trace, input, options)));
  }
  const found = whatIfOf(runs, input, settings.plant);
  return {
    table: renderWhatIf(found),
    json: { ...found, settings: resultSettings(settings) },
    page: () => {
      const policies = [version(BEFORE, before), version(AFTER, after)];
      const result = resultOf(runs, policies, resultSettings(settings));
      const title = `What if: ${after.tenant.name}`;
      return renderHtml({ title, result, runs, policies, sections: [whatIfSection(found)] });
    },
  };
}

function version(name: string, { label }: TenantVersion) {
  return { name, title: `${name}: ${label}`, source: "flinktide with this file", reactive: true };
}
