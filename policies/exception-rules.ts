import { slotShortage } from "./job-rules";
import type { InForce, Schedule } from "./layers";
import type { Problem } from "./problem";
import type { Exception } from "./tenant";
import { allJobs, present, type PartialTenant, type Rule } from "./tenant-parts";
import { openingsOnDays } from "./time-window";
import { WindowTimeline } from "./window-timeline";

/** What holds between exceptions and what they lie over. */

const exceptionsChangeSomething: Rule = ({ exceptions }) =>
  present(exceptions).flatMap(({ item, index }) => {
    const { floor, ceiling, parallelism, closed, skip } = item;
    if (floor ?? ceiling ?? parallelism) return [];
    if (closed || skip.length > 0) return [];
    return [
      {
        path: `exceptions[${index}]`,
        value: item.name,
        fault: "it changes nothing",
        fix: "give it a floor, a ceiling, a parallelism, closed or skip",
      },
    ];
  });

const skippedWindowsExist: Rule = ({ windows, exceptions }) => {
  const known = present(windows).map(({ item }) => item.name);
  if (windows !== undefined && known.length < windows.length) return [];
  return present(exceptions).flatMap(({ item, index }) =>
    item.skip.flatMap((name, place) =>
      known.includes(name)
        ? []
        : [
            {
              path: `exceptions[${index}].skip[${place}]`,
              value: name,
              fault: "there is no window of this name",
              fix: `use one of ${known.join(", ") || "the windows you list under windows"}`,
            },
          ],
    ),
  );
};

/** The windows, exceptions and jobs; undefined where some did not parse, and what comes of them can't be told. */
function scheduleOf(tenant: PartialTenant): Schedule | undefined {
  const all = <T>(list: readonly (T | undefined)[] = []) => {
    const items = present(list).map(({ item }) => item);
    return items.length === list.length ? items : undefined;
  };
  const [windows, exceptions, jobs] = [
    all(tenant.windows),
    all(tenant.exceptions),
    allJobs(tenant),
  ];
  const { otherwise } = tenant;
  return windows && exceptions && jobs && otherwise && { windows, exceptions, jobs, otherwise };
}

/** All that is in force at some time of an exception, each once. */
function during(exception: Exception, timeline: WindowTimeline): InForce[] {
  const found = new Set<InForce>();
  const times = exception.dates.flatMap((days) => openingsOnDays(exception, days));
  for (const { fromMs, toMs } of times) {
    for (let at = fromMs; at < toMs; at = timeline.at(at).toMs) found.add(timeline.at(at).inForce);
  }
  return [...found];
}

/** Whatever an exception lies over, the ceiling that comes of both has slots for the parallelism that does. */
const exceptionsHaveSlots: Rule = (tenant) => {
  const schedule = scheduleOf(tenant);
  const slots = tenant.taskManager?.slots;
  if (schedule === undefined || slots === undefined) return [];
  const timeline = new WindowTimeline(schedule);
  return schedule.exceptions.flatMap((exception, index) => {
    const { name, ceiling, parallelism } = exception;
    const value = ceiling ?? parallelism;
    if (value === undefined) return [];
    return during(exception, timeline).flatMap(({ layers, bounds }): Problem[] => {
      const short = layers.includes(name) && slotShortage(bounds, schedule.jobs, slots);
      if (!short) return [];
      const under = layers.filter((layer) => layer !== name).join(" and ");
      return [
        {
          path: `exceptions[${index}].${ceiling === undefined ? "parallelism" : "ceiling"}`,
          value,
          fault: `${under === "" ? "" : `over ${under}, `}${short.fault}`,
          fix:
            ceiling === undefined
              ? `lower it, or give the exception a ceiling of ${short.needed}`
              : `raise it to ${short.needed}, or give the exception a lower parallelism`,
        },
      ];
    });
  });
};

export const exceptionRules: readonly Rule[] = [
  exceptionsChangeSomething,
  skippedWindowsExist,
  exceptionsHaveSlots,
];
