import { crashContainer } from "../driver/cleanup";
import type { ScratchEnvironment } from "../driver/scratch-environment";
import type { Breaker } from "./breaker";
import { startContainer, stopContainer } from "./containers";

/** Breaks the containers of a tenant and its platform. */
export function dockerBreaker(environment: ScratchEnvironment, tenant: string): Breaker {
  const containers = { jobmanager: "jobmanager", taskmanager: "taskmanager-1" };
  const shared = (part: string) => `${environment.name}-${part}`;
  return {
    crash: (process) => crashContainer(environment.container(tenant, containers[process])),
    stop: (part) => stopContainer(shared(part)),
    start: (part) => startContainer(shared(part)),
    close: () => Promise.resolve(),
  };
}
