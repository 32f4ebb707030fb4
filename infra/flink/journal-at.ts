import { kubernetesApi } from "../kubernetes/api";
import { ConfigMapJournal } from "../kubernetes/config-map-journal";
import { isInKubernetes, parseObjectUrl } from "../kubernetes/object-url";
import { JournalFile, type JournalStore } from "./journal";

/**
 * The journal at a place: a file's path, or `kubernetes://NAMESPACE/CONFIGMAP`. Throws UserError for a wrong URL.
 *
 * @param patienceMs how long a cluster is waited for that does not answer. @default 30000
 */
export function journalAt(place: string, patienceMs?: number): JournalStore {
  if (!isInKubernetes(place)) return new JournalFile(place);
  return new ConfigMapJournal(kubernetesApi, parseObjectUrl(place, "the journal"), patienceMs);
}
