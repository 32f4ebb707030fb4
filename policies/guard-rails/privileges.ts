import type { Problem } from "../problem";
import {
  at,
  isContainer,
  podContainers,
  podPath,
  problem,
  type GuardedResource,
  type ResourceRule,
} from "./resource";

const PRIVILEGED = {
  fault: "a privileged container is root on its machine",
  fix: "remove it, and add single capabilities in a stack of your own if you must",
};
const ESCALATES = {
  fault: "a process in it may get more rights than it was started with",
  fix: "set it to false",
};
const CAPABILITIES = {
  fault: "it adds rights that no process of flinktide needs",
  fix: "remove it",
};
const SHARED = {
  fault: "it shares the machine's processes or memory with the container",
  fix: "remove it, so that the container has its own",
};

/** No container may do more on its machine than on its own. */
export const noPrivileges: ResourceRule = {
  name: "no-privileges",
  says: "No container is privileged, adds capabilities or shares the machine's processes.",
  check: (resource) => (isContainer(resource) ? ofContainer(resource) : ofPod(resource)),
};

function ofContainer(container: GuardedResource): Problem[] {
  const found = finder(container);
  return [
    ...found("privileged", isTrue, PRIVILEGED),
    ...found("capabilities.adds", isFilled, CAPABILITIES),
    ...found("pidMode", isHost, SHARED),
    ...found("ipcMode", isHost, SHARED),
  ];
}

function ofPod(resource: GuardedResource): Problem[] {
  const path = podPath(resource);
  if (path === undefined) return [];
  const found = finder(resource);
  return [
    ...found(`${path}.hostPID`, isTrue, SHARED),
    ...found(`${path}.hostIPC`, isTrue, SHARED),
    ...podContainers(resource).flatMap((container) => {
      const inside = finder(resource, container);
      return [
        ...inside("securityContext.privileged", isTrue, PRIVILEGED),
        ...inside("securityContext.allowPrivilegeEscalation", isTrue, ESCALATES),
        ...inside("securityContext.capabilities.add", isFilled, CAPABILITIES),
      ];
    }),
  ];
}

/** Looks at paths of a resource, or of a part of it. */
function finder(resource: GuardedResource, part?: { path: string; value: unknown }) {
  return (
    path: string,
    isWrong: (value: unknown) => boolean,
    text: Pick<Problem, "fault" | "fix">,
  ): Problem[] => {
    const value = at(part === undefined ? resource.props : part.value, path);
    const full = part === undefined ? path : `${part.path}.${path}`;
    return isWrong(value) ? [problem(resource, full, value, text)] : [];
  };
}

function isTrue(value: unknown): boolean {
  return value === true;
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isHost(value: unknown): boolean {
  return value === "host";
}
