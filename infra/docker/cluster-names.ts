/** The Docker names of a tenant's cluster; a TaskManager's name is also its id in Flink. */
export function clusterNames(environment: string, tenant: string) {
  const prefix = `${environment}-${tenant}`;
  return {
    jobManager: `${prefix}-jobmanager`,
    taskManager: (index: number) => `${prefix}-taskmanager-${index + 1}`,
    checkpoints: `${prefix}-checkpoints`,
    savepoints: `${prefix}-savepoints`,
  };
}
