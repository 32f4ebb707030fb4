package io.flinktide.collector;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Scanner;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads requests from standard input, a line each, fields parted by a blank, and answers each by a line. */
public final class Probe {
  public static void main(String[] args) {
    Scanner requests = new Scanner(System.in, "UTF-8");
    while (requests.hasNextLine()) {
      String[] request = requests.nextLine().split(" ", 2);
      String rest = request.length > 1 ? request[1] : "";
      switch (request[0]) {
        case "settings" -> System.out.println(settings(rest, EngineProperties::engine));
        case "producer" -> System.out.println(settings(rest, EngineProperties::producer));
        case "lag" -> System.out.println(lag(rest.split(" ")));
        case "size" -> System.out.println(size(rest.split(" ")));
        case "watchdog" -> System.out.println(watchdog(rest.split(" ")));
        case "gap" -> System.out.println(gap(rest.split(" ")));
        case "failure" -> System.out.println(Failure.of("m", new RuntimeException("outer", new RuntimeException(rest))));
        case "mask" -> System.out.println(mask(rest.split(" ")));
        case "metrics" -> System.out.println(metrics(rest.split(" ")));
        default -> System.out.println("?");
      }
    }
  }

  private interface Rendering {
    Properties of(Settings settings);
  }

  /** Variables as NAME=VALUE; the answer is sorted properties, or why the start is refused. */
  private static String settings(String variables, Rendering rendering) {
    Map<String, String> env = new HashMap<>();
    for (String variable : variables.split(" ")) {
      String[] pair = variable.split("=", 2);
      if (pair.length == 2) {
        env.put(pair[0], pair[1]);
      }
    }
    try {
      TreeMap<Object, Object> sorted = new TreeMap<>(rendering.of(Settings.of(new Variables(env))));
      return sorted.entrySet().stream().map(Object::toString).collect(Collectors.joining("\t"));
    } catch (Refusal e) {
      return e.getMessage();
    }
  }

  /** `h:AT:FILE:POS` a head, `d:FILE:POS` what is done, `n:AT` asks. */
  private static String lag(String[] steps) {
    Lag lag = new Lag(0);
    StringBuilder answers = new StringBuilder();
    for (String step : steps) {
      String[] parts = step.split(":");
      if (parts[0].equals("h")) {
        lag.head(Long.parseLong(parts[1]), new Position(parts[2], Long.parseLong(parts[3])));
      } else if (parts[0].equals("d")) {
        lag.reached(new Position(parts[1], Long.parseLong(parts[2])));
      } else {
        answers.append(lag.seconds(Long.parseLong(parts[1]))).append(' ');
      }
    }
    return answers.toString().trim();
  }

  /** `FILE:POS:CHANGES` what is read, `BYTES` asks for the changes in them. */
  private static String size(String[] steps) {
    ChangeSize size = new ChangeSize();
    StringBuilder answers = new StringBuilder();
    for (String step : steps) {
      String[] parts = step.split(":");
      if (parts.length == 3) {
        size.read(new Position(parts[0], Long.parseLong(parts[1])), Long.parseLong(parts[2]));
      } else {
        answers.append(size.changesIn(Long.parseLong(step))).append(' ');
      }
    }
    return answers.toString().trim();
  }

  /** `AT:running:connected`, the last two 0 or 1; the answer is what it says each time. */
  private static String watchdog(String[] looks) {
    Watchdog watchdog = new Watchdog(2000);
    StringBuilder answers = new StringBuilder();
    for (String look : looks) {
      String[] parts = look.split(":");
      boolean lost = watchdog.lost(Long.parseLong(parts[0]), parts[1].equals("1"), parts[2].equals("1"));
      answers.append(lost ? '!' : '.');
    }
    return answers.toString();
  }

  /** Position, then the files with their sizes. */
  private static String gap(String[] given) {
    TreeMap<String, Long> files = new TreeMap<>(Position::compareFiles);
    for (String file : Arrays.asList(given).subList(1, given.length)) {
      files.put(file.split(":")[0], Long.parseLong(file.split(":")[1]));
    }
    String[] from = given[0].split(":");
    Position position = new Position(from[0], Long.parseLong(from[1]));
    return Gap.before(position, files).map(why -> "gap: " + why).orElse("none") + " | unread " + position.unread(files);
  }

  private static String mask(String[] given) {
    Secrets.hide(given[0]);
    return Secrets.mask(String.join(" ", Arrays.asList(given).subList(1, given.length)));
  }

  /** `engine database kafka snapshot connected`, each by a letter or digit; the answer is the page's own lines. */
  private static String metrics(String[] given) {
    Status status = new Status();
    if (given[0].equals("running")) {
      status.engine(Status.Engine.RUNNING, "");
    } else if (given[0].equals("stopped")) {
      status.engine(Status.Engine.STOPPED, "purged");
    }
    status.database = given[1].equals("1");
    status.kafka = given[2].equals("1");
    status.snapshot = given[3].equals("1");
    status.connected = given[4].equals("1");
    String page = Metrics.page(status, "collector=\"a\"");
    return status.notReadyBecause().orElse("ready")
        + "\t"
        + Arrays.stream(page.split("\n"))
            .filter(line -> line.matches("flinktide_collector_(ready|stopped|database_up|kafka_up|snapshot_running|lag_\\w+).*"))
            .collect(Collectors.joining("\t"));
  }
}
