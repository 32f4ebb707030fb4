import { UserError } from "../errors";

/** An object of a cluster, as `kubernetes://NAMESPACE/NAME` names it. */
export interface ObjectName {
  namespace: string;
  name: string;
}

export const KUBERNETES_SCHEME = "kubernetes://";
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const OBJECT_URL = new RegExp(`^${KUBERNETES_SCHEME}(${LABEL})/(${LABEL}(?:\\.${LABEL})*)$`);

/** True for what is meant to be in a cluster, also where it is not a right URL. */
export function isInKubernetes(place: string): boolean {
  return place.startsWith(KUBERNETES_SCHEME);
}

/** `what`: for the message, such as "the journal". Throws UserError for what is not such a URL. */
export function parseObjectUrl(url: string, what: string): ObjectName {
  const [, namespace, name] = OBJECT_URL.exec(url) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new UserError(
    `${url} does not say where ${what} is. Fix: give ${KUBERNETES_SCHEME}NAMESPACE/NAME, in lower-case letters, ` +
      "digits and hyphens.",
  );
}
