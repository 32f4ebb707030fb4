package org.apache.flink.runtime.taskexecutor;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginManager;
import org.apache.flink.core.plugin.PluginUtils;
import org.apache.flink.runtime.security.SecurityConfiguration;
import org.apache.flink.runtime.security.SecurityUtils;
import org.apache.flink.runtime.state.changelog.StateChangelogStorageLoader;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.runtime.util.SignalHandler;
import org.apache.flink.util.ShutdownHookUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink 1.14's TaskManager, but one that signs off from the JobManager when it is asked to stop (SIGTERM).
 *
 * <p>Flink's own simply ends, and the JobManager offers its slots to jobs until the heartbeat times out, three minutes
 * later. Flink 1.15 and later close the runner in a shutdown hook, as is done here.
 */
public final class TaskManagerRunnerThatSignsOff {
  private static final Logger LOG = LoggerFactory.getLogger(TaskManagerRunnerThatSignsOff.class);

  private TaskManagerRunnerThatSignsOff() {}

  public static void main(String[] args) throws Exception {
    EnvironmentInformation.logEnvironmentInfo(LOG, "TaskManager", args);
    SignalHandler.register(LOG);
    Configuration configuration = TaskManagerRunner.loadConfiguration(args);
    PluginManager plugins = PluginUtils.createPluginManagerFromRootFolder(configuration);
    FileSystem.initialize(configuration, plugins);
    StateChangelogStorageLoader.initialize(plugins);
    SecurityUtils.install(new SecurityConfiguration(configuration));
    int code = SecurityUtils.getInstalledContext().runSecured(() -> run(configuration, plugins));
    System.exit(code);
  }

  private static int run(Configuration configuration, PluginManager plugins) throws Exception {
    TaskManagerRunner runner =
        new TaskManagerRunner(configuration, plugins, TaskManagerRunner::createTaskExecutorService);
    Thread hook = ShutdownHookUtil.addShutdownHook(runner::close, "TaskManager", LOG);
    runner.start();
    int code = runner.getTerminationFuture().get().getExitCode();
    ShutdownHookUtil.removeShutdownHook(hook, "TaskManager", LOG);
    return code;
  }
}
