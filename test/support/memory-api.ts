import type { z } from "zod";
import { KubernetesApiError, type ApiRequest, type ObjectApi } from "../../infra/kubernetes/api";
import type { Gated } from "./lease-race";

interface Stored {
  metadata: { name: string; resourceVersion?: string };
}

/** An API server's objects in memory, for stories in which nothing may take time of its own. */
export class MemoryApi {
  readonly objects = new Map<string, Stored>();
  private version = 0;

  /** `careless`: replaces whatever version is there. */
  constructor(private readonly careless = false) {}

  /** As one process sees them. */
  seenBy(gated: Gated): ObjectApi {
    const request = <T>(asked: ApiRequest, type: z.ZodType<T>) =>
      gated(async () => type.parse(this.answer(asked)));
    const find = async <T>(path: string, type: z.ZodType<T>) => {
      const found = gated(async () => this.objects.get(path));
      return (await found) === undefined ? undefined : type.parse(await found);
    };
    return { request, find };
  }

  private answer({ method, path, body }: ApiRequest): Stored {
    const wanted = body as Stored;
    const at = method === "POST" ? `${path}/${wanted.metadata.name}` : path;
    const found = this.objects.get(at);
    const isNewest = wanted.metadata.resourceVersion === found?.metadata.resourceVersion;
    if (!isNewest && !this.careless) {
      throw new KubernetesApiError(`${method} ${at}`, 409, "conflict");
    }
    const resourceVersion = String(++this.version);
    const stored = { ...wanted, metadata: { ...wanted.metadata, resourceVersion } };
    this.objects.set(at, stored);
    return stored;
  }
}
