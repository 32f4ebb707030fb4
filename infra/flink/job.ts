import * as pulumi from "@pulumi/pulumi";
import type { JobTargetInput } from "./job-target";
import type { ImagePushInput } from "./provider/image-push-handler";
import type { TaskManagersInput } from "./provider/task-managers-handler";
import type { TopicInput } from "./provider/topic-handler";

type Inputs<T> = { [K in keyof T]: pulumi.Input<T[K]> };

/** A Flink job (`flink:index:Job`), run by this project's own provider. */
export class Job extends pulumi.CustomResource {
  declare readonly jobId: pulumi.Output<string>;
  declare readonly parallelism: pulumi.Output<number>;
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: Inputs<JobTargetInput>, opts?: pulumi.CustomResourceOptions) {
    const outputs = { jobId: undefined, state: undefined, lineage: undefined, snapshot: undefined };
    super("flink:index:Job", name, { ...args, ...outputs }, opts);
  }
}

/** A Kafka topic (`flink:index:Topic`), made by this project's own provider. */
export class Topic extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<TopicInput>, opts?: pulumi.CustomResourceOptions) {
    super("flink:index:Topic", name, { ...args }, opts);
  }
}

/** The number of TaskManagers of a cluster on Kubernetes (`flink:index:TaskManagers`); see taskManagersHandler. */
export class TaskManagers extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<TaskManagersInput>, opts?: pulumi.CustomResourceOptions) {
    super("flink:index:TaskManagers", name, { ...args }, opts);
  }
}

/** An image in a registry (`flink:index:ImagePush`); see imagePushHandler. */
export class ImagePush extends pulumi.CustomResource {
  declare readonly digest: pulumi.Output<string>;

  constructor(name: string, args: Inputs<ImagePushInput>, opts?: pulumi.CustomResourceOptions) {
    super("flink:index:ImagePush", name, { ...args, digest: undefined }, opts);
  }
}
