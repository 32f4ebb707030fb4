package io.flinktide.collector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Environment variables, read one by one; what is missing or wrong is gathered and told at once. */
final class Variables {
  /** A value that may be refused. */
  interface Parser<T> {
    T parse() throws Refusal;
  }

  /** Where Docker and Kubernetes put secrets by default: {@code database-password} for DATABASE_PASSWORD. */
  private static final String SECRETS = "/run/secrets/";

  private final Map<String, String> env;
  private final List<String> missing = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  Variables(Map<String, String> env) {
    this.env = env;
  }

  /** @param fallback null where the variable is required; empty counts as not given */
  String text(String name, String fallback) {
    String value = env.get(name);
    if (value != null && !value.isBlank()) {
      return value.trim();
    }
    if (fallback == null) {
      missing.add(name);
    }
    return fallback;
  }

  long number(String name, long fallback, long least, long most) {
    String value = text(name, String.valueOf(fallback));
    if (value.matches("\\d{1,12}")) {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    wrong.add(name + " is \"" + value + "\"; give a whole number from " + least + " to " + most + ".");
    return fallback;
  }

  /** A secret is read from the file that NAME_FILE names, never from NAME itself. */
  String secret(String name, boolean required) {
    if (env.containsKey(name)) {
      wrong.add(name + " is set, but variables can be read by others; put it in a file and its path in " + name + "_FILE.");
      return "";
    }
    String file = text(name + "_FILE", SECRETS + name.toLowerCase(Locale.ROOT).replace('_', '-'));
    try {
      return Files.readString(Path.of(file)).stripTrailing();
    } catch (IOException e) {
      if (env.containsKey(name + "_FILE")) {
        wrong.add(name + "_FILE is \"" + file + "\", which can't be read.");
      } else if (required) {
        missing.add(name + "_FILE");
      }
      return "";
    }
  }

  <T> T parsed(Parser<T> parser, T otherwise) {
    try {
      return parser.parse();
    } catch (Refusal e) {
      wrong.add(e.getMessage());
      return otherwise;
    }
  }

  void refuseIfWrong() throws Refusal {
    List<String> sentences = new ArrayList<>();
    if (!missing.isEmpty()) {
      String verb = missing.size() == 1 ? " is" : " are";
      sentences.add("The collector can't start, since " + String.join(", ", missing) + verb + " missing.");
    }
    sentences.addAll(wrong);
    if (!sentences.isEmpty()) {
      throw new Refusal(String.join(" ", sentences));
    }
  }
}
