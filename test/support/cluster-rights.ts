import { z } from "zod";
import type { Cluster } from "../../infra/cluster/cluster";
import { kubectl } from "../../infra/cluster/kubectl";
import type { AccessRule } from "../../policies/kubernetes/access";

/** What Kubernetes lets everybody do who is known. */
export const EVERYBODY: AccessRule[] = [
  {
    apiGroups: ["authorization.k8s.io"],
    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    verbs: ["create"],
  },
  { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
];

const reviewSchema = z.object({
  status: z.object({
    resourceRules: z.array(
      z.object({
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        resourceNames: z.array(z.string()).optional(),
        verbs: z.array(z.string()),
      }),
    ),
  }),
});

/** What an account (NAMESPACE:NAME) may do in a namespace, as `kubectl auth can-i --list` tells it. */
export async function rightsIn(
  cluster: Cluster,
  account: string,
  namespace: string,
): Promise<AccessRule[]> {
  const [apiVersion, kind] = ["authorization.k8s.io/v1", "SelfSubjectRulesReview"];
  const input = JSON.stringify({ apiVersion, kind, spec: { namespace } });
  const path = `/apis/${apiVersion}/selfsubjectrulesreviews`;
  const as = `--as=system:serviceaccount:${account}`;
  const answer = await kubectl(cluster, ["create", "--raw", path, "-f", "-", as], { input });
  return reviewSchema.parse(JSON.parse(answer)).status.resourceRules;
}
