import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "../cached";
import { exec } from "../exec";
import { ensureProgram } from "../images/debian";
import { renderKubeconfig } from "./kubeconfig";
import { API_PORT, CLUSTER_DOMAIN, keyFile, type ClusterLayout } from "./layout";

const DAYS = "3650";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

/** What a certificate says. */
export interface Certificate {
  /** Of its files: `<name>.crt` and `<name>.key`. */
  name: string;
  authority: "ca" | "front-proxy-ca";
  /** As openssl takes it: `/O=group/CN=user`. */
  subject: string;
  /** For a server: what it is reached by, as openssl takes it; without, it is a client's. */
  names?: string;
}

/** Every certificate below the two authorities. */
export function certificatesOf({ addresses, node }: ClusterLayout): Certificate[] {
  const api = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const apiNames = [...api, `kubernetes.default.svc.${CLUSTER_DOMAIN}`, "localhost"];
  const apiAddresses = ["127.0.0.1", addresses.node, addresses.apiService];
  return [
    {
      name: "apiserver",
      authority: "ca",
      subject: "/CN=kube-apiserver",
      names: [
        ...apiNames.map((name) => `DNS:${name}`),
        ...apiAddresses.map((address) => `IP:${address}`),
      ].join(","),
    },
    {
      name: "kubelet-server",
      authority: "ca",
      subject: `/CN=${node}`,
      names: `DNS:${node},IP:${addresses.node}`,
    },
    client("apiserver-kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client"),
    { ...client("front-proxy-client", "/CN=front-proxy-client"), authority: "front-proxy-ca" },
    ...Object.entries(usersOf(node)).map(([name, subject]) => client(name, subject)),
  ];
}

/** Whoever has a kubeconfig of his own: file name and subject. */
export function usersOf(node: string): Record<string, string> {
  return {
    admin: "/O=system:masters/CN=admin",
    "kube-controller-manager": "/CN=system:kube-controller-manager",
    "kube-scheduler": "/CN=system:kube-scheduler",
    "kube-proxy": "/CN=system:kube-proxy",
    kubelet: `/O=system:nodes/CN=system:node:${node}`,
  };
}

function client(name: string, subject: string): Certificate {
  return { name, authority: "ca", subject };
}

/**
 * Makes the cluster's keys, certificates and kubeconfigs, once. With openssl: Node can't sign a certificate, and
 * openssl is on every machine that has a Docker engine.
 */
export async function ensureCertificates(layout: ClusterLayout): Promise<void> {
  await ensureProgram("openssl", ["openssl"]);
  await cached(path.dirname(keyFile(layout, "ca.crt")), async (folder) => {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const authority of ["ca", "front-proxy-ca"]) await makeAuthority(folder, authority);
    for (const certificate of certificatesOf(layout)) await makeCertificate(folder, certificate);
    await makeServiceAccountKey(folder);
    writeKubeconfigs(folder, layout);
  });
}

async function openssl(folder: string, ...args: string[]): Promise<void> {
  await exec("openssl", args, { cwd: folder });
}

async function makeAuthority(folder: string, name: string): Promise<void> {
  const usage = ["critical,CA:TRUE", "critical,digitalSignature,keyCertSign,cRLSign"] as const;
  await openssl(folder, ...request(name, `/CN=flinktide-${name}`), ...extensions(...usage));
}

async function makeCertificate(
  folder: string,
  { name, authority, subject, names }: Certificate,
): Promise<void> {
  const signer = ["-CA", `${authority}.crt`, "-CAkey", `${authority}.key`];
  const usage = extensions("CA:FALSE", "digitalSignature,keyEncipherment");
  const role = `extendedKeyUsage=${names === undefined ? "clientAuth" : "serverAuth"}`;
  const reached = names === undefined ? [] : ["-addext", `subjectAltName=${names}`];
  await openssl(
    folder,
    ...request(name, subject),
    ...signer,
    ...usage,
    "-addext",
    role,
    ...reached,
  );
}

function request(name: string, subject: string): string[] {
  const files = ["-keyout", `${name}.key`, "-out", `${name}.crt`];
  return ["req", "-x509", ...NEW_KEY, "-days", DAYS, "-subj", subject, ...files];
}

function extensions(constraints: string, usage: string): string[] {
  return ["-addext", `basicConstraints=${constraints}`, "-addext", `keyUsage=${usage}`];
}

async function makeServiceAccountKey(folder: string): Promise<void> {
  await openssl(folder, "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "sa.key");
  await openssl(folder, "ec", "-in", "sa.key", "-pubout", "-out", "sa.pub");
}

function writeKubeconfigs(folder: string, { addresses, node }: ClusterLayout): void {
  const read = (file: string) => fs.readFileSync(path.join(folder, file));
  for (const user of Object.keys(usersOf(node))) {
    const text = renderKubeconfig({
      server: `https://${addresses.node}:${API_PORT}`,
      authority: read("ca.crt"),
      certificate: read(`${user}.crt`),
      key: read(`${user}.key`),
    });
    fs.writeFileSync(path.join(folder, `${user}.kubeconfig`), text, { mode: 0o600 });
  }
}
