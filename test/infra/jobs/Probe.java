package io.flinktide.wordcount;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Scanner;

/**
 * Reads requests from standard input, a line each: `words <base64 of a line>`, `options <argument>...`,
 * `pace <lines a second> <begun>,<ended>...`, answered by the instants until which each line was to take,
 * `deltas <text before>|<text after>` (`-` for none), or `later <file>:<position>:<index> <the same>`.
 */
public final class Probe {
  public static void main(String[] args) {
    Scanner requests = new Scanner(System.in, "UTF-8");
    while (requests.hasNextLine()) {
      String[] request = requests.nextLine().split(" ", 2);
      if (request[0].equals("words")) {
        byte[] line = Base64.getDecoder().decode(request[1]);
        System.out.println(String.join(" ", Words.of(new String(line, StandardCharsets.UTF_8))));
      } else if (request[0].equals("deltas")) {
        String[] texts = request[1].split("\\|", -1);
        System.out.println(WordDeltas.between(text(texts[0]), text(texts[1])));
      } else if (request[0].equals("later")) {
        String[] places = request[1].split(" ");
        System.out.println(change(places[0]).isAfter(change(places[1])));
      } else if (request[0].equals("pace")) {
        System.out.println(pace(request[1].split(" ")));
      } else {
        System.out.println(options(request[1].isEmpty() ? new String[0] : request[1].split(" ")));
      }
    }
  }

  private static String text(String given) {
    return given.equals("-") ? null : given;
  }

  private static Change change(String place) {
    String[] parts = place.split(":");
    Change change = new Change();
    change.file = Long.parseLong(parts[0]);
    change.position = Long.parseLong(parts[1]);
    change.index = Integer.parseInt(parts[2]);
    return change;
  }

  private static String pace(String[] given) {
    Pace pace = new Pace(Long.parseLong(given[0]));
    StringBuilder untils = new StringBuilder(pace.limits() ? "limited" : "unlimited");
    for (int i = 1; i < given.length; i++) {
      String[] line = given[i].split(",");
      untils.append(' ').append(pace.until(Long.parseLong(line[0])));
      pace.ended(Long.parseLong(line[1]));
    }
    return untils.toString();
  }

  private static String options(String[] args) {
    try {
      Options o = new Options(args);
      return String.join(
          " ",
          o.brokers,
          o.inputTopic,
          o.outputTopic,
          o.groupId,
          o.transactionalIdPrefix,
          "" + o.checkpointIntervalMs,
          "" + o.maxParallelism,
          "" + o.sourceParallelism,
          "" + o.exactlyOnce,
          "" + o.workMicros,
          "" + o.slotRate);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}
