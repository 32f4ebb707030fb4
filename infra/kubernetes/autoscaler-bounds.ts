import { z } from "zod";
import { waitFor } from "../flink/wait";
import type { ObjectApi } from "./api";
import { FLINK_NAMES } from "./names";

/** Pods that an autoscaler keeps at least and at most. */
interface Range {
  least: number;
  most: number;
}

/** An object that says them, and how. */
interface Kind {
  /** Group, version and resource in the API's paths. */
  group: string;
  resource: string;
  least: string;
  most: string;
}

const AUTOSCALER: Kind = {
  ...{ group: "autoscaling/v2", resource: "horizontalpodautoscalers" },
  ...{ least: "minReplicas", most: "maxReplicas" },
};
/** KEDA makes a HorizontalPodAutoscaler from it, and makes that one like it again whenever they differ. */
const SCALED_OBJECT: Kind = {
  ...{ group: "keda.sh/v1alpha1", resource: "scaledobjects" },
  ...{ least: "minReplicaCount", most: "maxReplicaCount" },
};

const ownersSchema = z.object({
  metadata: z.object({ ownerReferences: z.array(z.object({ kind: z.string() })).default([]) }),
});

/** KEDA takes less than a second for it while it runs. */
const CARRIED_MS = 30_000;

/**
 * The bounds of a tenant's autoscaler, wherever they are said: by the HorizontalPodAutoscaler itself, or by the
 * ScaledObject of KEDA's that it is made from.
 */
export class AutoscalerBounds {
  private constructor(
    private readonly api: ObjectApi,
    private readonly namespace: string,
    private readonly kind: Kind,
    /** As they were found. */
    private readonly found: Range,
    private readonly carriedMs: number,
  ) {}

  /**
   * undefined where there is no autoscaler.
   *
   * @param carriedMs how long the autoscaler may take to know of what is said elsewhere
   */
  static async find(
    api: ObjectApi,
    namespace: string,
    carriedMs = CARRIED_MS,
  ): Promise<AutoscalerBounds | undefined> {
    const autoscaler = await api.find(pathOf(AUTOSCALER, namespace), ownersSchema);
    if (autoscaler === undefined) return undefined;
    const owners = autoscaler.metadata.ownerReferences.map(({ kind }) => kind);
    const kind = owners.includes("ScaledObject") ? SCALED_OBJECT : AUTOSCALER;
    const found = await api.find(pathOf(kind, namespace), rangeSchema(kind));
    return found && new AutoscalerBounds(api, namespace, kind, found, carriedMs);
  }

  /**
   * Has the autoscaler make no more pods than these. False where it does not come to know of it: what it is made from
   * says so, and nobody carries that over.
   */
  async lower(pods: number): Promise<boolean> {
    const range = { ...this.around(pods), most: Math.max(1, pods) };
    await this.say(range);
    return this.inForce((now) => now.least <= range.least && now.most <= range.most);
  }

  /** Lets it make as many as before again, beyond these that are to be there. */
  restore(pods: number): Promise<void> {
    return this.say(this.around(pods));
  }

  /** Whether the autoscaler leaves so many pods, once it knows of what it is made from. */
  allows(pods: number): Promise<boolean> {
    return this.inForce(({ most }) => most >= pods);
  }

  /** A floor beyond what is to be there would have pods made. */
  private around(pods: number): Range {
    const { least, most } = this.found;
    return { least: Math.max(1, Math.min(least, pods)), most };
  }

  private async say({ least, most }: Range): Promise<void> {
    const body = { spec: { [this.kind.least]: least, [this.kind.most]: most } };
    const path = pathOf(this.kind, this.namespace);
    await this.api.request({ method: "PATCH", path, body }, z.unknown());
  }

  /** One that is gone undoes nothing. */
  private async inForce(holds: (now: Range) => boolean): Promise<boolean> {
    const path = pathOf(AUTOSCALER, this.namespace);
    const held = await waitFor(async () => {
      const now = await this.api.find(path, rangeSchema(AUTOSCALER));
      return now === undefined || holds(now) || undefined;
    }, this.carriedMs);
    return held === true;
  }
}

function rangeSchema({ least, most }: Kind) {
  return z
    .object({ spec: z.looseObject({ [least]: z.int().default(1), [most]: z.int() }) })
    .transform(({ spec }): Range => ({ least: Number(spec[least]), most: Number(spec[most]) }));
}

function pathOf({ group, resource }: Kind, namespace: string): string {
  return `/apis/${group}/namespaces/${namespace}/${resource}/${FLINK_NAMES.taskManager}`;
}
