export * from "./decision";
export * from "./explain";
export * from "./parse-tenant";
export * from "./plan";
export * from "./problem";
export * from "./tenant";
export { allBounds } from "./tenant-parts";
export * from "./units";
