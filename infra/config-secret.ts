import * as pulumi from "@pulumi/pulumi";

/** The value of a config key outside flinktide's own, such as `collector:orders`, marked secret. */
export function configSecret(configKey: string): pulumi.Output<string> {
  const [namespace, key = ""] = configKey.split(":");
  return new pulumi.Config(namespace).requireSecret(key);
}
