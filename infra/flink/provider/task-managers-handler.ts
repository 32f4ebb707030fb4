import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { kubernetesApi } from "../../kubernetes/api";
import { Balloons } from "../../kubernetes/balloons";
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
  /** Deployment whose pods hold room for them, as `kubernetes://NAMESPACE/NAME`; left out: there is none. */
  headroom: z.string().optional(),
});
export type TaskManagersInput = z.input<typeof taskManagersSchema>;

type Wanted = z.output<typeof taskManagersSchema>;

async function countIn(namespace: string): Promise<TaskManagerCount> {
  return new TaskManagerCount(await kubernetesApi(), namespace);
}

/** Those that are started take the place of pods that hold room, which so are not made anew elsewhere. */
async function raise({ namespace, taskManagers, headroom }: Wanted): Promise<void> {
  const at = headroom === undefined ? undefined : parseObjectUrl(headroom, "the headroom");
  const started = await (await countIn(namespace)).raise(taskManagers);
  if (at !== undefined) await new Balloons(await kubernetesApi(), at).giveWay(started);
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
    const { restUrl, namespace, taskManagers } = wanted;
    if (taskManagers >= before.taskManagers) await raise(wanted);
    else await leaveIdle(new FlinkRestClient(restUrl), await countIn(namespace), taskManagers);
    return wanted;
  },
  async delete() {},
};
