import axios, { isAxiosError, type AxiosRequestConfig } from "axios";
import { z } from "zod";
import { UserError } from "../errors";
import { findAccess, type ClusterAccess } from "./access";

/** A request that the API server did not answer, or refused. For people; `status` tells cases apart. */
export class KubernetesApiError extends UserError {
  constructor(
    readonly call: string,
    /** HTTP status; undefined where no answer came, so that it may have been done. */
    readonly status: number | undefined,
    /** What the server says of it. */
    readonly detail: string,
  ) {
    super(`${call}: ${detail}. Fix: ${fixFor(status)}.`);
    this.name = "KubernetesApiError";
  }
}

function fixFor(status: number | undefined): string {
  if (status === undefined) {
    return "see that the cluster runs and that this machine reaches its API server (kubectl version), then run again";
  }
  if (status === 401)
    return "log in to the cluster anew (kubectl get namespaces tells whether it works)";
  if (status === 403)
    return "let the user of the kubeconfig do that, or take the context of one who may";
  return "look at what the message names, then run again";
}

/** How the API server says no (metav1.Status). */
const statusSchema = z.object({
  kind: z.literal("Status"),
  apiVersion: z.literal("v1"),
  message: z.string().default("it gives no reason"),
});

/** Why the API server itself refuses; undefined for an answer of whom it stands before. */
export function apiServerRefusal(data: unknown): string | undefined {
  return statusSchema.safeParse(data).data?.message;
}

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the API server's root, for instance /api/v1/namespaces. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** For the answer. @default 10000 */
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Requests to a cluster's API server, as far as flinktide makes them. Each is sent once. */
export class KubernetesApi {
  constructor(readonly access: ClusterAccess) {}

  /** Throws KubernetesApiError; for an answer that is not of the type, too. */
  async request<T>(request: ApiRequest, type: z.ZodType<T>): Promise<T> {
    const { method, path, query, body, timeoutMs: timeout = TIMEOUT_MS } = request;
    const call = `${method} ${this.access.server}${path}`;
    const { headers, agent } = await this.access.credentials();
    const merge = method === "PATCH" ? { "Content-Type": "application/merge-patch+json" } : {};
    const config: AxiosRequestConfig = {
      ...{ method, url: `${this.access.server}${path}`, params: query, data: body },
      ...{ headers: { ...headers, ...merge }, httpAgent: agent, httpsAgent: agent },
      ...{ timeout, proxy: false, maxRedirects: 0 },
    };
    let data: unknown;
    try {
      data = (await axios.request<unknown>(config)).data;
    } catch (error) {
      throw apiError(call, error);
    }
    const parsed = type.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new KubernetesApiError(call, 200, `unexpected answer: ${z.prettifyError(parsed.error)}`);
  }

  /** undefined where there is no such object. */
  async find<T>(
    path: string,
    type: z.ZodType<T>,
    { timeoutMs }: Pick<ApiRequest, "timeoutMs"> = {},
  ): Promise<T | undefined> {
    return unlessStatus(404, this.request({ method: "GET", path, timeoutMs }, type));
  }
}

/** What asks for objects alone. */
export type ObjectApi = Pick<KubernetesApi, "request" | "find">;

/** undefined where the API server refuses with this status. */
export async function unlessStatus<T>(status: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === status) return undefined;
    throw error;
  }
}

function apiError(call: string, error: unknown): KubernetesApiError {
  if (!isAxiosError(error)) return new KubernetesApiError(call, undefined, String(error));
  if (error.response === undefined) return new KubernetesApiError(call, undefined, error.message);
  const { status, data } = error.response;
  return new KubernetesApiError(call, status, apiServerRefusal(data) ?? `status ${status}`);
}

let ours: Promise<KubernetesApi> | undefined;

/** The cluster that the kubeconfig names, or that this process runs in; found once. Throws UserError: see findAccess. */
export function kubernetesApi(): Promise<KubernetesApi> {
  ours ??= findAccess().then(
    (access) => new KubernetesApi(access),
    (error: unknown) => {
      ours = undefined;
      throw error;
    },
  );
  return ours;
}
