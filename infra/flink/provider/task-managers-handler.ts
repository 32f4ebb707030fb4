import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { kubernetesApi } from "../../kubernetes/api";
import { HEADROOM_KINDS } from "../../../policies/kubernetes/headroom";
import { UserError } from "../../errors";
import { HeldRoom } from "../../kubernetes/held-room";
import { parseObjectUrl } from "../../kubernetes/object-url";
import { TaskManagerCount } from "../../kubernetes/task-manager-count";
import { leaveIdle } from "../leave";
import { FlinkRestClient } from "../rest-client";
import { checkAgainst, hasUnknowns, type ResourceHandler } from "./resource-handler";

/** The inputs of the resource `flink:index:TaskManagers`. */
export const taskManagersSchema = z.strictObject({
  /** Base URL of the JobManager's REST API. */
  restUrl: z.url(),
  /** Namespace that the TaskManagers are in. */
  namespace: z.string().min(1),
  /** How many there are to be, at least. */
  taskManagers: z.int().nonnegative(),
  /** How many an autoscaler keeps at most once this is done; left out: there is none. */
  most: z.int().positive().optional(),
  /** What holds room for them, as `kubernetes://NAMESPACE/NAME`; left out: nothing does. */
  headroom: z.strictObject({ kind: z.enum(HEADROOM_KINDS), url: z.string() }).optional(),
});
export type TaskManagersInput = z.input<typeof taskManagersSchema>;

type Wanted = z.output<typeof taskManagersSchema>;

async function countIn(namespace: string): Promise<TaskManagerCount> {
  return new TaskManagerCount(await kubernetesApi(), namespace);
}

/**
 * As much room goes first: TaskManagers that had to push pods aside would come later, and what holds room would ask for
 * it anew elsewhere.
 */
async function raise({ namespace, taskManagers, headroom }: Wanted): Promise<void> {
  const count = await countIn(namespace);
  if (headroom !== undefined) {
    const { kind, url } = headroom;
    const room = new HeldRoom(await kubernetesApi(), kind, parseObjectUrl(url, "the headroom"));
    await room.giveWay(taskManagers - ((await count.wanted()) ?? taskManagers));
  }
  await count.raise(taskManagers);
}

/** Throws UserError where some stay that the autoscaler would then take away, with what runs on them. */
async function lower({ restUrl, namespace, taskManagers, most }: Wanted): Promise<void> {
  const count = await countIn(namespace);
  await leaveIdle(new FlinkRestClient(restUrl), count, taskManagers);
  const left = (await count.wanted()) ?? 0;
  if (most === undefined || left <= most) return;
  throw new UserError(
    `${left} TaskManagers stay in ${namespace}, since jobs hold slots of theirs, and the autoscaler is to keep ${most} ` +
      "at most: it would take some away on which something runs. Its bounds were left as they were. " +
      "Fix: run again once the slots have been given back; the conductor does so by itself.",
  );
}

/**
 * The number of TaskManagers, as an update leaves it: raised at once, without waiting for the autoscaler, and lowered
 * by those on which nothing runs. What the autoscaler adds later is no drift.
 */
export const taskManagersHandler: ResourceHandler = {
  inputs: Object.keys(taskManagersSchema.shape),
  outputs: Object.keys(taskManagersSchema.shape),
  check: (news) => checkAgainst(taskManagersSchema, news),
  async diff(olds, news) {
    return { changes: hasUnknowns(news) || !isDeepStrictEqual(olds, news) };
  },
  async create(inputs) {
    const outs = taskManagersSchema.parse(inputs);
    await raise(outs);
    return { id: `${outs.namespace}-task-managers`, outs };
  },
  async read(id, props) {
    return { id, props, inputs: props };
  },
  async update(olds, news) {
    const [before, wanted] = [olds, news].map((each) => taskManagersSchema.parse(each));
    if (before === undefined || wanted === undefined) throw new Error("an update has two sides");
    await (wanted.taskManagers >= before.taskManagers ? raise(wanted) : lower(wanted));
    return wanted;
  },
  async delete() {},
};
