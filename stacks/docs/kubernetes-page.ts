import { stringify } from "yaml";
import {
  CONDUCTOR_KEDA_ACCESS,
  CONDUCTOR_TENANT_ACCESS,
  conductorPlatformAccess,
  FLINK_ACCESS,
  headroomAccess,
  type AccessRule,
} from "../../policies/kubernetes/access";
import { ADAPTER_RULES } from "../../policies/kubernetes/pressure-rule";
import { KEDA_FLOWS, platformFlows, tenantFlows, type Flow } from "../../policies/kubernetes/flows";
import { CONDUCTOR_NAMES, headroomOf } from "../../infra/kubernetes/names";
import { markdownTable, replaceBetween } from "./reference";

const API = { apiServerPort: 6443 };

/** docs/kubernetes.md with what it takes from the policies, made anew between its markers. */
export function renderKubernetesPage(page: string): string {
  const { lease, stacks } = CONDUCTOR_NAMES;
  const { name: headroom } = headroomOf({ environment: "prod", tenant: "acme" });
  const parts = [
    ["adapter-rule", yamlBlock({ externalRules: ADAPTER_RULES })],
    ["flows", flowsTable([...tenantFlows(API), ...platformFlows(API)])],
    ["flows-keda", flowsTable(KEDA_FLOWS)],
    ["rights-flink", rightsTable(FLINK_ACCESS)],
    ["rights-conductor", rightsTable(CONDUCTOR_TENANT_ACCESS)],
    ["rights-conductor-keda", rightsTable(CONDUCTOR_KEDA_ACCESS)],
    ["rights-conductor-platform", rightsTable(conductorPlatformAccess({ lease, stacks }))],
    ["rights-conductor-headroom", rightsTable(headroomAccess(headroom, "pods"))],
  ] as const;
  return parts.reduce((text, [name, content]) => replaceBetween(text, name, content), page);
}

function yamlBlock(content: object): string {
  return `\`\`\`yaml\n${stringify(content, { lineWidth: 0 })}\`\`\``;
}

function flowsTable(flows: readonly Flow[]): string {
  const rows = flows.map(({ from, to, port, protocol, why }) => [
    from,
    to,
    `${port}/${protocol}`,
    why,
  ]);
  return markdownTable(["from", "to", "port", "for"], rows);
}

function rightsTable(rules: readonly AccessRule[]): string {
  const rows = rules.map(({ apiGroups: [group = ""], resources, resourceNames, verbs }) => [
    resources
      .map((resource) => `\`${group === "" ? resource : `${resource}.${group}`}\``)
      .join(", "),
    resourceNames?.map((name) => `\`${name}\``).join(", ") ?? "all",
    verbs.join(", "),
  ]);
  return markdownTable(["what", "which", "may"], rows);
}
