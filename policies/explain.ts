import { NO_WINDOW, type Decision, type Reason } from "./decision";
import { printDuration } from "./units";

/** One plain sentence with numbers. */
export function explain(decision: Decision): string {
  const { from, to } = decision;
  const changes = [
    printChange("TaskManagers", from?.taskManagers, to.taskManagers),
    ...Object.entries(to.parallelism).map(([job, p]) =>
      printChange(`${job} parallelism`, from?.parallelism[job], p),
    ),
  ];
  const why = decision.reasons.map(printReason).join("; ");
  const window =
    decision.window === NO_WINDOW ? "outside the windows" : `window ${decision.window}`;
  return `${changes.join(", ")} (${window}, ${decision.floor} to ${decision.ceiling} TaskManagers): ${why}.`;
}

function printChange(what: string, from: number | undefined, to: number): string {
  return from === undefined || from === to ? `${what} ${to}` : `${what} ${from} -> ${to}`;
}

/** A reason without a full stop. */
export function printReason(reason: Reason): string {
  switch (reason.kind) {
    case "first-plan":
      return "nothing ran before";
    case "window-opened":
      return printWindowChange(reason.before, reason.window);
    case "config-changed":
      return reason.window === NO_WINDOW
        ? "the configuration outside the windows changed"
        : `the configuration of window ${reason.window} changed`;
    case "clamped":
      return `${reason.what} limited from ${reason.wanted} to ${reason.given} by ${reason.limit}`;
    case "held":
      return `held at ${reason.taskManagers} TaskManagers by hand until ${reason.until}`;
    case "hold-ended":
      return `the hold at ${reason.taskManagers} TaskManagers is over`;
    case "regranted":
      return `more than ${reason.before === 1 ? "1 TaskManager" : `${reason.before} TaskManagers`} can be had again of what tenants share`;
    case "slots":
      return `only ${reason.available} of ${reason.total} slots are free`;
    case "other-slots":
      return `jobs that are not in the plan hold ${reason.slots === 1 ? "1 slot" : `${reason.slots} slots`}`;
    default:
      return printLoad(reason);
  }
}

type LoadReason = Extract<Reason, { kind: "load" | "forecast" | "less-load" | "rates" }>;

function printLoad(reason: LoadReason): string {
  switch (reason.kind) {
    case "load": {
      const { job, vertex, ratePerSecond, capacityPerSecond, backlogRecords } = reason;
      const who = vertex === "" ? job : `${job} (${vertex} is full first)`;
      const lag = `${count(backlogRecords)} wait, ${tenths(reason.lagSeconds)} s behind`;
      return `${count(ratePerSecond)} records/s arrive for ${who}, which processes ${count(capacityPerSecond)}; ${lag}, ${tenths(reason.foreseenLagSeconds)} s foreseen`;
    }
    case "forecast": {
      const ago = printDuration(reason.agoMinutes * 60_000);
      return `${count(reason.ratePerSecond)} records/s are expected for ${reason.job} as ${ago} ago (off by ${percent(reason.error)} lately), and it processes ${count(reason.capacityPerSecond)}`;
    }
    case "less-load": {
      const { job, slots, windowSeconds, capacityPerSecond } = reason;
      return `${job} needed at most ${slots} slots in the last ${Math.round(windowSeconds)} s: ${count(reason.ratePerSecond)} records/s arrive, and it could process ${count(capacityPerSecond)}`;
    }
    case "rates": {
      const { job, producedPerSecond, consumedPerSecond, backlogRecords } = reason;
      return `${count(producedPerSecond)} records/s arrive for ${job} and ${count(consumedPerSecond)} are processed; ${count(backlogRecords)} wait`;
    }
  }
}

const count = (value: number) => Math.round(value).toLocaleString("en-US");
const tenths = (value: number) => (Math.round(value * 10) / 10).toString();
const percent = (share: number) => `${Math.round(share * 100)} %`;

function printWindowChange(before: string, after: string): string {
  if (before === NO_WINDOW) return `window ${after} opened`;
  if (after === NO_WINDOW) return `window ${before} closed`;
  return `window ${after} opened after ${before}`;
}
