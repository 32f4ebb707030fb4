import { exceptionRules } from "./exception-rules";
import { minimumTaskManagerMiB, MINIMUM_JOB_MANAGER_MIB } from "./flink-memory";
import type { Problem } from "./problem";
import { jobRules } from "./job-rules";
import {
  allBounds,
  mostTaskManagers,
  present,
  type PartialTenant,
  type Rule,
} from "./tenant-parts";
import { printMemory } from "./units";
import { windowRules } from "./window-rules";

/** What holds between settings. Each rule takes what parsed well and gives its problems. */

const floorWithinCeiling: Rule = (tenant) =>
  allBounds(tenant).flatMap(({ path, bounds: { floor, ceiling } }) =>
    floor !== undefined && ceiling !== undefined && floor > ceiling
      ? [
          {
            path: `${path}.floor`,
            value: floor,
            fault: `it is above the ceiling of ${ceiling}`,
            fix: `lower it to at most ${ceiling}, or raise the ceiling`,
          },
        ]
      : [],
  );

const ceilingWithinQuota: Rule = (tenant) => {
  const quota = tenant.quota?.taskManagers;
  if (quota === undefined) return [];
  return allBounds(tenant).flatMap(({ path, bounds }) => {
    const { setting, value } = mostTaskManagers(bounds);
    if (value <= quota) return [];
    return [
      {
        path: `${path}.${setting}`,
        value,
        fault: `it is above the tenant's quota of ${quota} TaskManagers`,
        fix: `lower it to at most ${quota}, or raise quota.taskManagers`,
      },
    ];
  });
};

const portsSuffice: Rule = (tenant) => {
  const range = tenant.taskManager?.dataPorts;
  if (range === undefined) return [];
  const size = range.to - range.from + 1;
  const most = Math.max(
    0,
    ...allBounds(tenant).map(({ bounds }) => mostTaskManagers(bounds).value),
  );
  if (most <= size) return [];
  return [
    {
      path: "taskManager.dataPorts",
      value: `${range.from}-${range.to}`,
      fault: `it has ports for ${size}, but the highest ceiling is ${most} TaskManagers`,
      fix: `widen it to ${most} ports, such as ${Math.min(range.from, 65536 - most)}-${Math.min(range.from + most - 1, 65535)}, or lower the ceiling to ${size}`,
    },
  ];
};

const restPortIsFree: Rule = ({ jobManager, taskManager }) => {
  const ports = taskManager?.dataPorts;
  const port = jobManager?.restPort;
  if (ports === undefined || port === undefined || port < ports.from || port > ports.to) return [];
  return [
    {
      path: "jobManager.restPort",
      value: port,
      fault: `it lies within taskManager.dataPorts of ${ports.from}-${ports.to}`,
      fix: "give a port outside this range",
    },
  ];
};

const taskManagerMemorySuffices: Rule = ({ taskManager }) => {
  if (taskManager === undefined) return [];
  const least = minimumTaskManagerMiB(taskManager.managedMemory);
  if (taskManager.memory >= least) return [];
  return [
    {
      path: "taskManager.memory",
      value: printMemory(taskManager.memory),
      fault: `Flink needs at least ${printMemory(least)} with ${printMemory(taskManager.managedMemory)} of managed memory`,
      fix: `raise it to ${printMemory(least)} or more, or lower taskManager.managedMemory`,
    },
  ];
};

const jobManagerMemorySuffices: Rule = ({ jobManager }) =>
  jobManager === undefined || jobManager.memory >= MINIMUM_JOB_MANAGER_MIB
    ? []
    : [
        {
          path: "jobManager.memory",
          value: printMemory(jobManager.memory),
          fault: `Flink needs at least ${printMemory(MINIMUM_JOB_MANAGER_MIB)}`,
          fix: `raise it to ${printMemory(MINIMUM_JOB_MANAGER_MIB)} or more`,
        },
      ];

const namesAreUnique: Rule = ({ jobs, windows, exceptions, topics }) =>
  Object.entries({ jobs, windows, exceptions, topics }).flatMap(([list, items]) =>
    present<{ name: string }>(items).flatMap(({ item, index }, place, all) =>
      all.findIndex((other) => other.item.name === item.name) < place
        ? [
            {
              path: `${list}[${index}].name`,
              value: item.name,
              fault: `the name is used twice under ${list}`,
              fix: "give each its own name",
            },
          ]
        : [],
    ),
  );

const RULES: readonly Rule[] = [
  namesAreUnique,
  ...windowRules,
  floorWithinCeiling,
  ceilingWithinQuota,
  portsSuffice,
  restPortIsFree,
  taskManagerMemorySuffices,
  jobManagerMemorySuffices,
  ...jobRules,
  ...exceptionRules,
];

/** All problems between settings, in the order of the rules. */
export function crossProblems(tenant: PartialTenant): Problem[] {
  return RULES.flatMap((rule) => rule(tenant));
}
