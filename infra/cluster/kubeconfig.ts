export interface KubeconfigArgs {
  /** `https://host:port` */
  server: string;
  /** PEM of the authority that signed the server's certificate. */
  authority: Buffer;
  /** PEM of the user's certificate and key. */
  certificate: Buffer;
  key: Buffer;
}

/** A kubeconfig with one cluster and one user, as JSON, which is YAML too. */
export function renderKubeconfig({ server, authority, certificate, key }: KubeconfigArgs): string {
  const base64 = (pem: Buffer) => pem.toString("base64");
  const name = "flinktide";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(authority) } }],
    users: [
      {
        name,
        user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
