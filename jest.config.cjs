const common = {
  testEnvironment: "node",
  setupFiles: ["<rootDir>/test/support/seed.ts"],
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }],
  },
};
const e2e = {
  ...common,
  // Kubernetes's client library and what it imports are ES modules only, which jest can't load as they are.
  transform: { ...common.transform, "/node_modules/.+\\.js$": "@swc/jest" },
  transformIgnorePatterns: [
    "/node_modules/(?!(@kubernetes/client-node|jose|oauth4webapi|openid-client)/)",
  ],
};
/**
 * unit: seconds, no container. e2e: real containers, one file at a time. slow: the same, with what takes long to build;
 * not part of `npm test`.
 */
module.exports = {
  // A machine that does other work besides is no failure: jest's own five seconds would make it one.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "/test/e2e/"],
    },
    { ...e2e, displayName: "e2e", testMatch: ["<rootDir>/test/e2e/**/*.test.ts"] },
    { ...e2e, displayName: "slow", testMatch: ["<rootDir>/test/e2e/**/*.slow.ts"] },
  ],
};
